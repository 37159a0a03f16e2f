import t from 'tap';
import { concat, EMPTY, fromLatin1 } from '../../runtime/core/index.ts';
import { describeMqtt } from '../../runtime/wire/describe-mqtt.ts';
import { emitMqtt, type Mqtt } from '../../runtime/wire/mqtt.ts';

const publish: Mqtt = {
  type: 'publish',
  dup: false,
  qos: 1,
  retain: false,
  topic: 'a/\n',
  id: 7,
  payload: fromLatin1('hello'),
};
const connect: Mqtt = {
  type: 'connect',
  protocol: 'MQTT',
  level: 4,
  cleanSession: true,
  keepAliveS: 60,
  clientId: 'dev',
};

t.test('the packets of a segment are told one after the other', async (t) => {
  const rows: readonly (readonly [readonly Mqtt[], string])[] = [
    [[connect], 'MQTT CONNECT dev'],
    [[{ type: 'connack', sessionPresent: false, returnCode: 5 }], 'MQTT CONNACK 5'],
    [[publish, { type: 'puback', id: 9 }], 'MQTT PUBLISH q1 7 a/\\x0a (5), PUBACK 9'],
    [[{ ...publish, type: 'publish', qos: 0, topic: 't', payload: EMPTY } as Mqtt], 'MQTT PUBLISH q0 t (0)'],
    [[{ type: 'subscribe', id: 1, topics: [{ filter: 'a/#', qos: 0 }] }], 'MQTT SUBSCRIBE 1 a/#'],
    [[{ type: 'unsubscribe', id: 2, filters: ['a', 'b'] }], 'MQTT UNSUBSCRIBE 2 a b'],
    [[{ type: 'pingreq' }, { type: 'disconnect' }], 'MQTT PINGREQ, DISCONNECT'],
  ];
  for (const [packets, text] of rows) t.equal(describeMqtt(concat(...packets.map(emitMqtt))), text);
});

t.test('what is not whole is only hinted at', async (t) => {
  const bytes = concat(emitMqtt({ type: 'pingreq' }), emitMqtt(publish));
  t.equal(describeMqtt(bytes.subarray(0, bytes.length - 1)), 'MQTT PINGREQ, ...');
  t.equal(describeMqtt(emitMqtt(publish).subarray(0, 5)), undefined);
  t.equal(describeMqtt(fromLatin1('GET / HTTP/1.1')), undefined);
  t.equal(describeMqtt(EMPTY), undefined);
});
