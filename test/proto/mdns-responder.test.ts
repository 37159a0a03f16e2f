import fc from 'fast-check';
import t from 'tap';
import { concat, fromLatin1 } from '../../runtime/core/index.ts';
import { type MdnsHost, MdnsResponder } from '../../runtime/proto/mdns-responder.ts';
import { type DnsQuestionType, dnsMessage, emitDns, ipv4, MDNS_PORT, parseDns } from '../../runtime/wire/index.ts';
import type { HostUdp } from '../../runtime/world/host.ts';
import { ProtoBench, US } from '../helpers/proto-bench.ts';

const GROUP = ipv4(224, 0, 0, 251);
const LAMP = { host: 'lamp', description: 'Lamp', service: 'http', port: 80, attributes: [] };

/** A responder, and a neighbour that asks and listens. */
class Scene {
  readonly bench = new ProtoBench();
  readonly responder: MdnsResponder;
  /** What was heard on the group (`*`) and alone, by the first record. */
  readonly heard: string[] = [];
  readonly #group: HostUdp;
  readonly #alone: HostUdp;

  constructor() {
    const { stack, peer } = this.bench;
    const [netif] = stack.netifs;
    const host: MdnsHost = { interfaces: () => stack.netifs, address: () => netif?.addr ?? US };
    this.responder = new MdnsResponder(this.bench.env, host);
    peer.stack.igmp.join(peer.addr, GROUP);
    this.#group = peer.udp(MDNS_PORT, (bytes, _addr, _port, dst) => this.#note(dst === GROUP ? '*' : '', bytes));
    this.#alone = peer.udp(0, (bytes) => this.#note('', bytes));
  }

  ask(name: string, type: DnsQuestionType, options: { alone?: boolean; unicast?: boolean } = {}): string[] {
    const question = { name, type, class: 1, ...(options.unicast ? { unicast: true as const } : {}) };
    return this.say(emitDns(dnsMessage({ id: 7, questions: [question] })), options.alone);
  }

  say(message: Uint8Array, alone = false): string[] {
    this.heard.length = 0;
    (alone ? this.#alone : this.#group).send(message, GROUP, MDNS_PORT);
    this.bench.run(100);
    return this.heard;
  }

  #note(how: string, bytes: Uint8Array): void {
    const message = parseDns(bytes);
    if (!message.ok || !message.value.response) return;
    const { id, answers, additionals } = message.value;
    const [first] = [...answers, ...additionals];
    this.heard.push(`${how}${id} ${first?.type} ${first?.name} ${first?.ttl}`);
  }
}

t.test('registering announces the service and its type', async (t) => {
  const { responder, bench, heard } = new Scene();
  t.ok(responder.register(LAMP));
  bench.run(100);
  t.same(heard, ['*0 PTR _http._tcp.local 300', '*0 PTR _services._dns-sd._udp.local 3600']);
});

t.test('the service is announced again every 280 s, its type every twelfth time', async (t) => {
  const { responder, bench, heard } = new Scene();
  responder.register(LAMP);
  bench.run(100);
  heard.length = 0;
  bench.run(12 * 280_000 - 200);
  t.equal(heard.length, 11);
  t.ok(heard.every((line) => line.includes('_http')));
  bench.run(280_000);
  t.match(heard.at(-1), /_services/);
});

t.test('questions are answered by what they ask for', async (t) => {
  const scene = new Scene();
  scene.responder.register(LAMP);
  scene.bench.run(100);
  const instance = 'Lamp._http._tcp.local';
  t.same(scene.ask('LAMP.local', 'A'), ['*7 A LAMP.local 300'.replace('LAMP', 'lamp')]);
  t.same(scene.ask('lamp.local', 'ANY'), ['*7 A lamp.local 300']);
  t.same(scene.ask('lamp.local', 'AAAA'), ['*7 TYPE47 lamp.local 300'], 'nothing of that kind');
  t.same(scene.ask('_http._tcp.local', 'PTR'), ['*7 PTR _http._tcp.local 300']);
  t.same(scene.ask('_http._tcp.local', 'A'), ['*7 TYPE47 _http._tcp.local 300']);
  t.same(scene.ask(instance, 'SRV'), ['*7 PTR _http._tcp.local 300']);
  t.same(scene.ask(instance, 'A'), [`*7 TYPE47 ${instance} 300`]);
  t.same(scene.ask('_services._dns-sd._udp.local', 'ANY'), ['*7 PTR _services._dns-sd._udp.local 3600']);
  t.same(scene.ask('_services._dns-sd._udp.local', 'SRV'), ['*7 TYPE47 _services._dns-sd._udp.local 300']);
  t.same(scene.ask('other.local', 'A'), []);
});

t.test('who asks from another port, or wants it so, is answered alone', async (t) => {
  const scene = new Scene();
  scene.responder.register(LAMP);
  scene.bench.run(100);
  t.same(scene.ask('lamp.local', 'A', { alone: true }), ['7 A lamp.local 10']);
  t.same(scene.ask('lamp.local', 'A', { unicast: true }), ['7 A lamp.local 10']);
});

t.test('an answer to all counts as an announcement, one to a single asker does not', async (t) => {
  const scene = new Scene();
  const { bench, heard } = scene;
  scene.responder.register(LAMP);
  bench.run(200_000);
  scene.ask('_http._tcp.local', 'PTR', { alone: true });
  heard.length = 0;
  bench.run(80_000);
  t.equal(heard.length, 1, 'at 280 s');
  bench.run(100_000);
  t.equal(scene.ask('_http._tcp.local', 'PTR').length, 1);
  heard.length = 0;
  bench.run(279_000);
  t.same(heard, [], 'not at 560 s');
  bench.run(1000);
  t.equal(heard.length, 1);
});

t.test('a closed responder is silent, and can be registered anew', async (t) => {
  const scene = new Scene();
  scene.responder.register(LAMP);
  scene.bench.run(100);
  scene.responder.close();
  t.same(scene.ask('lamp.local', 'A'), []);
  scene.responder.register({ ...LAMP, host: 'lantern' });
  scene.bench.run(100);
  t.same(scene.ask('lantern.local', 'A'), ['*7 A lantern.local 300']);
});

t.test('a port that is taken, or an interface that cannot join, is a failure', async (t) => {
  const scene = new Scene();
  const { stack } = scene.bench;
  const pcb = stack.udp.newPcb();
  pcb.bind(US, MDNS_PORT);
  t.notOk(scene.responder.register(LAMP));
  pcb.remove();
  t.ok(scene.responder.register(LAMP));
  stack.igmp.join = () => -6;
  t.notOk(scene.responder.register(LAMP));
});

t.test('names that run over the firmware’s buffers are a fault', async (t) => {
  const { responder, bench } = new Scene();
  responder.register({ ...LAMP, service: 's'.repeat(120) });
  t.match(bench.crashes, [/service name or the description/]);
});

t.test('a service too large for a message is registered but never told', async (t) => {
  const { responder, bench, heard } = new Scene();
  responder.register({ ...LAMP, attributes: ['x'.repeat(250), 'y'.repeat(250)] });
  bench.run(300_000);
  t.same(heard, ['*0 PTR _services._dns-sd._udp.local 3600']);
});

t.test('messages too short or too long, and noise, are not answered', async (t) => {
  const scene = new Scene();
  scene.responder.register(LAMP);
  scene.bench.run(100);
  const question = emitDns(dnsMessage({ questions: [{ name: 'lamp.local', type: 'A', class: 1 }] }));
  t.same(scene.say(concat(question, new Uint8Array(600))), []);
  t.same(scene.say(question.subarray(0, 25)), []);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 10 }), fc.nat(60), (changes, length) => {
      const message = concat(question, fromLatin1('\0'.repeat(40))).slice(0, length);
      for (const [i, byte] of changes) if (i < length) message[i] = byte;
      scene.say(message);
    }),
    { seed: 1, numRuns: 300 },
  );
});
