import t from 'tap';
import { RttEstimator } from '../../runtime/stack/rtt.ts';

t.test('the first time-out is the initial one', (t) => {
  t.equal(new RttEstimator(4).rto, 4);
  t.end();
});

t.test('a sample of one tick shortens the time-out to three to four ticks', (t) => {
  const rtt = new RttEstimator(4);
  rtt.onSend(100, 1);
  rtt.onAck(101, 2);
  t.equal(rtt.srtt, 1);
  t.equal(rtt.rttvar, 4);
  t.equal(rtt.rto, 4);
  rtt.onSend(101, 3);
  rtt.onAck(102, 3);
  t.equal(rtt.rto, 3, 'a round trip shorter than a tick counts as 0');
  t.end();
});

t.test('samples of 0 settle at three ticks, the floor of the arithmetic', (t) => {
  const rtt = new RttEstimator(4);
  for (let tick = 1; tick < 50; tick++) {
    rtt.onSend(tick, tick);
    rtt.onAck(tick + 1, tick);
  }
  t.equal(rtt.rto, 3);
  t.end();
});

t.test('a long round trip raises the time-out by its deviation', (t) => {
  const rtt = new RttEstimator(4);
  rtt.onSend(1, 1);
  rtt.onAck(2, 41);
  t.equal(rtt.rto, 5 + 43, 'srtt 40/8, rttvar 4 + 40 - 1');
  t.end();
});

t.test('only the measured segment gives a sample, and only one at a time', (t) => {
  const rtt = new RttEstimator(4);
  rtt.onSend(100, 10);
  rtt.onSend(200, 30);
  rtt.onAck(100, 40);
  t.equal(rtt.rto, 4, 'the ACK does not cover the segment');
  rtt.onAck(150, 10);
  t.equal(rtt.rto, 3);
  rtt.onAck(300, 90);
  t.equal(rtt.rto, 3, 'no measurement runs any more');
  t.end();
});

t.test('a retransmission cancels the measurement (Karn)', (t) => {
  const rtt = new RttEstimator(4);
  rtt.onSend(100, 10);
  rtt.onRetransmit();
  rtt.onAck(101, 90);
  t.equal(rtt.rto, 4);
  t.end();
});

t.test('what is sent at tick 0 is not measured, as in lwIP', (t) => {
  const rtt = new RttEstimator(4);
  rtt.onSend(100, 0);
  rtt.onAck(101, 90);
  t.equal(rtt.rto, 4);
  t.end();
});

t.test('back-off shifts by 1 to 7 and an ACK of new data ends it', (t) => {
  const rtt = new RttEstimator(3);
  const series = Array.from({ length: 12 }, (_, retransmits) => {
    rtt.backOff(retransmits);
    return rtt.rto;
  });
  t.same(series, [6, 12, 24, 48, 96, 192, 384, 384, 384, 384, 384, 384]);
  rtt.onNewAck();
  t.equal(rtt.rto, 3);
  t.end();
});
