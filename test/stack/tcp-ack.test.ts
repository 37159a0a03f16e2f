import t from 'tap';
import { Drive } from '../helpers/drive.ts';

t.test('each segment that acknowledges data gives one sent event with the number of bytes', (t) => {
  const d = new Drive();
  const pcb = d.established();
  pcb.write(new Uint8Array(2920));
  pcb.output();
  t.equal(pcb.sndBuf, 0);
  for (const ack of [1001, 2001, 2921]) d.inject('A', { ack });
  t.same(d.heard(), ['sent 1000', 'sent 1000', 'sent 920']);
  t.equal(pcb.sndBuf, 2920);
  t.equal(pcb.sndQueueLen, 0);
  t.end();
});

t.test('the FIN is no byte', (t) => {
  const d = new Drive();
  const pcb = d.established();
  pcb.write(new Uint8Array(10));
  pcb.close();
  d.inject('A', { ack: 12 });
  t.same(d.heard(), ['sent 10']);
  t.equal(pcb.sndBuf, 2921, 'a FIN that rode on data took no space but gives some back, as in lwIP');
  t.end();
});

t.test('duplicate and stale acknowledgments give no event', (t) => {
  const d = new Drive();
  const pcb = d.established();
  pcb.write(new Uint8Array(4));
  pcb.output();
  d.inject('A', { ack: 1 });
  d.inject('A', { ack: 5 });
  d.inject('A', { ack: 5 });
  d.inject('A', { ack: 1 });
  t.same(d.heard(), ['sent 4']);
  t.end();
});

t.test('an acknowledgment of what was never sent is ignored', (t) => {
  const d = new Drive();
  const pcb = d.established();
  pcb.write(new Uint8Array(4));
  pcb.output();
  d.inject('A', { ack: 99 });
  t.same(d.heard(), []);
  t.equal(pcb.sndUna, pcb.iss + 1);
  t.end();
});

t.test('a segment that skips the ACK step repeats the last sent event, as in lwIP', (t) => {
  const d = new Drive();
  const pcb = d.established();
  pcb.write(new Uint8Array(4));
  pcb.output();
  d.inject('A', { ack: 5 });
  d.inject('R', { seq: 9000 });
  d.inject('S', { seq: 77 });
  t.same(d.heard(), ['sent 4', 'sent 4', 'sent 4']);
  d.inject('A', { ack: 5 });
  d.inject('R', { seq: 9000 });
  t.same(d.heard(), []);
  t.end();
});

t.test(
  'three duplicates retransmit the first segment; more of them and the next new ACK open and close the window',
  (t) => {
    const d = new Drive({ tcpSendBuffer: 20_000, tcpSendQueue: 100 });
    const pcb = d.established({}, 1000);
    pcb.write(new Uint8Array(12_000));
    pcb.output();
    for (const ack of [1001, 2001]) d.inject('A', { ack });
    d.take();
    t.equal(pcb.congestion.cwnd, 4000);
    d.inject('A', { ack: 2001 });
    d.inject('A', { ack: 2001 });
    t.same(d.take(), []);
    d.inject('A', { ack: 2001 });
    t.same(d.take(), ['A 2001+1000 a1 w5840', 'A 6001+1000 a1 w5840'], 'cwnd is 2000 + 3 segments');
    t.equal(pcb.congestion.ssthresh, 2000);
    d.inject('A', { ack: 2001 });
    t.same(d.take(), ['A 7001+1000 a1 w5840'], 'each further duplicate lets one more go');
    d.inject('A', { ack: 6001 });
    t.equal(pcb.congestion.inRecovery, false);
    t.equal(pcb.congestion.cwnd, 2500);
    t.same(d.heard(), ['sent 1000', 'sent 1000', 'sent 4000']);
    t.end();
  },
);

t.test('data or a window change is no duplicate', (t) => {
  const d = new Drive();
  const pcb = d.established();
  pcb.write(new Uint8Array(100));
  pcb.output();
  d.inject('A', { ack: 1 });
  d.inject('A', { ack: 1, win: 9000 });
  t.equal(pcb.congestion.dupAcks, 0);
  d.inject('A', { ack: 1, win: 9000 });
  d.inject('PA', { ack: 1, win: 9000, data: 'x' });
  t.equal(pcb.congestion.dupAcks, 0);
  t.end();
});

t.test('old segments do not move the window', (t) => {
  const d = new Drive();
  const pcb = d.established();
  d.inject('PA', { seq: 1, ack: 1, win: 5000, data: 'abc' });
  d.inject('A', { seq: 4, ack: 1, win: 6000 });
  t.equal(pcb.sndWnd, 6000);
  d.inject('A', { seq: 1, ack: 1, win: 100 });
  t.equal(pcb.sndWnd, 6000);
  d.inject('A', { seq: 4, ack: 1, win: 100 });
  t.equal(pcb.sndWnd, 6000, 'the same numbers may only enlarge it');
  t.end();
});

t.test('after a time-out segments are acknowledged out of the unsent queue', (t) => {
  const d = new Drive();
  const pcb = d.established({}, 500);
  pcb.write(new Uint8Array(1500));
  pcb.output();
  d.inject('A', { ack: 501 });
  d.take();
  d.run(1250);
  t.same(d.take(), ['A 501+500 a1 w5840'], 'one segment of cwnd');
  d.inject('A', { ack: 1501 });
  t.equal(pcb.sndQueueLen, 0);
  t.equal(pcb.unsent.head, undefined);
  t.same(d.heard(), ['sent 500', 'sent 1000']);
  t.same(d.take(), []);
  t.end();
});
