import t from 'tap';
import { fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import { ESPCONN, type EspconnHandlers, type EspconnTcp } from '../../runtime/proto/espconn.ts';
import { PEER, ProtoBench } from '../helpers/proto-bench.ts';
import { at } from '../helpers/wired.ts';

const PORT = 4000;

/** A connection that notes what it is told. */
function connection(bench: ProtoBench, more: EspconnHandlers = {}): { tcp: EspconnTcp; told: string[] } {
  const tcp = bench.env.espconn.tcp();
  const told: string[] = [];
  tcp.handlers = {
    connected: () => {
      told.push('connected');
      more.connected?.();
    },
    received: (data) => {
      told.push(`received ${toLatin1(data.subarray(0, 20))}`);
      more.received?.(data);
    },
    sent: () => {
      told.push('sent');
      more.sent?.();
    },
    disconnected: () => {
      told.push('disconnected');
      more.disconnected?.();
    },
    failed: (code) => {
      told.push(`failed ${code}`);
      more.failed?.(code);
    },
  };
  return { tcp, told };
}

t.test('a connection is told when it is there, when its data is acknowledged, and what comes', async (t) => {
  const bench = new ProtoBench();
  bench.listen(PORT, ({ stream }) => stream.write(fromLatin1('welcome')));
  const { tcp, told } = connection(bench, { connected: () => tcp.send(fromLatin1('hello')) });
  t.equal(tcp.connect(PEER, PORT), ESPCONN.OK);
  t.same(told, [], 'nothing inside connect');
  bench.run(300);
  t.same(told, ['connected', 'sent', 'received welcome']);
  t.equal(bench.last.text, 'hello');
  t.ok(tcp.localPort >= 1024 && tcp.localPort < 50_000);
});

t.test('there is one buffer at a time: the next one is refused until the first is acknowledged', async (t) => {
  const bench = new ProtoBench();
  bench.listen(PORT);
  const codes: number[] = [];
  const { tcp, told } = connection(bench, {
    connected: () => codes.push(tcp.send(fromLatin1('one ')), tcp.send(fromLatin1('lost '))),
    sent: () => {
      if (codes.length === 2) codes.push(tcp.send(fromLatin1('two')));
    },
  });
  tcp.connect(PEER, PORT);
  bench.run(300);
  t.same(codes, [ESPCONN.OK, ESPCONN.MAXNUM, ESPCONN.OK]);
  t.equal(bench.last.text, 'one two');
  t.same(told, ['connected', 'sent', 'sent']);
});

t.test('what does not fit follows as the peer acknowledges, and is reported once', async (t) => {
  const bench = new ProtoBench();
  bench.listen(PORT);
  const { tcp, told } = connection(bench, { connected: () => tcp.send(new Uint8Array(20_000).fill(0x61)) });
  tcp.connect(PEER, PORT);
  bench.run(1000);
  t.equal(bench.last.text.length, 20_000);
  t.same(told, ['connected', 'sent']);
});

t.test('a send outside a callback leaves at once', async (t) => {
  const bench = new ProtoBench();
  bench.listen(PORT);
  const { tcp } = connection(bench);
  tcp.connect(PEER, PORT);
  bench.run(100);
  tcp.send(fromLatin1('now'));
  bench.run(1);
  t.equal(bench.last.text, 'now');
});

t.test('disconnect sends the FIN and tells the owner at the same instant, without waiting for the peer', async (t) => {
  const bench = new ProtoBench();
  bench.listen(PORT);
  const { tcp, told } = connection(bench);
  tcp.connect(PEER, PORT);
  bench.run(100);
  t.equal(tcp.disconnect(), ESPCONN.OK);
  t.equal(tcp.disconnect(), ESPCONN.INPROGRESS);
  t.same(told, ['connected'], 'but not inside the call');
  bench.run(0);
  t.same(told, ['connected', 'disconnected']);
  t.equal(tcp.disconnect(), ESPCONN.ARG, 'there is nothing to disconnect any more');
  t.equal(tcp.send(fromLatin1('x')), ESPCONN.ARG);
  bench.run(10);
  t.ok(bench.last.ended);
});

t.test('the end of the peer is answered by our own and ends the connection', async (t) => {
  const bench = new ProtoBench();
  bench.listen(PORT, ({ stream }) => {
    stream.write(fromLatin1('bye'));
    stream.end();
  });
  const { tcp, told } = connection(bench, { connected: () => tcp.send(fromLatin1('?')) });
  tcp.connect(PEER, PORT);
  bench.run(100);
  t.same(told, ['connected', 'sent', 'received bye', 'disconnected']);
  t.equal(bench.stack.tcp.active.length, 0);
});

t.test('nobody at the address, nobody at the port, a reset: each has its code', async (t) => {
  const silent = new ProtoBench();
  const nobody = connection(silent);
  nobody.tcp.connect(at(99), PORT);
  silent.run(10_000);
  t.same(nobody.told, [`failed ${ESPCONN.CONN}`], 'a connect that times out is "not connected"');

  const bench = new ProtoBench();
  const refused = connection(bench);
  refused.tcp.connect(PEER, 9999);
  bench.run(10);
  t.same(refused.told, [`failed ${ESPCONN.RST}`]);

  bench.listen(PORT, ({ stream }) => stream.destroy());
  const reset = connection(bench, { connected: () => reset.tcp.send(fromLatin1('x')) });
  reset.tcp.connect(PEER, PORT);
  bench.run(100);
  t.same(reset.told.at(-1), `failed ${ESPCONN.RST}`);
});

t.test('a peer that vanishes is a time-out, an address that is taken away is not', async (t) => {
  const bench = new ProtoBench();
  bench.listen(PORT);
  const { tcp, told } = connection(bench);
  tcp.connect(PEER, PORT);
  bench.run(100);
  bench.peer.netif.setDown();
  tcp.send(fromLatin1('hello?'));
  bench.run(900_000);
  t.equal(told.at(-1), `failed ${ESPCONN.TIMEOUT}`);

  const other = new ProtoBench();
  other.listen(PORT);
  const second = connection(other);
  second.tcp.connect(PEER, PORT);
  other.run(100);
  other.stack.netifs[0]?.setAddr(at(51), at(0), at(1));
  other.run(1);
  t.equal(second.told.at(-1), `failed ${ESPCONN.CONN}`);
});

t.test('without a route connect says so and nothing follows', async (t) => {
  const bench = new ProtoBench();
  bench.stack.netifs[0]?.setDown();
  const { tcp, told } = connection(bench);
  t.equal(tcp.connect(PEER, PORT), ESPCONN.RTE);
  bench.run(10_000);
  t.same(told, []);
  bench.stack.netifs[0]?.setUp();
  bench.listen(PORT);
  t.equal(tcp.connect(PEER, PORT), ESPCONN.OK, 'the connection is free for another try');
});

t.test('five connections are the limit, and one object has one connection', async (t) => {
  const bench = new ProtoBench();
  bench.listen(PORT);
  const all = Array.from({ length: 6 }, () => connection(bench));
  const codes = all.map(({ tcp }) => tcp.connect(PEER, PORT));
  t.same(codes, [0, 0, 0, 0, 0, ESPCONN.ISCONN]);
  t.equal(new Set(all.slice(0, 5).map(({ tcp }) => tcp.localPort)).size, 5, 'their ports differ');
  bench.run(100);
  all[0]?.tcp.disconnect();
  bench.run(10);
  t.equal(all[1]?.tcp.connect(PEER, PORT), ESPCONN.ISCONN, 'its own port is in use');
  t.equal(all[5]?.tcp.connect(PEER, PORT), ESPCONN.OK);
});

t.test('a connection may be made again inside its last callback', async (t) => {
  const bench = new ProtoBench();
  bench.listen(PORT);
  let rounds = 0;
  const { tcp, told } = connection(bench, {
    connected: () => tcp.disconnect(),
    disconnected: () => {
      tcp.release();
      tcp.allocated = true;
      if (++rounds < 3) tcp.connect(PEER, PORT);
    },
  });
  tcp.connect(PEER, PORT);
  bench.run(100);
  t.equal(told.filter((what) => what === 'disconnected').length, 3);
});

t.test('without a handler for data the window closes', async (t) => {
  const bench = new ProtoBench();
  bench.listen(PORT, ({ stream }) => stream.write(new Uint8Array(20_000)));
  const tcp = bench.env.espconn.tcp();
  tcp.handlers = { connected: () => tcp.send(fromLatin1('x')) };
  tcp.connect(PEER, PORT);
  bench.run(5000);
  t.equal(bench.stack.tcp.active[0]?.rcvWnd, 0);
});

t.test('a connection whose memory is freed under way is a memory fault when it is answered', async (t) => {
  const bench = new ProtoBench();
  bench.listen(PORT);
  const { tcp, told } = connection(bench);
  tcp.connect(PEER, PORT);
  tcp.release();
  t.equal(connection(bench).tcp.connect(PEER, PORT), ESPCONN.ARG, 'and already another connect meets it');
  bench.run(100);
  t.equal(bench.crashes.length, 2);
  t.same(told, []);

  const refused = new ProtoBench();
  const lucky = connection(refused);
  lucky.tcp.connect(PEER, 9999);
  lucky.tcp.release();
  refused.run(100);
  t.same([refused.crashes, lucky.told], [[], []], 'a refusal finds nobody to tell');
});

t.test('a peer with small segments gets at most four of them at a time', async (t) => {
  const bench = new ProtoBench();
  bench.listen(PORT);
  const { tcp } = connection(bench, {
    connected: () => {
      const [pcb] = bench.stack.tcp.active;
      if (pcb !== undefined) pcb.mss = 500;
      tcp.send(new Uint8Array(2900));
    },
  });
  tcp.connect(PEER, PORT);
  let most = 0;
  for (let i = 0; i < 2000; i++) {
    most = Math.max(most, bench.stack.tcp.active[0]?.sndQueueLen ?? 0);
    if (!bench.wired.clock.step()) break;
    if (bench.wired.clock.now() > 3_000_000) break;
  }
  t.ok(most <= 4, `${most} segments`);
  t.equal(bench.last.text.length, 2900);
});
