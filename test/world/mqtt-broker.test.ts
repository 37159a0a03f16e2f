import t from 'tap';
import { EMPTY, fromLatin1, Rng, VirtualClock } from '../../runtime/core/index.ts';
import { emitMqtt, type Mqtt } from '../../runtime/wire/index.ts';
import { MqttBroker } from '../../runtime/world/mqtt-broker.ts';
import { CONNECT, MqttPeer } from '../helpers/mqtt-peer.ts';

const broker = (): MqttBroker => new MqttBroker(new VirtualClock());
const subscribe = (filter: string, qos = 0): Mqtt => ({ type: 'subscribe', id: 1, topics: [{ filter, qos }] });
const publish = (topic: string, text: string, qos = 0, retain = false): Mqtt => ({
  type: 'publish',
  dup: false,
  qos,
  retain,
  topic,
  id: qos > 0 ? 9 : 0,
  payload: fromLatin1(text),
});
const will = (qos = 0, retain = false) => ({ topic: 'will', payload: fromLatin1('gone'), qos, retain });

t.test('a message goes to everybody who subscribed, with the lower QoS, once', async (t) => {
  const server = broker();
  const one = new MqttPeer(server).connect('one').say(subscribe('a/#', 2), subscribe('a/b', 0));
  const two = new MqttPeer(server).connect('two').say(subscribe('+/b', 0));
  const three = new MqttPeer(server).connect('three').say(subscribe('a'));
  for (const peer of [one, two, three]) peer.take();
  new MqttPeer(server).connect('source').say(publish('a/b', 'x', 1));
  t.same([one.take(), two.take(), three.take()], [['publish a/b=x q1 #1'], ['publish a/b=x q0'], []]);
});

t.test('a retained message waits for later subscribers, an empty one clears it', async (t) => {
  const server = broker();
  const source = new MqttPeer(server).connect('source').say(publish('a', 'old', 1, true), publish('a', 'new', 1, true));
  const late = new MqttPeer(server).connect('late').say(subscribe('#'));
  t.same(late.take(), ['connack 0', 'suback #1 0', 'publish a=new q0 retain']);
  source.say(publish('a', 'live', 0, true));
  t.same(late.take(), ['publish a=live q0'], 'to whoever is there already it is an ordinary message');
  source.say(publish('a', '', 0, true));
  t.same(new MqttPeer(server).connect('later').say(subscribe('#')).take(), ['connack 0', 'suback #1 0']);
});

t.test('a will is published when a client vanishes, not when it says goodbye', async (t) => {
  const server = broker();
  const watcher = new MqttPeer(server).connect('watcher').say(subscribe('will'));
  watcher.take();
  new MqttPeer(server).connect('polite', { will: will() }).say({ type: 'disconnect' });
  t.same(watcher.take(), []);
  new MqttPeer(server).connect('rude', { will: will() }).vanish();
  t.same(watcher.take(), ['publish will=gone q0']);
  new MqttPeer(server).connect('wrong', { will: will(0, true) }).say({ type: 'pingresp' });
  t.same(watcher.take(), ['publish will=gone q0']);
  t.same(new MqttPeer(server).connect('late').say(subscribe('will')).take().at(-1), 'publish will=gone q0 retain');
});

t.test('a session outlives its connection and gets what it missed', async (t) => {
  const server = broker();
  const away = new MqttPeer(server).connect('away', { cleanSession: false }).say(subscribe('a', 1));
  server.publish({ topic: 'a', payload: fromLatin1('0'), qos: 1, retain: false });
  away.take();
  away.vanish();
  for (const qos of [0, 1, 2]) server.publish({ topic: 'a', payload: fromLatin1(`m${qos}`), qos, retain: false });
  const back = new MqttPeer(server).connect('away', { cleanSession: false });
  t.same(back.take(), ['connack 0 session', 'publish a=0 q1 #1 dup', 'publish a=m1 q1 #2', 'publish a=m2 q1 #3']);
  back.vanish();
  const clean = new MqttPeer(server).connect('away');
  t.same(clean.take(), ['connack 0'], 'a clean session knows nothing');
});

t.test('a client that comes twice pushes its older connection out', async (t) => {
  const server = broker();
  const first = new MqttPeer(server).connect('same');
  const second = new MqttPeer(server).connect('same');
  t.same([first.closed, second.closed], ['ended', 'no']);
  t.same(server.clients, ['same']);
});

t.test('with users only they are let in', async (t) => {
  const server = broker();
  server.users.set('me', 'secret');
  const answer = (username?: string, password?: string): string | undefined =>
    new MqttPeer(server)
      .connect('x', {
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password: fromLatin1(password) }),
      })
      .take()[0];
  t.equal(answer('me', 'secret'), 'connack 0');
  t.equal(answer('me', 'Secret'), 'connack 4');
  t.equal(answer('me'), 'connack 4');
  t.equal(answer('you', 'secret'), 'connack 4');
  t.equal(answer(), 'connack 4');
});

t.test('a restart breaks all connections and keeps sessions and retained messages', async (t) => {
  const server = broker();
  const peer = new MqttPeer(server).connect('stays', { cleanSession: false, will: will() }).say(subscribe('#', 1));
  peer.say(publish('a', 'kept', 0, true));
  server.restart();
  t.equal(peer.closed, 'reset');
  t.same(server.clients, []);
  t.equal(new MqttPeer(server).connect('stays', { cleanSession: false }).take()[0], 'connack 0 session');
  t.match(new MqttPeer(server).connect('other').say(subscribe('a')).take(), [/connack/, /suback/, /a=kept/]);
});

t.test('whoever listens from outside sees every message', async (t) => {
  const server = broker();
  const seen: string[] = [];
  server.onMessage = ({ topic, qos }) => seen.push(`${topic} ${qos}`);
  new MqttPeer(server)
    .connect('a', { will: will() })
    .say(publish('x', 'y', 1))
    .vanish();
  t.same(seen, ['x 1', 'will 0']);
});

t.test('100,000 damaged packets neither throw nor hang, and the broker forgets who is gone', async (t) => {
  const rng = new Rng(11);
  const clock = new VirtualClock();
  const server = new MqttBroker(clock);
  const seeds = [
    emitMqtt({ ...CONNECT, clientId: 'fuzz', will: will(1, true) }),
    emitMqtt(subscribe('a/+/#', 2)),
    emitMqtt({ type: 'unsubscribe', id: 4, filters: ['a/+/#'] }),
    ...[0, 1, 2].map((qos) => emitMqtt(publish('a/b/c', 'payload', qos, qos === 1))),
    ...(['puback', 'pubrec', 'pubrel', 'pubcomp'] as const).map((type) => emitMqtt({ type, id: 1 })),
    emitMqtt({ type: 'pingreq' }),
  ];
  let peer = new MqttPeer(server).connect('fuzz');
  let connections = 1;
  for (let n = 0; n < 100_000; n++) {
    if (peer.closed !== 'no') {
      connections++;
      peer = new MqttPeer(server);
      if (rng.chance(0.8))
        peer.connect(`fuzz${rng.below(3)}`, { cleanSession: rng.chance(0.9) }).say(subscribe('#', 2));
    }
    const packet = (seeds[rng.below(seeds.length)] as Uint8Array).slice();
    if (rng.chance(0.3)) packet[rng.below(packet.length)] = rng.below(256);
    peer.say(rng.chance(0.05) ? packet.subarray(0, rng.below(packet.length)) : packet);
    peer.heard.length = 0;
  }
  t.ok(connections > 1000, `${connections} connections`);
  t.ok(server.clients.length <= 3);
});

t.test('nothing is left of a connection in the clock', async (t) => {
  const clock = new VirtualClock();
  const server = new MqttBroker(clock);
  new MqttPeer(server).connect('a', { keepAliveS: 60 }).vanish();
  new MqttPeer(server).say(EMPTY).vanish();
  t.same(clock.pending(), []);
});
