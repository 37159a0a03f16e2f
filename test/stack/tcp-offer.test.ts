import t from 'tap';
import { fromLatin1, ms, toLatin1 } from '../../runtime/core/index.ts';
import { ERR, HOST_OPTS, type TcpOffer, type Uplink } from '../../runtime/stack/index.ts';
import {
  emitIcmp as emitEcho,
  emitTcp,
  formatIpv4,
  IPV4_ANY,
  PROTO_TCP,
  parseTcp,
  TCP_ACK,
  TCP_FIN,
  TCP_RST,
  TCP_SYN,
} from '../../runtime/wire/index.ts';
import { Bench, ip, PEER, US } from '../helpers/stack.ts';

const FAR = ip('93.184.216.34');

/** A gateway on a bench: keeps what it is offered. */
class Gateway extends Bench implements Uplink {
  readonly offers: TcpOffer[] = [];
  readonly datagrams: string[] = [];
  readonly echoes: string[] = [];
  takes = true;

  constructor() {
    super({ opts: HOST_OPTS });
    this.stack.uplink = this;
  }

  offer(offer: TcpOffer): boolean {
    if (this.takes) this.offers.push(offer);
    return this.takes;
  }

  datagram(
    { src, dst }: Parameters<Uplink['datagram']>[0],
    { srcPort, dstPort, payload }: Parameters<Uplink['datagram']>[1],
  ): boolean {
    const ends = `${formatIpv4(src)}:${srcPort} > ${formatIpv4(dst)}:${dstPort}`;
    if (this.takes) this.datagrams.push(`${ends} ${toLatin1(payload)}`);
    return this.takes;
  }

  echo({ dst }: Parameters<Uplink['echo']>[0], { seq }: Parameters<Uplink['echo']>[1]): boolean {
    if (this.takes) this.echoes.push(`${formatIpv4(dst)} ${seq}`);
    return this.takes;
  }

  /** A segment from port 1024 of the peer to port 80. */
  segment(flags: number, seq: number, ack = 0, dst = FAR, data = ''): void {
    const tcp = { srcPort: 1024, dstPort: 80, seq, ack, flags, window: 5840, urgent: 0, options: {} };
    this.hear({ dst, protocol: PROTO_TCP, payload: emitTcp({ ...tcp, payload: fromLatin1(data) }, PEER, dst) });
  }

  /** What TCP has said since the last call. */
  answers() {
    return this.packets().map(({ src, dst, payload }) => {
      const tcp = parseTcp(payload, src, dst);
      if (!tcp.ok) throw new Error(tcp.error);
      return { ...tcp.value, src };
    });
  }
}

t.test('a SYN for another machine is offered and answered only when the owner accepts', async (t) => {
  const g = new Gateway();
  g.segment(TCP_SYN, 100);
  t.match(g.offers, [{ localAddr: FAR, localPort: 80, remoteAddr: PEER, remotePort: 1024 }]);
  g.pass(1000);
  g.segment(TCP_SYN, 100);
  t.equal(g.offers.length, 1, 'a repeated SYN is the same offer');
  t.same(g.said(), []);

  const told: string[] = [];
  const pcb = g.stack.tcp.accept(g.offers[0] as TcpOffer, {
    accepted: (connection) => {
      told.push(`accepted ${connection.ends}`);
      connection.handlers = { recv: (_, data) => void told.push(toLatin1(data ?? fromLatin1('FIN'))) };
    },
  });
  t.equal(pcb?.state, 'SYN-RECEIVED');
  const [syn] = g.answers();
  t.match(syn, { src: FAR, flags: TCP_SYN | TCP_ACK, ack: 101, srcPort: 80, dstPort: 1024 });
  const next = ((syn?.seq ?? 0) + 1) >>> 0;
  g.segment(TCP_ACK, 101, next);
  g.segment(TCP_ACK, 101, next, FAR, 'hello');
  g.segment(TCP_ACK | TCP_FIN, 106, next);
  t.same(told, ['accepted 93.184.216.34:80>192.168.1.10:1024', 'hello', 'FIN']);
  t.equal(pcb?.write(fromLatin1('bye')), ERR.OK);
  pcb?.output();
  t.match(g.answers().at(-1), { src: FAR, payload: fromLatin1('bye') });
});

t.test('an offer can be refused, forgotten and withdrawn', async (t) => {
  const g = new Gateway();
  g.segment(TCP_SYN, 100);
  g.stack.tcp.refuse(g.offers[0] as TcpOffer);
  t.match(g.answers(), [{ src: FAR, flags: TCP_RST | TCP_ACK, ack: 101 }]);
  g.stack.tcp.refuse(g.offers[0] as TcpOffer);
  t.same(g.answers(), [], 'once');

  g.segment(TCP_SYN, 200);
  g.stack.tcp.forget(g.offers[1] as TcpOffer);
  g.segment(TCP_SYN, 200);
  t.equal(g.offers.length, 3, 'the next SYN is a new offer');

  g.segment(TCP_RST, 201);
  g.said();
  t.equal(g.stack.tcp.accept(g.offers[2] as TcpOffer, {}), undefined, 'the peer has given up');
  t.same(g.said(), []);
});

t.test('a peer that never completes the handshake is an error, not a connection', async (t) => {
  const g = new Gateway();
  g.segment(TCP_SYN, 100);
  const errors: number[] = [];
  g.stack.tcp.accept(g.offers[0] as TcpOffer, {
    accepted: () => void t.fail('nobody is there'),
    error: (e) => errors.push(e),
  });
  g.pass(60_000);
  t.same(errors, [ERR.ABRT]);
  t.same(g.stack.tcp.active, []);
});

t.test('a port of our own that nobody listens on is offered; what is listened on is not', async (t) => {
  const g = new Gateway();
  g.segment(TCP_SYN, 100, 0, US);
  t.match(g.offers, [{ localAddr: US, localPort: 80 }]);
  g.stack.tcp.refuse(g.offers[0] as TcpOffer);
  const listener = g.stack.tcp.newPcb();
  listener.bind(US, 80);
  listener.listen();
  g.segment(TCP_SYN, 200, 0, US);
  t.equal(g.offers.length, 1);
});

t.test('a listener on any address listens on our own, and so does a socket', async (t) => {
  const g = new Gateway();
  const listener = g.stack.tcp.newPcb();
  listener.bind(IPV4_ANY, 80);
  listener.listen();
  g.segment(TCP_SYN, 100);
  t.match(g.offers, [{ localAddr: FAR }]);
  const socket = g.stack.udp.newPcb();
  socket.bind(IPV4_ANY, 53);
  g.hearUdp(5000, 53, fromLatin1('q'), { dst: FAR });
  t.equal(g.datagrams.length, 1);
});

t.test(
  'without an owner, or when he does not want it, a closed port answers RST and a foreign address nothing',
  async (t) => {
    const g = new Gateway();
    g.takes = false;
    g.segment(TCP_SYN, 100, 0, US);
    t.match(g.answers(), [{ flags: TCP_RST | TCP_ACK }]);
    g.stack.uplink = undefined;
    g.segment(TCP_SYN, 100, 0, US);
    t.match(g.answers(), [{ flags: TCP_RST | TCP_ACK }]);
    g.segment(TCP_SYN, 100);
    t.same(g.said(), []);
  },
);

t.test('datagrams and pings for other machines reach the owner of a gateway', async (t) => {
  const g = new Gateway();
  g.hearUdp(5000, 123, fromLatin1('what time'), { dst: FAR });
  g.hearUdp(5000, 99, fromLatin1('hello'));
  g.hearUdp(5000, 99, fromLatin1('everybody'), { dst: ip('192.168.1.255') });
  t.same(g.datagrams, ['192.168.1.10:5000 > 93.184.216.34:123 what time', '192.168.1.10:5000 > 192.168.1.50:99 hello']);
  t.same(g.said(), []);

  const request = { type: 'echo-request', id: 1, seq: 7, data: fromLatin1('x') } as const;
  g.hear({ dst: FAR, protocol: 1, payload: emitEcho(request) });
  t.same(g.echoes, ['93.184.216.34 7']);
  t.same(g.said(), []);
  g.hear({ protocol: 1, payload: emitEcho(request) });
  t.match(g.said(), [/ICMP echo reply/], 'our own address answers by itself');
});

t.test('a gateway takes only what its neighbours send to single machines beyond them', async (t) => {
  const g = new Gateway();
  for (const dst of ['224.0.0.251', '255.255.255.255', '192.168.1.77', '0.0.0.0'].map(ip))
    g.hearUdp(1, 2, fromLatin1('x'), { dst });
  g.hearUdp(1, 2, fromLatin1('x'), { dst: FAR, src: ip('10.0.0.1') });
  g.clock.runUntil(ms(3000));
  t.same(g.datagrams, []);
});
