import t from 'tap';
import { ERR } from '../../runtime/stack/err.ts';
import type { TcpPcb } from '../../runtime/stack/tcp-pcb.ts';
import { IPV4_ANY, ipv4 } from '../../runtime/wire/index.ts';
import { Drive, ME, NOWHERE, PEER } from '../helpers/drive.ts';

const OTHER = ipv4(192, 168, 1, 51);

function reusable(d: Drive): TcpPcb {
  const pcb = d.tcp.newPcb();
  pcb.reuseAddr = true;
  return pcb;
}

t.test('bind', async (t) => {
  t.test('port 0 takes a random unused port from 1024 to 32766', (t) => {
    const d = new Drive();
    const ports = Array.from({ length: 300 }, () => {
      const pcb = d.tcp.newPcb();
      t.equal(pcb.bind(IPV4_ANY, 0), ERR.OK);
      return pcb.localPort;
    });
    t.ok(ports.every((p) => p >= 1024 && p <= 32766));
    t.equal(new Set(ports).size, 300);
    t.end();
  });

  t.test('a port is taken only where the addresses overlap', (t) => {
    const d = new Drive();
    t.equal(d.tcp.newPcb().bind(ME, 80), ERR.OK);
    t.equal(d.tcp.newPcb().bind(OTHER, 80), ERR.OK);
    t.equal(d.tcp.newPcb().bind(ME, 80), ERR.USE);
    t.equal(d.tcp.newPcb().bind(IPV4_ANY, 80), ERR.USE);
    t.end();
  });

  t.test('two blocks with SO_REUSEADDR share a port, one without takes it alone', (t) => {
    const d = new Drive();
    t.equal(reusable(d).bind(IPV4_ANY, 80), ERR.OK);
    t.equal(reusable(d).bind(IPV4_ANY, 80), ERR.OK);
    t.equal(d.tcp.newPcb().bind(IPV4_ANY, 80), ERR.USE);
    const plain = d.tcp.newPcb();
    plain.bind(IPV4_ANY, 81);
    t.equal(reusable(d).bind(IPV4_ANY, 81), ERR.USE, 'an outgoing connection has no SO_REUSEADDR');
    t.end();
  });

  t.test('TIME-WAIT blocks keep the port, but not from a block with SO_REUSEADDR', (t) => {
    const d = new Drive();
    const pcb = d.tcp.newPcb();
    pcb.bind(IPV4_ANY, 2000);
    d.watch(pcb);
    pcb.connect(PEER, 80);
    d.inject('SA');
    pcb.close();
    d.inject('FA', { ack: 2 });
    t.equal(pcb.state, 'TIME-WAIT');
    t.equal(d.tcp.newPcb().bind(IPV4_ANY, 2000), ERR.USE);
    t.equal(reusable(d).bind(IPV4_ANY, 2000), ERR.OK);
    t.end();
  });

  t.test('only a CLOSED block can be bound', (t) => {
    const d = new Drive();
    t.equal(d.established().bind(IPV4_ANY, 1), ERR.ISCONN);
    t.end();
  });
});

t.test('listen', async (t) => {
  t.test('a second listener on address and port is refused as lack of memory', (t) => {
    const d = new Drive();
    d.listening();
    const second = reusable(d);
    t.equal(second.bind(IPV4_ANY, 80), ERR.OK);
    t.equal(second.listen(), ERR.MEM);
    const specific = reusable(d);
    t.equal(specific.bind(ME, 80), ERR.OK);
    t.equal(specific.listen(), ERR.OK, 'any and a specific address are two places');
    t.end();
  });

  t.test('a closed listener frees its port at once', (t) => {
    const d = new Drive();
    t.equal(d.listening().close(), ERR.OK);
    t.equal(d.tcp.listeners.length, 0);
    t.equal(d.listening().state, 'LISTEN');
    t.end();
  });

  t.test('old clients in TIME-WAIT and live ones do not hinder listening again', (t) => {
    const d = new Drive();
    const server = d.listening();
    d.accept(4000);
    d.accept(4001).close();
    server.close();
    t.equal(d.listening().state, 'LISTEN');
    t.end();
  });

  t.test('a listener refuses to be listened on, connected or shut down', (t) => {
    const d = new Drive();
    const server = d.listening();
    t.equal(server.listen(), ERR.ISCONN);
    t.equal(server.connect(PEER, 80), ERR.ISCONN);
    t.equal(server.shutdown(true, true), ERR.CONN);
    t.end();
  });
});

t.test('connect', async (t) => {
  t.test('sends a SYN with MSS 1460 and window 5840 from the routed address', (t) => {
    const d = new Drive();
    const pcb = d.tcp.newPcb();
    t.equal(pcb.connect(PEER, 80), ERR.OK);
    t.same(d.take(), ['S 0 w5840 m1460']);
    t.match(pcb, { state: 'SYN-SENT', localAddr: ME, remoteAddr: PEER, remotePort: 80, sndBuf: 2919 });
    t.ok(pcb.localPort >= 1024);
    t.end();
  });

  t.test('without a route nothing happens, and the block can try again', (t) => {
    const d = new Drive();
    const pcb = d.watch(d.tcp.newPcb());
    t.equal(pcb.connect(NOWHERE, 80), ERR.RTE);
    t.match(pcb, { state: 'CLOSED', remoteAddr: NOWHERE, remotePort: 80, localPort: 0 });
    d.run(60_000);
    t.same(d.heard(), []);
    t.same(d.clock.pending(), []);
    t.equal(pcb.write(Uint8Array.of(1)), ERR.CONN);
    t.equal(pcb.connect(PEER, 80), ERR.OK);
    t.end();
  });

  t.test('a second connection between the same ends is refused with SO_REUSEADDR', (t) => {
    const d = new Drive();
    for (const want of [ERR.OK, ERR.USE]) {
      const pcb = reusable(d);
      pcb.bind(IPV4_ANY, 2000);
      t.equal(pcb.connect(PEER, 80), want);
    }
    t.end();
  });

  t.test('only a CLOSED block can be connected', (t) => {
    t.equal(new Drive().established().connect(PEER, 81), ERR.ISCONN);
    t.end();
  });

  t.test(
    'initial sequence numbers grow from 6510 by the tick counter, once for the block and once for connect',
    (t) => {
      const d = new Drive();
      const first = d.tcp.newPcb();
      t.equal(first.iss, 6511);
      first.connect(PEER, 80);
      t.equal(first.iss, 6512);
      d.run(2000);
      const second = d.tcp.newPcb();
      second.connect(PEER, 80);
      t.equal(second.iss, 6512 + 9 + 9);
      t.end();
    },
  );
});

t.test('close by state (RFC 9293 section 3.10.4)', async (t) => {
  t.test('CLOSED and SYN-SENT: the block is freed, nothing is sent; a late SYN-ACK gets RST', (t) => {
    const d = new Drive();
    const unused = d.tcp.newPcb();
    unused.bind(IPV4_ANY, 99);
    t.equal(unused.close(), ERR.OK);
    t.equal(d.tcp.newPcb().bind(IPV4_ANY, 99), ERR.OK);
    const pcb = d.watch(d.tcp.newPcb());
    pcb.connect(PEER, 80);
    d.take();
    t.equal(pcb.close(), ERR.OK);
    t.same(d.take(), []);
    d.inject('SA');
    t.same(d.take(), ['RA 1 a1 w5840']);
    t.same(d.heard(), []);
    t.end();
  });

  t.test('SYN-RECEIVED: FIN follows the SYN-ACK', (t) => {
    const d = new Drive();
    d.listening();
    d.inject('S', { from: 4000, port: 80 });
    const [pcb] = d.tcp.active;
    t.equal(pcb?.close(), ERR.OK);
    t.equal(pcb?.state, 'FIN-WAIT-1');
    t.same(d.take(), ['SA 0 a1 w5840 m1460', 'FA 1 a1 w5840']);
    t.end();
  });

  t.test('ESTABLISHED: queued data and FIN leave in one segment', (t) => {
    const d = new Drive();
    const pcb = d.established();
    pcb.write(Uint8Array.of(98, 121, 101));
    t.equal(pcb.close(), ERR.OK);
    t.same(d.take(), ['FPA 1+3 a1 w5840']);
    t.equal(pcb.state, 'FIN-WAIT-1');
    t.same(d.heard(), []);
    t.end();
  });

  t.test('CLOSE-WAIT: FIN, then LAST-ACK', (t) => {
    const d = new Drive();
    const pcb = d.established({ recv: () => undefined });
    d.inject('FA');
    t.equal(pcb.state, 'CLOSE-WAIT');
    t.same(d.take(), ['A 1 a2 w5839']);
    t.equal(pcb.close(), ERR.OK);
    t.equal(pcb.state, 'LAST-ACK');
    t.same(d.take(), ['FA 1 a2 w5839']);
    d.inject('A', { seq: 2, ack: 2 });
    t.equal(pcb.freed, true);
    t.same(d.heard(), []);
    t.end();
  });

  t.test('unread data: RST instead of FIN, queued data is lost, the block waits in TIME-WAIT', (t) => {
    const d = new Drive();
    const pcb = d.established({ recv: () => undefined });
    d.inject('PA', { data: 'x' });
    pcb.write(new Uint8Array(100));
    t.equal(pcb.close(), ERR.OK);
    t.same(d.take(), ['RA 1 a2 w5840']);
    t.equal(pcb.state, 'TIME-WAIT');
    d.run(10_500);
    t.same(d.take(), []);
    t.equal(pcb.freed, true);
    t.end();
  });

  t.test('a full send buffer leaves no room for the FIN: MEM, and the block stays as it was', (t) => {
    const d = new Drive();
    const pcb = d.established();
    pcb.write(new Uint8Array(2920));
    pcb.output();
    t.equal(pcb.close(), ERR.MEM);
    t.equal(pcb.state, 'ESTABLISHED');
    d.take();
    pcb.abort();
    t.same(d.take(), ['RA 2921 a1 w5840']);
    t.end();
  });

  t.test('a full send buffer with unsent data takes the FIN on its last segment', (t) => {
    const d = new Drive();
    const pcb = d.established();
    pcb.write(new Uint8Array(2920));
    t.equal(pcb.close(), ERR.OK);
    t.same(d.take(), ['A 1+1460 a1 w5840', 'FPA 1461+1460 a1 w5840']);
    t.end();
  });

  t.test('closing twice changes nothing', (t) => {
    const d = new Drive();
    const pcb = d.established();
    pcb.close();
    d.take();
    t.equal(pcb.close(), ERR.OK);
    t.same(d.take(), []);
    t.equal(pcb.state, 'FIN-WAIT-1');
    t.end();
  });
});

t.test('shutdown', async (t) => {
  t.test('the sending side: FIN, and data of the peer still arrives', (t) => {
    const d = new Drive();
    const pcb = d.established();
    t.equal(pcb.shutdown(false, true), ERR.OK);
    t.same(d.take(), ['FA 1 a1 w5840']);
    d.inject('A', { ack: 2 });
    t.equal(pcb.state, 'FIN-WAIT-2');
    d.inject('PA', { ack: 2, data: 'late' });
    t.same(d.heard(), ['recv late']);
    t.end();
  });

  t.test('the receiving side: data of the peer is answered by RST', (t) => {
    const d = new Drive();
    const pcb = d.established();
    t.equal(pcb.shutdown(true, false), ERR.OK);
    t.equal(pcb.state, 'ESTABLISHED');
    d.inject('PA', { data: 'late' });
    t.same(d.take(), ['RA 1 a5 w5840']);
    t.same(d.heard(), ['error -8']);
    t.end();
  });

  t.test('an owner that shut down sending is told when the connection ends for good', (t) => {
    const d = new Drive();
    const pcb = d.established({ recv: () => undefined });
    d.inject('FA');
    pcb.shutdown(false, true);
    d.inject('A', { seq: 2, ack: 2 });
    t.same(d.heard(), ['error -10']);
    t.equal(pcb.freed, true);
    t.end();
  });
});

t.test('abort (RFC 9293 section 3.10.5)', async (t) => {
  t.test('sends RST and tells the owner -8', (t) => {
    const d = new Drive();
    d.established().abort();
    t.same(d.take(), ['RA 1 a1 w5840']);
    t.same(d.heard(), ['error -8']);
    t.equal(d.tcp.active.length, 0);
    t.end();
  });

  t.test('an ACK still owed goes out before the RST', (t) => {
    const d = new Drive();
    const pcb = d.established();
    d.inject('PA', { data: 'x' });
    d.heard();
    pcb.abort();
    t.same(d.take(), ['A 1 a2 w5839', 'RA 1 a2 w5840']);
    t.end();
  });

  t.test('is silent in TIME-WAIT', (t) => {
    const d = new Drive();
    const pcb = d.established();
    pcb.close();
    d.inject('FA', { ack: 2 });
    d.take();
    d.heard();
    pcb.abort();
    t.same(d.take(), []);
    t.same(d.heard(), []);
    t.equal(d.tcp.timeWait.length, 0);
    t.end();
  });

  t.test('on an unused block it sends a stray RST to 0.0.0.0, as the firmware does for a refused host name', (t) => {
    const d = new Drive();
    const pcb = d.watch(d.tcp.newPcb());
    pcb.abort();
    t.equal(d.sent[0]?.dst, IPV4_ANY);
    t.equal(d.take().length, 1);
    t.same(d.heard(), ['error -8']);
    t.end();
  });
});

t.test('memory', async (t) => {
  t.test('the oldest TIME-WAIT block makes room first, silently', (t) => {
    const d = new Drive({ tcpPcbLimit: 2 });
    const old = d.established();
    old.close();
    d.inject('FA', { ack: 2 });
    const live = d.established();
    d.take();
    d.heard();
    d.tcp.newPcb();
    t.equal(old.freed, true);
    t.equal(live.freed, false);
    t.same(d.take(), []);
    t.end();
  });

  t.test('then the connection that was silent longest is aborted', (t) => {
    const d = new Drive({ tcpPcbLimit: 2 });
    const first = d.established();
    d.run(1000);
    const second = d.established();
    d.take();
    d.tcp.newPcb();
    t.equal(first.freed, true);
    t.equal(second.freed, false);
    t.same(d.heard(), ['error -8']);
    t.equal(d.take().length, 1);
    t.end();
  });
});
