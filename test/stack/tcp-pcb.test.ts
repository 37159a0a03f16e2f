import t from 'tap';
import { SILENT, SimulatorFault } from '../../runtime/core/index.ts';
import { ERR } from '../../runtime/stack/err.ts';
import { ESP8266_OPTS, HOST_OPTS } from '../../runtime/stack/opts.ts';
import { type TcpState, TRANSITIONS } from '../../runtime/stack/tcp-pcb.ts';
import { IPV4_ANY } from '../../runtime/wire/index.ts';
import { Drive, PEER } from '../helpers/drive.ts';

t.test('every state of RFC 9293 section 3.3.2 has its row and every arrow leads to one', (t) => {
  const states = Object.keys(TRANSITIONS);
  t.equal(states.length, 11);
  for (const targets of Object.values(TRANSITIONS)) for (const target of targets) t.ok(states.includes(target));
  t.end();
});

t.test('an arrow that is not in the table stops the world', (t) => {
  const pcb = new Drive().tcp.newPcb();
  t.throws(() => pcb.setState('FIN-WAIT-2'), SimulatorFault);
  t.throws(() => pcb.setState('ESTABLISHED'), /no arrow from CLOSED to ESTABLISHED/);
  pcb.setState('LISTEN');
  pcb.setState('LISTEN');
  pcb.setState('CLOSED');
  t.end();
});

t.test('transitions are traced with both ends', (t) => {
  const lines: string[] = [];
  const emit = (_layer: string, event: string, detail = '') => lines.push(`${event} ${detail}`);
  const trace = { ...SILENT, on: true, emit };
  const d = new Drive({}, ESP8266_OPTS, trace);
  const pcb = d.tcp.newPcb();
  pcb.bind(IPV4_ANY, 2000);
  pcb.connect(PEER, 80);
  t.same(lines, ['moved 192.168.1.50:2000>192.168.1.10:80 CLOSED -> SYN-SENT']);
  t.end();
});

t.test('a new block has the numbers of net.md section 16', (t) => {
  const pcb = new Drive().tcp.newPcb();
  t.match(pcb, {
    state: 'CLOSED' satisfies TcpState,
    ttl: 255,
    mss: 536,
    sndBuf: 2920,
    rcvWnd: 5840,
    keepIdleMs: 120_000,
    keepIntvlMs: 10_000,
    keepCount: 9,
    sndQueueLen: 0,
  });
  t.equal(pcb.rtt.rto, 4);
  t.end();
});

t.test('a host has a larger window and buffer', (t) => {
  const pcb = new Drive({}, HOST_OPTS).tcp.newPcb();
  t.match(pcb, { ttl: 64, rcvWnd: 65535, sndBuf: 262_144 });
  t.end();
});

t.test('a freed block refuses every call and does nothing', (t) => {
  const d = new Drive();
  const pcb = d.established();
  pcb.abort();
  d.take();
  d.heard();
  t.equal(pcb.state, 'CLOSED');
  t.equal(pcb.freed, true);
  t.equal(pcb.write(Uint8Array.of(1)), ERR.CONN);
  t.equal(pcb.connect(PEER, 80), ERR.ISCONN);
  t.equal(pcb.bind(IPV4_ANY, 1), ERR.ISCONN);
  t.equal(pcb.listen(), ERR.ISCONN);
  t.equal(pcb.shutdown(true, true), ERR.CONN);
  t.equal(pcb.close(), ERR.OK);
  pcb.abort();
  pcb.requestAck();
  pcb.recved(100);
  t.equal(pcb.output(), ERR.OK);
  t.same(d.take(), []);
  t.same(d.heard(), []);
  t.end();
});
