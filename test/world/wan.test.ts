import t from 'tap';
import { fromLatin1, ms, seconds, toLatin1 } from '../../runtime/core/index.ts';
import { ERR, type Stack } from '../../runtime/stack/index.ts';
import {
  emitDns,
  formatIpv4,
  IPV4_ANY,
  type Ipv4Address,
  ipv4,
  type MacAddress,
  parseDns,
} from '../../runtime/wire/index.ts';
import type { HostStream } from '../../runtime/world/host-stream.ts';
import type { ConnectionOffer, Endpoint, NameQuery, Outer, Ping, Wan } from '../../runtime/world/wan.ts';
import { at, Wired } from '../helpers/wired.ts';

const FAR = ipv4(93, 184, 216, 34);

/** A LAN with a client, and a test that stands for the rest of the world. */
class Beyond implements Outer {
  readonly world = new Wired();
  readonly wan: Wan;
  readonly client: Stack;
  readonly offers: ConnectionOffer[] = [];
  readonly datagrams: { from: Endpoint; to: Endpoint; data: string }[] = [];
  readonly pings: Ping[] = [];
  readonly queries: NameQuery[] = [];

  constructor() {
    this.wan = this.world.router().connectWan(this);
    this.client = this.world.client(0x5ccf7f123456 as MacAddress);
    this.client.netifs[0]?.dhcpStart();
    this.world.runFor(seconds(5));
  }

  connection(offer: ConnectionOffer): boolean {
    this.offers.push(offer);
    return offer.to.port !== 9;
  }

  datagram(from: Endpoint, to: Endpoint, data: Uint8Array): boolean {
    this.datagrams.push({ from, to, data: toLatin1(data) });
    return to.port !== 9;
  }

  ping(ping: Ping): void {
    this.pings.push(ping);
  }

  query(query: NameQuery): void {
    this.queries.push(query);
  }

  /** A client connects and tells what happens. */
  connect(port: number, told: string[]) {
    const pcb = this.client.tcp.newPcb();
    pcb.handlers = {
      connected: () => void told.push('connected'),
      recv: (_, data) => {
        told.push(data === undefined ? 'end' : toLatin1(data));
        if (data !== undefined) pcb.recved(data.length);
      },
      error: (code) => told.push(`error ${code}`),
    };
    pcb.connect(FAR, port);
    this.world.runFor(seconds(1));
    return pcb;
  }
}

t.test('a connection to a far machine is accepted when the far side says so, and carries both ways', async (t) => {
  const beyond = new Beyond();
  const told: string[] = [];
  const pcb = beyond.connect(80, told);
  t.match(beyond.offers, [{ from: { addr: at(50) }, to: { addr: FAR, port: 80 } }]);
  t.same(told, [], 'no answer yet');
  let stream: HostStream | undefined;
  beyond.offers[0]?.accept((s) => {
    stream = s;
  });
  beyond.world.runFor(seconds(1));
  t.match(stream, { localAddr: FAR, localPort: 80, remoteAddr: at(50) });
  const heard: string[] = [];
  if (stream !== undefined) stream.handler = { onData: (bytes) => heard.push(toLatin1(bytes)) };
  stream?.write(fromLatin1('hello'));
  stream?.end();
  pcb.write(fromLatin1('hi'));
  pcb.output();
  beyond.world.runFor(seconds(1));
  t.same([told, heard], [['connected', 'hello', 'end'], ['hi']]);
});

t.test('refusing is RST, silence is silence, and nobody at all is RST', async (t) => {
  const beyond = new Beyond();
  const told: string[] = [];
  beyond.connect(81, told);
  beyond.offers[0]?.refuse();
  beyond.world.runFor(seconds(1));
  t.same(told.splice(0), [`error ${ERR.RST}`]);
  beyond.connect(9, told);
  t.same(told.splice(0), [`error ${ERR.RST}`]);
  beyond.connect(82, told);
  beyond.offers.at(-1)?.ignore();
  beyond.world.runFor(seconds(5));
  t.same(told, []);
  t.ok(beyond.offers.length > 3, 'each new SYN is shown again');
});

t.test('an offer that comes too late tells so', async (t) => {
  const beyond = new Beyond();
  const pcb = beyond.connect(80, []);
  pcb.abort();
  beyond.world.runFor(seconds(1));
  let answer: unknown = 'none';
  beyond.offers[0]?.accept((stream) => {
    answer = stream;
  });
  beyond.world.runFor(seconds(30));
  t.equal(answer, undefined);
});

t.test('datagrams go out and come back as from the far machine; a closed port is an ICMP error', async (t) => {
  const beyond = new Beyond();
  const heard: string[] = [];
  const socket = beyond.client.udp.newPcb();
  socket.bind(IPV4_ANY, 5000);
  socket.recv = (data, addr, port) => heard.push(`${formatIpv4(addr)}:${port} ${toLatin1(data)}`);
  socket.sendTo(fromLatin1('time?'), FAR, 123);
  beyond.world.runFor(seconds(1));
  t.same(beyond.datagrams, [{ from: { addr: at(50), port: 5000 }, to: { addr: FAR, port: 123 }, data: 'time?' }]);
  beyond.wan.send({ addr: FAR, port: 123 }, { addr: at(50), port: 5000 }, fromLatin1('noon'));
  beyond.world.runFor(seconds(1));
  t.same(heard, ['93.184.216.34:123 noon']);
  const before = beyond.client.drops.of('icmp', 'unreachable');
  beyond.wan.unreachable({ addr: at(50), port: 5000 }, { addr: FAR, port: 123 }, fromLatin1('time?'));
  socket.sendTo(fromLatin1('x'), FAR, 9);
  beyond.world.runFor(seconds(1));
  t.equal(beyond.client.drops.of('icmp', 'unreachable'), before + 2);
});

t.test('a ping of a far machine waits for its answer', async (t) => {
  const beyond = new Beyond();
  const replies: string[] = [];
  beyond.client.icmp.register({
    onEchoReply: (from, id, seq, data) => {
      replies.push(`${formatIpv4(from)} ${id} ${seq} ${toLatin1(data)}`);
      return true;
    },
  });
  beyond.client.icmp.sendEcho(FAR, 7, 1, fromLatin1('abc'));
  beyond.world.runFor(seconds(1));
  t.same(replies, []);
  beyond.wan.pong(beyond.pings[0] as Ping);
  beyond.world.runFor(seconds(1));
  t.same(replies, ['93.184.216.34 7 1 abc']);
});

t.test('names of the world are answered here, others beyond', async (t) => {
  const beyond = new Beyond();
  const found: (Ipv4Address | undefined)[] = [];
  // An answer after the first second is not recognized: the firmware has asked again by then, under another number.
  const ask = (name: string): void => {
    beyond.client.dns.resolve(name, (addr) => found.push(addr));
    beyond.world.runFor(ms(100));
  };
  ask('router');
  ask('Example.COM');
  t.same(found.splice(0), [at(1)]);
  t.match(beyond.queries, [{ name: 'example.com', type: 'A' }]);
  beyond.queries[0]?.answer([FAR], 60);
  beyond.world.runFor(seconds(1));
  t.same(found.splice(0), [FAR]);
  for (const reason of ['no such name', 'no answer'] as const) {
    ask(`${reason.length}.example`);
    const denied = beyond.client.drops.of('dns', 'error-answer');
    beyond.queries.at(-1)?.fail(reason);
    beyond.world.runFor(ms(100));
    t.equal(beyond.client.drops.of('dns', 'error-answer'), denied + 1, reason);
    beyond.world.runFor(seconds(20));
    t.same(found.splice(0), [undefined], 'the firmware asks on and gives up');
  }
  ask('relayed.example');
  const query = beyond.queries.at(-1) as NameQuery;
  const parsed = parseDns(query.message);
  if (!parsed.ok) throw new Error(parsed.error);
  const record = { name: 'relayed.example', type: 'A', ttl: 5, data: FAR } as const;
  query.relay(emitDns({ ...parsed.value, response: true, answers: [record] }));
  beyond.world.runFor(ms(100));
  t.same(found, [FAR], 'as another server says');
});
