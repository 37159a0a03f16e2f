import t from 'tap';
import { Congestion } from '../../runtime/stack/congestion.ts';

const MSS = 1460;

function open(ssthresh = 10 * MSS): Congestion {
  const c = new Congestion();
  c.ssthresh = ssthresh;
  c.onEstablished(MSS);
  return c;
}

t.test('the first flight is two segments, one if the SYN was retransmitted', (t) => {
  t.equal(open().cwnd, 2 * MSS);
  const late = new Congestion();
  late.onTimeout(536, 5840);
  late.onEstablished(MSS);
  t.equal(late.cwnd, MSS);
  t.end();
});

t.test('slow start adds a segment per ACK up to ssthresh', (t) => {
  const c = open(4 * MSS);
  c.onNewAck(MSS);
  c.onNewAck(MSS);
  t.equal(c.cwnd, 4 * MSS);
  t.end();
});

t.test('congestion avoidance adds a fraction of a segment per ACK', (t) => {
  const c = open(2 * MSS);
  c.onNewAck(MSS);
  t.equal(c.cwnd, 2 * MSS + 730);
  t.end();
});

t.test('the window never grows beyond 16 bits', (t) => {
  const c = open(0xffff);
  for (let i = 0; i < 200; i++) c.onNewAck(MSS);
  t.ok(c.cwnd <= 0xffff && c.cwnd > 0xffff - MSS);
  t.end();
});

t.test('the third duplicate ACK asks for fast retransmit, later ones inflate the window', (t) => {
  const c = open();
  for (let i = 0; i < 6; i++) c.onNewAck(MSS);
  t.equal(c.cwnd, 8 * MSS);
  t.same(
    [1, 2, 3].map(() => c.onDuplicateAck(MSS)),
    [false, false, true],
  );
  c.enterRecovery(MSS, 65535);
  t.equal(c.ssthresh, 4 * MSS);
  t.equal(c.cwnd, 7 * MSS);
  t.equal(c.onDuplicateAck(MSS), false);
  t.equal(c.cwnd, 8 * MSS);
  c.onNewAck(MSS);
  t.equal(c.inRecovery, false);
  t.equal(c.dupAcks, 0);
  t.equal(c.cwnd, 4 * MSS + Math.floor(MSS / 4), 'deflated, then one step of congestion avoidance');
  t.end();
});

t.test('a time-out leaves one segment and half the window as threshold, at least two segments', (t) => {
  const c = open();
  c.onTimeout(MSS, 5840);
  t.equal(c.cwnd, MSS);
  t.equal(c.ssthresh, 2 * MSS);
  const large = open();
  large.cwnd = 20 * MSS;
  large.onTimeout(MSS, 12 * MSS);
  t.equal(large.ssthresh, 6 * MSS);
  t.end();
});
