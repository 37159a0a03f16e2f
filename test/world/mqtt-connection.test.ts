import t from 'tap';
import { fromLatin1, ms, seconds, VirtualClock } from '../../runtime/core/index.ts';
import { emitMqtt } from '../../runtime/wire/index.ts';
import { MqttBroker } from '../../runtime/world/mqtt-broker.ts';
import { bytes } from '../helpers/bytes.ts';
import { CONNECT, MqttPeer } from '../helpers/mqtt-peer.ts';

const broker = (clock = new VirtualClock()): MqttBroker => new MqttBroker(clock);
const subscribe = (filter: string, qos = 0) => ({ type: 'subscribe' as const, id: 1, topics: [{ filter, qos }] });
const publish = (topic: string, text: string, qos = 0, id = 0) => ({
  type: 'publish' as const,
  dup: false,
  qos,
  retain: false,
  topic,
  id,
  payload: fromLatin1(text),
});

t.test('packets are taken out of the stream wherever it is cut', async (t) => {
  const peer = new MqttPeer(broker());
  const all = [{ ...CONNECT, clientId: 'a' }, subscribe('#'), publish('x', 'y')].map(emitMqtt);
  for (const packet of all) for (const byte of packet) peer.say(Uint8Array.of(byte));
  t.same(peer.take(), ['connack 0', 'suback #1 0', 'publish x=y q0']);
});

t.test('the rules of CONNECT', async (t) => {
  const answer = (more: Partial<typeof CONNECT>): string[] => {
    const peer = new MqttPeer(broker()).say({ ...CONNECT, ...more });
    return [...peer.take(), peer.closed];
  };
  t.same(answer({}), ['connack 0', 'no'], 'a clean session needs no name');
  t.same(answer({ cleanSession: false }), ['connack 2', 'ended']);
  t.same(answer({ level: 5 }), ['connack 1', 'ended']);
  t.same(answer({ protocol: 'MQIsdp', level: 3 }), ['connack 0', 'no']);
  t.same(answer({ will: { topic: 'a/+', payload: bytes(''), qos: 0, retain: false } }), ['connack 3', 'ended']);
});

t.test('a second CONNECT, anything before it, and what is no MQTT end the connection', async (t) => {
  t.equal(new MqttPeer(broker()).say({ type: 'pingreq' }).closed, 'ended');
  t.equal(new MqttPeer(broker()).connect('a').connect('a').closed, 'ended');
  t.equal(new MqttPeer(broker()).say(fromLatin1('GET / HTTP/1.1\r\n\r\n')).closed, 'ended');
  t.equal(new MqttPeer(broker()).connect('a').say(bytes('30 ff ff ff ff')).closed, 'ended');
  t.equal(new MqttPeer(broker()).connect('a').say(bytes('30 ff ff ff 7f')).closed, 'ended', 'too long');
  t.equal(new MqttPeer(broker()).connect('a').say({ type: 'suback', id: 1, codes: [0] }).closed, 'ended');
  t.equal(new MqttPeer(broker()).connect('a').say(publish('a/#', 'x')).closed, 'ended');
  t.equal(new MqttPeer(broker()).connect('a').say({ type: 'disconnect' }).closed, 'ended');
});

t.test('silence beyond one and a half keep-alives ends the connection', async (t) => {
  const clock = new VirtualClock();
  const peer = new MqttPeer(broker(clock)).connect('a', { keepAliveS: 10 });
  clock.runUntil(seconds(14));
  peer.say({ type: 'pingreq' });
  clock.runUntil(seconds(28));
  t.equal(peer.closed, 'no');
  clock.runUntil(seconds(30));
  t.equal(peer.closed, 'ended');
  const patient = new MqttPeer(broker(clock)).connect('b');
  const shy = new MqttPeer(broker(clock));
  clock.runUntil(seconds(3600));
  t.equal(patient.closed, 'no', 'without keep-alive there is no limit');
  t.equal(shy.closed, 'ended', 'but who says nothing at all has to go');
});

t.test('acknowledgements in both directions', async (t) => {
  const peer = new MqttPeer(broker()).connect('a').say(subscribe('x', 2));
  peer.take();
  peer.say(publish('x', '0'), publish('x', '1', 1, 7), publish('x', '2', 2, 8), publish('x', '2', 2, 8));
  t.same(peer.take(), [
    'publish x=0 q0',
    'publish x=1 q1 #1',
    'puback #7',
    'publish x=2 q2 #2',
    'pubrec #8',
    'pubrec #8',
  ]);
  peer.say({ type: 'pubrel', id: 8 }, { type: 'puback', id: 1 }, { type: 'pubrec', id: 2 }, { type: 'pubcomp', id: 2 });
  t.same(peer.take(), ['pubcomp #8', 'pubrel #2']);
});

t.test('bad filters are refused one by one', async (t) => {
  const peer = new MqttPeer(broker()).connect('a');
  peer.say({
    type: 'subscribe',
    id: 3,
    topics: [
      { filter: 'ok', qos: 1 },
      { filter: 'not#ok', qos: 0 },
      { filter: 'ok/2', qos: 3 },
    ],
  });
  t.same(peer.take().at(-1), 'suback #3 1,128,128');
});

t.test('a client that reads too slowly misses messages of QoS 0 only', async (t) => {
  const server = broker();
  const peer = new MqttPeer(server).connect('a').say(subscribe('#', 1));
  peer.take();
  peer.reads = false;
  for (const qos of [0, 0, 1]) server.publish({ topic: 't', payload: fromLatin1(String(qos)), qos, retain: false });
  peer.reads = true;
  peer.handler?.onDrain?.();
  server.publish({ topic: 't', payload: fromLatin1('again'), qos: 0, retain: false });
  t.same(peer.take(), ['publish t=0 q0', 'publish t=1 q1 #1', 'publish t=again q0']);
});

t.test('faults: refuse, break after so many packets, be late, answer nonsense', async (t) => {
  const clock = new VirtualClock();
  const server = broker(clock);
  server.faults.refuse = 3;
  t.same(new MqttPeer(server).connect('a').take(), ['connack 3']);
  server.faults.refuse = undefined;
  server.faults.dropAfter = 2;
  t.equal(new MqttPeer(server).connect('a').say({ type: 'pingreq' }, { type: 'pingreq' }).closed, 'reset');
  server.faults.dropAfter = undefined;
  server.faults.wrong = true;
  t.same(new MqttPeer(server).connect('a').take(), ['pingresp']);
  server.faults.wrong = false;
  server.faults.delay = ms(300);
  const peer = new MqttPeer(server).connect('b');
  clock.runUntil(ms(100));
  peer.say({ type: 'pingreq' });
  clock.runUntil(ms(299));
  t.same(peer.take(), []);
  clock.runUntil(ms(300));
  t.same(peer.take(), ['connack 0']);
  server.faults.delay = undefined;
  peer.say(subscribe('x'));
  clock.runUntil(ms(400));
  t.same(peer.take(), ['pingresp', 'suback #1 0'], 'nothing overtakes');
});
