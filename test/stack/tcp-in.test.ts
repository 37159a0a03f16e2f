import t from 'tap';
import { EMPTY, fromLatin1, put16 } from '../../runtime/core/index.ts';
import { ERR } from '../../runtime/stack/err.ts';
import { ESP8266_OPTS, HOST_OPTS } from '../../runtime/stack/opts.ts';
import type { TcpPcb } from '../../runtime/stack/tcp-pcb.ts';
import {
  checksum,
  emitTcp,
  IPV4_ANY,
  type Ipv4Address,
  ipv4,
  PROTO_TCP,
  pseudoHeaderSum,
  TCP_ACK,
  TCP_SYN,
} from '../../runtime/wire/index.ts';
import { BROADCAST, Drive, ME, PEER } from '../helpers/drive.ts';

const bytes = fromLatin1;

t.test('segments that never reach a block are counted by reason', (t) => {
  const d = new Drive();
  d.listening();
  d.inject('S', { port: 80, dst: BROADCAST });
  d.inject('S', { port: 80, dst: ipv4(224, 0, 0, 1) });
  d.tcp.input(Uint8Array.of(1, 2, 3), PEER, ME);
  const segment = { srcPort: 1, dstPort: 80, seq: 0, ack: 0, flags: TCP_SYN, window: 1, urgent: 0 };
  const spoiled = emitTcp({ ...segment, options: {}, payload: EMPTY }, PEER, ME);
  spoiled[16] = ~(spoiled[16] ?? 0);
  d.tcp.input(spoiled, PEER, ME);
  t.same(d.take(), []);
  t.same(d.tcp.drops.entries(), [
    ['tcp broadcast', 2],
    ['tcp truncated', 1],
    ['tcp bad-checksum', 1],
  ]);
  t.end();
});

t.test('a data offset below five words is taken by the device, refused by a host', (t) => {
  for (const [opts, heard] of [
    [ESP8266_OPTS, ['accepted']],
    [HOST_OPTS, []],
  ] as const) {
    const d = new Drive({}, opts);
    d.listening();
    const segment = { srcPort: 4000, dstPort: 80, seq: 0, ack: 0, flags: TCP_SYN, window: 8192, urgent: 0 };
    const syn = emitTcp({ ...segment, options: {}, payload: EMPTY }, PEER, ME);
    syn[12] = 0x40;
    put16(syn, 16, 0);
    put16(syn, 16, checksum(syn, pseudoHeaderSum(PEER, ME, PROTO_TCP, syn.length)));
    d.tcp.input(syn, PEER, ME);
    const iss = d.sent[0]?.tcp.seq ?? 0;
    const ack = { ...segment, seq: 1, ack: iss + 1, flags: TCP_ACK, options: {}, payload: EMPTY };
    d.tcp.input(emitTcp(ack, PEER, ME), PEER, ME);
    t.same(d.heard(), heard);
  }
  t.end();
});

t.test('3.10.7.1 CLOSED: everything but RST is answered by RST', (t) => {
  const d = new Drive();
  d.inject('S', { port: 99, seq: 7 });
  d.inject('PA', { port: 99, seq: 7, ack: 5, data: 'abc' });
  d.inject('R', { port: 99 });
  const [syn, data] = d.sent.map((s) => s.tcp);
  t.same(d.take().length, 2);
  t.match(syn, { seq: 0, window: 5840 });
  t.equal(data?.seq, 5, 'the acknowledgment number of the segment');
  t.equal(((data?.ack ?? 0) - (syn?.ack ?? 0)) >>> 0, 2, 'sequence number plus length: 7 + 3 against 7 + 1');
  t.equal(d.tcp.drops.of('tcp', 'no-connection'), 3);
  t.end();
});

t.test('3.10.7.2 LISTEN', async (t) => {
  t.test('SYN makes a connection that answers with SYN-ACK', (t) => {
    const d = new Drive();
    d.listening();
    d.inject('S', { from: 4000, port: 80, mss: 1000, win: 4096 });
    t.same(d.take(), ['SA 0 a1 w5840 m1460']);
    t.match(d.tcp.active[0], { state: 'SYN-RECEIVED', mss: 1000, sndWnd: 4096, localAddr: ME, remotePort: 4000 });
    t.end();
  });

  t.test('ACK is answered by RST; RST and anything else is ignored', (t) => {
    const d = new Drive();
    d.listening();
    d.inject('A', { from: 4000, port: 80 });
    d.inject('R', { from: 4000, port: 80 });
    d.inject('F', { from: 4000, port: 80 });
    t.same(
      d.take().map((text) => text.split(' ')[0]),
      ['RA'],
    );
    t.equal(d.tcp.active.length, 0);
    t.end();
  });

  t.test('a listener on the exact address goes before one on any', (t) => {
    const d = new Drive();
    d.listening();
    const specific = d.tcp.newPcb();
    specific.reuseAddr = true;
    specific.bind(ME, 80);
    specific.listen();
    const elsewhere = d.tcp.newPcb();
    elsewhere.reuseAddr = true;
    elsewhere.bind(ipv4(192, 168, 1, 77), 80);
    elsewhere.listen();
    specific.handlers = { accepted: () => void d.told.push('specific') };
    d.inject('S', { from: 4000, port: 80 });
    d.inject('A', { from: 4000, port: 80 });
    t.same(d.heard(), ['specific']);
    t.end();
  });

  t.test('exactly five established connections make it deaf; six do not', (t) => {
    const d = new Drive();
    d.listening();
    for (let from = 4000; from < 4005; from++) d.accept(from);
    d.inject('S', { from: 4005, port: 80 });
    t.same(d.take(), []);
    t.equal(d.tcp.drops.of('tcp', 'too-many-connections'), 1);
    d.established();
    t.equal(d.tcp.active.length, 6);
    d.inject('S', { from: 4006, port: 80 });
    t.same(d.take(), ['SA 0 a1 w5840 m1460']);
    t.end();
  });

  t.test('a block in CLOSE-WAIT or SYN-RECEIVED does not count towards the five', (t) => {
    const d = new Drive();
    d.listening(undefined, { recv: () => undefined });
    for (let from = 4000; from < 4005; from++) d.accept(from);
    d.inject('FA', { from: 4004, port: 80 });
    d.take();
    d.inject('S', { from: 4005, port: 80 });
    t.equal(d.take().length, 1);
    d.inject('S', { from: 4006, port: 80 });
    t.equal(d.take().length, 1);
    t.end();
  });

  t.test('a host has no such limit', (t) => {
    const d = new Drive({ tcpEstablishedLimit: undefined });
    d.listening();
    for (let from = 4000; from < 4050; from++) d.accept(from);
    t.equal(d.tcp.active.length, 50);
    t.end();
  });
});

t.test('3.10.7.3 SYN-SENT', async (t) => {
  function connecting(): { d: Drive; pcb: TcpPcb } {
    const d = new Drive();
    const pcb = d.watch(d.tcp.newPcb());
    pcb.connect(PEER, 80);
    d.take();
    return { d, pcb };
  }

  t.test('SYN-ACK establishes: the owner is told, then the ACK leaves', (t) => {
    const { d, pcb } = connecting();
    pcb.handlers = { connected: () => void d.told.push(`connected after ${d.sent.length} segments`) };
    d.inject('SA', { mss: 1460, win: 4000 });
    t.same(d.heard(), ['connected after 0 segments']);
    t.same(d.take(), ['A 1 a1 w5840']);
    t.match(pcb, { state: 'ESTABLISHED', mss: 1460, sndWnd: 4000, sndBuf: 2920, sndQueueLen: 0 });
    t.equal(pcb.congestion.cwnd, 2920);
    t.equal(pcb.congestion.ssthresh, 14600);
    t.end();
  });

  t.test('what the owner writes in connected rides on the ACK', (t) => {
    const { d, pcb } = connecting();
    pcb.handlers = { connected: (p) => p.write(bytes('GET')) };
    d.inject('SA', { mss: 1460 });
    t.same(d.take(), ['PA 1+3 a1 w5840']);
    t.end();
  });

  t.test('a wrong acknowledgment gets RST and the SYN stays out', (t) => {
    const { d, pcb } = connecting();
    d.inject('SA', { ack: 5 });
    d.inject('A', { ack: 1 });
    t.same(d.take(), ['RA 5 a1 w5840', 'RA 1 a1 w5840']);
    t.equal(pcb.state, 'SYN-SENT');
    t.end();
  });

  t.test('RST counts only if it acknowledges the SYN: -9', (t) => {
    const { d, pcb } = connecting();
    d.inject('RA', { seq: 0, ack: 7 });
    t.equal(pcb.state, 'SYN-SENT');
    d.inject('RA', { seq: 0, ack: 1 });
    t.same(d.heard(), ['error -9']);
    t.equal(pcb.freed, true);
    t.same(d.take(), []);
    t.end();
  });

  t.test('a SYN without ACK is ignored: no simultaneous open in lwIP 1.4', (t) => {
    const { d, pcb } = connecting();
    d.inject('S');
    t.same(d.take(), []);
    t.equal(pcb.state, 'SYN-SENT');
    t.end();
  });

  t.test('the owner may abort inside connected', (t) => {
    const { d, pcb } = connecting();
    pcb.handlers = {
      connected: (p) => {
        p.abort();
        return ERR.ABRT;
      },
    };
    d.inject('SA');
    t.same(d.take(), ['RA 1 a1 w5840']);
    t.equal(d.tcp.active.length, 0);
    t.end();
  });

  t.test('ERR.ABRT from connected without an abort leaves the ACK to the peer’s next segment', (t) => {
    const { d, pcb } = connecting();
    pcb.handlers = { connected: () => ERR.ABRT };
    d.inject('SA');
    t.same(d.take(), []);
    d.inject('SA');
    t.same(d.take(), ['A 1 a1 w5840']);
    t.end();
  });
});

t.test('SYN-RECEIVED', async (t) => {
  function halfOpen(onAccept?: (pcb: TcpPcb) => ReturnType<TcpPcb['close']> | undefined) {
    const d = new Drive();
    d.listening(onAccept);
    d.inject('S', { from: 4000, port: 80, mss: 1460 });
    d.take();
    return { d, pcb: d.tcp.active[0] as TcpPcb };
  }

  t.test('the ACK of the SYN-ACK hands the connection over and sends nothing', (t) => {
    const { d, pcb } = halfOpen((p) => {
      d.told.push(`sndBuf ${p.sndBuf}`);
      return undefined;
    });
    d.inject('A', { from: 4000, port: 80 });
    t.same(d.heard(), ['accepted', 'sndBuf 2919']);
    t.same(d.take(), []);
    t.match(pcb, { state: 'ESTABLISHED', sndBuf: 2920, sndQueueLen: 0 });
    t.equal(pcb.congestion.cwnd, 2920);
    t.end();
  });

  t.test('data in the same segment follows at once, and no sent event for the SYN', (t) => {
    const { d } = halfOpen();
    d.inject('PA', { from: 4000, port: 80, data: 'GET' });
    t.same(d.heard(), ['accepted', 'recv GET']);
    t.end();
  });

  t.test('data and FIN in the same segment', (t) => {
    const { d, pcb } = halfOpen();
    d.inject('FPA', { from: 4000, port: 80, data: 'GET' });
    t.same(d.heard(), ['accepted', 'recv GET', 'fin']);
    t.equal(pcb.state, 'LAST-ACK');
    t.same(d.take(), ['FA 1 a5 w5836']);
    t.end();
  });

  t.test('greeting and close inside accepted leave as one segment', (t) => {
    const { d, pcb } = halfOpen((p) => {
      p.write(bytes('bye'));
      return p.close();
    });
    d.inject('A', { from: 4000, port: 80 });
    t.same(d.take(), ['FPA 1+3 a1 w5840']);
    t.equal(pcb.state, 'FIN-WAIT-1');
    d.inject('A', { from: 4000, port: 80, ack: 5 });
    t.equal(pcb.state, 'FIN-WAIT-2');
    t.end();
  });

  t.test(
    'close inside accepted while the peer’s FIN is in the same segment counts as closed by the peer first',
    (t) => {
      const { d, pcb } = halfOpen((p) => p.close());
      d.inject('FA', { from: 4000, port: 80 });
      t.equal(pcb.state, 'LAST-ACK');
      t.end();
    },
  );

  t.test('an error from accepted aborts the connection', (t) => {
    const { d, pcb } = halfOpen(() => ERR.MEM);
    d.inject('A', { from: 4000, port: 80 });
    t.same(d.take(), ['RA 1 a1 w5840']);
    t.same(d.heard(), ['accepted', 'error -8']);
    t.equal(pcb.freed, true);
    t.end();
  });

  t.test('so does the lack of anybody to accept it', (t) => {
    const { d } = halfOpen();
    (d.tcp.listeners[0] as TcpPcb).handlers = {};
    d.inject('S', { from: 4001, port: 80 });
    d.take();
    d.inject('A', { from: 4001, port: 80 });
    t.same(d.take(), ['RA 1 a1 w5840']);
    t.end();
  });

  t.test('a wrong acknowledgment gets RST', (t) => {
    const { d, pcb } = halfOpen();
    d.inject('A', { from: 4000, port: 80, ack: 9 });
    t.same(d.take(), ['RA 9 a1 w5840']);
    t.equal(pcb.state, 'SYN-RECEIVED');
    t.end();
  });

  t.test('another copy of the SYN brings another SYN-ACK', (t) => {
    const { d } = halfOpen();
    d.inject('S', { from: 4000, port: 80, mss: 1460 });
    t.same(d.take(), ['SA 0 a1 w5840 m1460']);
    t.end();
  });

  t.test('RST frees it, and the owner of the listener hears nothing', (t) => {
    const { d, pcb } = halfOpen();
    d.inject('R', { from: 4000, port: 80, seq: 1 });
    t.equal(pcb.freed, true);
    t.same(d.heard(), []);
    t.end();
  });
});

t.test('the block that got a segment moves to the front of the list', (t) => {
  const d = new Drive();
  d.listening();
  const a = d.accept(4000);
  const b = d.accept(4001);
  t.same(d.tcp.active, [b, a]);
  d.inject('PA', { from: 4000, port: 80, data: 'x' });
  t.same(d.tcp.active, [a, b]);
  t.end();
});

t.test('a connection is found by all four of its numbers', (t) => {
  const d = new Drive();
  d.listening();
  d.accept(4000);
  d.inject('PA', { from: 4000, port: 80, dst: ipv4(192, 168, 1, 99), data: 'x' });
  t.same(d.heard(), []);
  const reset = d.take();
  t.match(reset, [/^RA/], 'the listener on any address refuses an ACK for another address of ours');
  t.equal(d.sent.length, 0);
  t.equal(IPV4_ANY, 0 as Ipv4Address);
  t.end();
});
