import assert from 'node:assert/strict';
import fc from 'fast-check';
import mqttPacket, { type Packet } from 'mqtt-packet';
import t from 'tap';
import { concat, fromLatin1, hex, toLatin1 } from '../../runtime/core/index.ts';
import { emitMqtt, type Mqtt, type MqttConnect, mqttFrame, parseMqtt } from '../../runtime/wire/mqtt.ts';
import { arbByte, arbBytes, arbText, arbU16, record } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';
import { codecLaws } from '../helpers/codec-laws.ts';

const constant = <T>(value: T): fc.Arbitrary<T> => fc.constant(value);
const arbQos = fc.integer({ min: 0, max: 2 });
const arbId = fc.integer({ min: 1, max: 0xffff });
/** A text mqtt-packet takes as UTF-8 without change. */
const arbAscii = (min = 1): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((c) => String.fromCharCode(c)),
    minLength: min,
    maxLength: 40,
  });
const arbTopic = arbAscii().map((text) => text.replace(/[+#]/g, '-'));

const arbConnect = (text: fc.Arbitrary<string>): fc.Arbitrary<MqttConnect> =>
  record({
    type: constant('connect' as const),
    protocol: constant('MQTT'),
    level: constant(4),
    cleanSession: fc.boolean(),
    keepAliveS: arbU16,
    clientId: text,
    will: fc.option(record({ topic: text, payload: arbBytes(50), qos: arbQos, retain: fc.boolean() }), {
      nil: undefined,
    }),
    username: fc.option(text, { nil: undefined }),
    password: fc.option(arbBytes(20), { nil: undefined }),
  }).map(
    (packet) => Object.fromEntries(Object.entries(packet).filter(([, v]) => v !== undefined)) as unknown as MqttConnect,
  );

const arbPublish = (topic: fc.Arbitrary<string>): fc.Arbitrary<Mqtt> =>
  record({
    type: constant('publish' as const),
    dup: fc.boolean(),
    qos: arbQos,
    retain: fc.boolean(),
    topic,
    id: arbId,
    payload: arbBytes(300),
  }).map((packet) => (packet.qos === 0 ? { ...packet, id: 0, dup: false } : packet));

const arbPacket = (text: fc.Arbitrary<string>): fc.Arbitrary<Mqtt> =>
  fc.oneof<fc.Arbitrary<Mqtt>[]>(
    arbConnect(text),
    record({
      type: constant('connack' as const),
      sessionPresent: fc.boolean(),
      returnCode: fc.integer({ min: 0, max: 5 }),
    }),
    arbPublish(text),
    ...(['puback', 'pubrec', 'pubrel', 'pubcomp', 'unsuback'] as const).map((type) =>
      record({ type: constant(type), id: arbId }),
    ),
    record({
      type: constant('subscribe' as const),
      id: arbId,
      topics: fc.array(record({ filter: text, qos: arbQos }), { minLength: 1, maxLength: 5 }),
    }),
    record({
      type: constant('suback' as const),
      id: arbId,
      codes: fc.array(fc.constantFrom(0, 1, 2, 0x80), { minLength: 1, maxLength: 5 }),
    }),
    record({
      type: constant('unsubscribe' as const),
      id: arbId,
      filters: fc.array(text, { minLength: 1, maxLength: 5 }),
    }),
    ...(['pingreq', 'pingresp', 'disconnect'] as const).map((type) => record({ type: constant(type) })),
  );

codecLaws(
  t,
  {
    parse: parseMqtt,
    emit: emitMqtt,
    reasons: [
      'truncated',
      'bad-length',
      'bad-type',
      'bad-flags',
      'bad-protocol',
      'bad-connect-flags',
      'no-topics',
      'trailing-bytes',
    ],
    shortest: 2,
  },
  arbPacket(arbText(60)),
  [
    {
      what: 'CONNECT with everything',
      bytes: bytes(`
        10 24             | CONNECT, 36 bytes
        0004 4d515454 04  | MQTT level 4
        f6                | user, password, will retained with QoS 2, clean session
        000a              | keep-alive 10 s
        0003 646576       | dev
        0001 77           | will topic w
        0004 676f6e65     | will message gone
        0002 6d65         | user me
        0006 736563726574 | password secret
      `),
      value: {
        type: 'connect',
        protocol: 'MQTT',
        level: 4,
        cleanSession: true,
        keepAliveS: 10,
        clientId: 'dev',
        will: { topic: 'w', payload: fromLatin1('gone'), qos: 2, retain: true },
        username: 'me',
        password: fromLatin1('secret'),
      },
    },
    {
      what: 'PUBLISH with QoS 1',
      bytes: bytes('3b 08 0003 612f62 0007 78  | again, retained, a/b, id 7, x'),
      value: { type: 'publish', dup: true, qos: 1, retain: true, topic: 'a/b', id: 7, payload: fromLatin1('x') },
    },
    {
      what: 'SUBSCRIBE',
      bytes: bytes('82 09 0001 0004 61 2f 62 23 02  | id 1, a/b#, QoS 2'),
      value: { type: 'subscribe', id: 1, topics: [{ filter: 'a/b#', qos: 2 }] },
    },
  ],
);

/** A packet in the words of mqtt-packet. */
function inTheirWords(packet: Mqtt): Packet {
  switch (packet.type) {
    case 'connect':
      return {
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: packet.cleanSession,
        keepalive: packet.keepAliveS,
        clientId: packet.clientId,
        ...(packet.will === undefined ? {} : { will: { ...packet.will, payload: Buffer.from(packet.will.payload) } }),
        ...(packet.username === undefined ? {} : { username: packet.username }),
        ...(packet.password === undefined ? {} : { password: Buffer.from(packet.password) }),
      } as Packet;
    case 'connack':
      return { cmd: 'connack', sessionPresent: packet.sessionPresent, returnCode: packet.returnCode };
    case 'publish': {
      const { dup, qos, retain, topic, id } = packet;
      const payload = Buffer.from(packet.payload);
      return {
        cmd: 'publish',
        dup,
        qos: qos as 0 | 1 | 2,
        retain,
        topic,
        payload,
        ...(qos === 0 ? {} : { messageId: id }),
      };
    }
    case 'subscribe':
      return {
        cmd: 'subscribe',
        messageId: packet.id,
        subscriptions: packet.topics.map(({ filter, qos }) => ({ topic: filter, qos: qos as 0 | 1 | 2 })),
      };
    case 'suback':
      return { cmd: 'suback', messageId: packet.id, granted: [...packet.codes] } as Packet;
    case 'unsubscribe':
      return { cmd: 'unsubscribe', messageId: packet.id, unsubscriptions: [...packet.filters] };
    case 'pingreq':
    case 'pingresp':
    case 'disconnect':
      return { cmd: packet.type } as Packet;
    default:
      return { cmd: packet.type, messageId: packet.id } as Packet;
  }
}

t.test('the package mqtt-packet writes the same bytes', async () => {
  // A password without a user name is for MQTT 5 only.
  const usual = (packet: Mqtt): boolean =>
    packet.type !== 'connect' || packet.password === undefined || packet.username !== undefined;
  fc.assert(
    fc.property(arbPacket(arbTopic).filter(usual), (packet) => {
      assert.equal(hex(emitMqtt(packet)), mqttPacket.generate(inTheirWords(packet)).toString('hex'));
    }),
    { seed: 1, numRuns: 500 },
  );
});

t.test('the package mqtt-packet reads a damaged PUBLISH as we do, where both read it at all', async () => {
  fc.assert(
    fc.property(arbPublish(arbTopic), fc.nat(), arbByte, (packet, at, value) => {
      const damaged = emitMqtt(packet).slice();
      // The type and the length stay.
      damaged[2 + (at % (damaged.length - 2))] = value;
      const parser = mqttPacket.parser();
      let theirs: Packet | undefined;
      parser.on('packet', (p) => {
        theirs = p;
      });
      parser.on('error', () => {});
      parser.parse(Buffer.from(damaged));
      const ours = parseMqtt(damaged);
      if (theirs?.cmd !== 'publish' || !ours.ok || ours.value.type !== 'publish') return;
      assert.equal(Buffer.from(ours.value.topic, 'latin1').toString('utf8'), theirs.topic);
      assert.deepEqual(Buffer.from(ours.value.payload), Buffer.from(theirs.payload as Buffer));
    }),
    { seed: 1, numRuns: 300 },
  );
});

t.test('the header tells the length as soon as it is there', async (t) => {
  const long = emitMqtt({
    type: 'publish',
    dup: false,
    qos: 0,
    retain: false,
    topic: 't',
    id: 0,
    payload: new Uint8Array(200_000),
  });
  t.same(mqttFrame(long.subarray(0, 3)), { ok: true, value: undefined });
  t.same(mqttFrame(long.subarray(0, 4)), { ok: true, value: { head: 4, total: long.length } });
  t.same(mqttFrame(bytes('30')), { ok: true, value: undefined });
  t.same(mqttFrame(bytes('30 ff ff ff ff')), { ok: false, error: 'bad-length' });
});

t.test('what is wrong is said by name', async (t) => {
  const reason = (text: string) => {
    const result = parseMqtt(bytes(text));
    return result.ok ? 'nothing' : result.error;
  };
  t.equal(reason('c0 01 00'), 'trailing-bytes');
  t.equal(reason('c0 00 00'), 'trailing-bytes');
  t.equal(reason('c1 00'), 'bad-flags');
  t.equal(reason('60 02 0001'), 'bad-flags', 'PUBREL has a flag that must be set');
  t.equal(reason('00 00'), 'bad-type');
  t.equal(reason('f0 00'), 'bad-type');
  t.equal(reason('82 02 0001'), 'no-topics');
  t.equal(reason('a2 02 0001'), 'no-topics');
  t.equal(reason('40 01 00'), 'truncated');
  t.equal(reason('30 03 0005 61'), 'truncated');
  t.equal(reason('10 0c 0004 4d515458 04 02 0000 0000'), 'bad-protocol');
  t.equal(reason('10 0c 0004 4d515454 04 03 0000 0000'), 'bad-connect-flags');
  t.equal(reason('10 0c 0004 4d515454 04 20 0000 0000'), 'bad-connect-flags');
});

t.test('texts are bytes: what is no UTF-8 comes through', async (t) => {
  const topic = toLatin1(bytes('ff 00 e4'));
  const packet: Mqtt = { type: 'publish', dup: false, qos: 0, retain: false, topic, id: 0, payload: concat() };
  t.same(parseMqtt(emitMqtt(packet)), { ok: true, value: packet });
});
