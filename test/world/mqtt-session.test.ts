import t from 'tap';
import { EMPTY } from '../../runtime/core/index.ts';
import { type MqttMessage, MqttSession } from '../../runtime/world/mqtt-session.ts';

const message = (topic: string, qos = 1): MqttMessage => ({ topic, payload: EMPTY, qos, retain: false });

t.test('of all filters that fit the best QoS counts', async (t) => {
  const session = new MqttSession('a', true);
  t.equal(session.grantedQos('x/y'), undefined);
  session.subscriptions.set('x/#', 1).set('x/y', 0).set('+/y', 2).set('other', 2);
  t.equal(session.grantedQos('x/y'), 2);
  t.equal(session.grantedQos('x'), 1);
});

t.test('twenty messages are under way at a time, the rest waits its turn', async (t) => {
  const session = new MqttSession('a', true);
  for (let i = 0; i < 22; i++) session.enqueue(message(`t${i}`));
  const sent = Array.from({ length: 21 }, () => session.next());
  t.same(sent.map((p) => p?.topic ?? '-').slice(18), ['t18', 't19', '-']);
  t.notOk(session.settle('pubrec', 1), 'a wrong answer changes nothing');
  t.ok(session.settle('puback', 1));
  t.match(session.next(), { topic: 't20', id: 21 });
});

t.test('what is unfinished comes again in the old order, half-finished QoS 2 as PUBREL', async (t) => {
  const session = new MqttSession('a', false);
  for (const [topic, qos] of [
    ['a', 1],
    ['b', 2],
    ['c', 2],
  ] as const)
    session.enqueue(message(topic, qos));
  for (let i = 0; i < 3; i++) session.next();
  t.ok(session.settle('pubrec', 2));
  t.match(session.unfinished(), [
    { type: 'publish', topic: 'a', id: 1, dup: true },
    { type: 'pubrel', id: 2 },
    { type: 'publish', topic: 'c', id: 3, dup: true },
  ]);
  t.ok(session.settle('pubcomp', 2));
  t.equal(session.unfinished().length, 2);
});

t.test('ids in use are left out when they come round', async (t) => {
  const session = new MqttSession('a', true);
  session.enqueue(message('stays'));
  session.next();
  for (let i = 0; i < 0xfffe; i++) {
    session.enqueue(message('x'));
    session.settle('puback', session.next()?.id ?? 0);
  }
  session.enqueue(message('y'));
  t.equal(session.next()?.id, 2);
});

t.test('a QoS 2 message of the client is new once per id, until it is released', async (t) => {
  const session = new MqttSession('a', true);
  t.same([session.receive(5), session.receive(5)], [true, false]);
  session.release(5);
  t.ok(session.receive(5));
});

t.test('of too many waiting messages the oldest are lost', async (t) => {
  const session = new MqttSession('a', true);
  for (let i = 0; i < 1001; i++) session.enqueue(message(`t${i}`));
  t.equal(session.next()?.topic, 't1');
});
