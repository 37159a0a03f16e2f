import t from 'tap';
import { fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import {
  bounded,
  connectMessage,
  type MqttConfig,
  messageId,
  publishMessage,
  readPublish,
  subscribeMessage,
  totalLength,
  unsubscribeMessage,
} from '../../runtime/proto/mqtt-message.ts';
import { parseMqtt } from '../../runtime/wire/index.ts';
import { bytes } from '../helpers/bytes.ts';

const CONFIG: MqttConfig = {
  clientId: 'dev',
  keepAliveS: 60,
  username: undefined,
  password: undefined,
  cleanSession: false,
  maxMessage: 1024,
  will: undefined,
};

const parsed = (message: Uint8Array | undefined) => {
  const packet = parseMqtt(message ?? new Uint8Array());
  return packet.ok ? packet.value : packet.error;
};

t.test('CONNECT leaves out what is empty and ends texts at a zero byte', async (t) => {
  t.match(parsed(connectMessage({ ...CONFIG, username: '', password: 'pa\0ss' })), {
    clientId: 'dev',
    keepAliveS: 60,
    username: undefined,
    password: fromLatin1('pa'),
  });
  const will = { topic: 'w\0x', message: '', qos: 7, retain: true };
  t.match(parsed(connectMessage({ ...CONFIG, will })), { will: { topic: 'w', qos: 3, retain: true } });
  t.match(parsed(connectMessage({ ...CONFIG, will: { ...will, topic: '' } })), { will: undefined });
  t.match(parsed(connectMessage({ ...CONFIG, keepAliveS: -1 })), { keepAliveS: 65535 });
  t.equal(connectMessage({ ...CONFIG, clientId: '\0x' }), undefined);
});

t.test('a message fits when its body and three bytes more are at most 1460', async (t) => {
  const ofLength = (length: number) => publishMessage('t', new Uint8Array(length), 0, false, 0);
  t.equal(ofLength(1460 - 3 - 3)?.length, 1460);
  t.equal(ofLength(1460 - 3 - 2), undefined);
  t.equal(publishMessage('', new Uint8Array(1), 0, false, 0), undefined);
  t.equal(bounded({ type: 'pingreq' })?.length, 2);
});

t.test('one empty topic spoils a subscription', async (t) => {
  t.ok(subscribeMessage(1, [{ filter: 'a', qos: 0 }]));
  t.equal(
    subscribeMessage(1, [
      { filter: 'a', qos: 0 },
      { filter: '', qos: 0 },
    ]),
    undefined,
  );
  t.equal(unsubscribeMessage(1, ['a', '\0']), undefined);
  t.equal(subscribeMessage(1, [{ filter: 'a'.repeat(1453), qos: 0 }]), undefined);
  t.ok(subscribeMessage(1, [{ filter: 'a'.repeat(1452), qos: 0 }]));
});

t.test('lengths are read as far as they are there, and wrap', async (t) => {
  t.equal(totalLength(bytes('30')), undefined);
  t.equal(totalLength(bytes('30 05')), 7);
  t.equal(totalLength(bytes('30 85 01 00')), 3 + 133);
  t.equal(totalLength(bytes('30 85')), 2 + 5, 'a length cut in the middle counts as it is');
  t.equal(totalLength(bytes('30 ff ff ff ff 7f')), 5);
  t.ok((totalLength(bytes('30 80 80 80 80 08')) ?? 0) < 0);
});

t.test('ids are found where they are complete', async (t) => {
  t.equal(messageId(bytes('40 02 1234')), 0x1234);
  t.equal(messageId(bytes('40 02 12')), 0);
  t.equal(messageId(bytes('40 82 00 1234')), 0, 'a long length hides the id of an acknowledgement');
  t.equal(messageId(bytes('d0 00')), 0);
  t.equal(messageId(bytes('30 05 0001 74 0007')), 0, 'QoS 0 has none');
  t.equal(messageId(bytes('32 05 0001 74 0007')), 7);
  t.equal(messageId(bytes('32 05 0001 74 00')), 0);
  t.equal(messageId(bytes('32 05 0009 74 0007')), 0);
  t.equal(messageId(bytes('32')), 0);
});

t.test('a PUBLISH is read as far as it is there', async (t) => {
  const read = (text: string) => {
    const publish = readPublish(bytes(text));
    return publish === undefined ? undefined : [publish.topic, publish.data && toLatin1(publish.data)];
  };
  t.same(read('30 05 0001 74 6869'), ['t', 'hi']);
  t.same(read('30 05 0001 74 6869 ffff'), ['t', 'hi'], 'what follows is not its own');
  t.same(read('30 7f 0001 74 68'), ['t', 'h'], 'the beginning of a longer one');
  t.same(read('30 03 0001 74'), ['t', undefined]);
  t.same(read('32 05 0001 74 0007'), ['t', undefined]);
  t.same(read('32 05 0001 74'), ['t', undefined]);
  t.same(read('30 02 0000'), undefined, 'no topic');
  t.same(read('30 04 0009 7474'), undefined, 'a topic beyond the end');
  t.same(read('30'), undefined);
});
