import t from 'tap';
import { ms, us } from '../../runtime/core/index.ts';
import { HOST_OPTS } from '../../runtime/stack/opts.ts';
import { ipv4 } from '../../runtime/wire/index.ts';
import { Drive, ME, PEER } from '../helpers/drive.ts';

t.test('the timer runs only while connections exist', (t) => {
  const d = new Drive();
  t.same(d.clock.pending(), []);
  d.listening();
  t.same(d.clock.pending(), [], 'a listener needs none');
  const pcb = d.accept();
  t.equal(d.clock.pending().length, 1);
  pcb.abort();
  d.run(125);
  t.same(d.clock.pending(), []);
  t.end();
});

t.test('slow ticks fall on every second fast tick, the count going on over pauses', (t) => {
  const d = new Drive();
  const first = d.established();
  t.equal(d.tcp.ticks, 1, 'the timer has run once at boot');
  d.run(250);
  t.equal(d.tcp.ticks, 2);
  first.abort();
  d.run(125);
  t.equal(d.tcp.ticks, 2);
  t.same(d.clock.pending(), []);
  d.run(5000);
  d.established();
  d.run(125);
  t.equal(d.tcp.ticks, 3);
  t.end();
});

t.test('the phase of the ticks can be set, before or while they run', (t) => {
  const d = new Drive();
  d.tcp.setTickPhase(ms(70));
  const times: number[] = [];
  d.established({ poll: () => void times.push(d.ms) });
  d.run(600);
  t.same(times, [70, 320, 570]);
  d.tcp.setTickPhase(ms(10));
  d.run(300);
  t.same(times.slice(3), [610, 860]);
  t.end();
});

t.test('a grid in the past holds when the timer starts later', (t) => {
  const d = new Drive();
  d.tcp.setTickPhase(ms(0));
  d.run(10_100);
  const times: number[] = [];
  d.established({ poll: () => void times.push(d.ms) });
  d.inject('PA', { data: 'x' });
  d.run(600);
  t.same(times, [10_250, 10_500]);
  t.equal(d.take()[0], 'A 1 a2 w5839');
  t.end();
});

t.test('fast ticks lie on the grid and half-way between', (t) => {
  const d = new Drive();
  d.tcp.setTickPhase(us(260_000));
  d.established();
  d.inject('PA', { data: 'x' });
  d.run(1000);
  t.same(d.takeTimed(), ['10 A 1 a2 w5839']);
  t.end();
});

t.test('an address change aborts the connections from it, newest first: RST, then -8', (t) => {
  const d = new Drive();
  const log: string[] = [];
  for (const port of [80, 81]) {
    const pcb = d.tcp.newPcb();
    pcb.handlers = { error: (code) => void log.push(`${port} ${code} after ${d.sent.length}`) };
    pcb.connect(PEER, port);
    d.inject('SA');
  }
  d.take();
  d.tcp.onAddressChange(ipv4(10, 0, 0, 1));
  t.same(log, []);
  d.tcp.onAddressChange(ME, ipv4(192, 168, 1, 60));
  t.same(log, ['81 -8 after 1', '80 -8 after 2']);
  t.match(d.take(), [/^RA/, /^RA/]);
  t.end();
});

t.test('listeners on the old address move to the new one', (t) => {
  const d = new Drive();
  const pcb = d.tcp.newPcb();
  pcb.bind(ME, 80);
  pcb.listen();
  const any = d.listening();
  const next = ipv4(192, 168, 1, 60);
  d.tcp.onAddressChange(ME, next);
  t.equal(pcb.localAddr, next);
  t.equal(any.localAddr, 0);
  t.end();
});

t.test('shutdown is silent and complete', (t) => {
  const d = new Drive();
  d.listening();
  d.accept();
  const pcb = d.established();
  pcb.write(Uint8Array.of(1));
  d.take();
  d.heard();
  d.tcp.shutdown();
  t.same(d.clock.pending(), []);
  t.same(d.take(), []);
  t.same(d.heard(), []);
  t.same([d.tcp.active, d.tcp.listeners, d.tcp.timeWait], [[], [], []]);
  t.equal(pcb.freed, true);
  t.end();
});

t.test('describe lists listeners, connections and TIME-WAIT', (t) => {
  const d = new Drive();
  d.listening();
  d.accept(4000).close();
  t.same(d.tcp.describe(), [
    'tcp LISTEN 0.0.0.0:80>0.0.0.0:0 rcvWnd=5840 sndBuf=2920 queued=0',
    'tcp FIN-WAIT-1 192.168.1.50:80>192.168.1.10:4000 rcvWnd=5840 sndBuf=2919 queued=1',
  ]);
  t.end();
});

t.test('segments are counted', (t) => {
  const d = new Drive();
  const pcb = d.established();
  pcb.write(Uint8Array.of(1));
  pcb.output();
  d.run(1100);
  pcb.abort();
  t.same(d.tcp.counts, { segmentsIn: 1, segmentsOut: 5, retransmitted: 1, resetsOut: 1 });
  t.end();
});

t.test('hosts draw random initial sequence numbers and ports from 49152 on', (t) => {
  const d = new Drive({}, HOST_OPTS);
  const seen = new Set<number>();
  for (let i = 0; i < 20; i++) {
    const pcb = d.tcp.newPcb();
    pcb.connect(PEER, 80);
    t.ok(pcb.localPort >= 49_152 && pcb.localPort <= 65_535);
    seen.add(pcb.iss);
  }
  t.equal(seen.size, 20);
  t.end();
});
