import t from 'tap';
import { ERR } from '../../runtime/stack/index.ts';
import { Drive } from '../helpers/drive.ts';

t.test('ACKs: one segment waits for the fast tick, the second is answered at once', (t) => {
  const d = new Drive();
  d.established();
  d.run(10);
  d.inject('PA', { data: 'a' });
  t.same(d.take(), []);
  d.run(115);
  t.same(d.takeTimed(), ['125 A 1 a2 w5839']);
  d.inject('PA', { seq: 2, data: 'b' });
  d.inject('PA', { seq: 3, data: 'c' });
  t.same(d.takeTimed(), ['125 A 1 a4 w5837']);
  d.run(300);
  t.same(d.take(), []);
  t.end();
});

t.test('an answer carries the ACK along', (t) => {
  const d = new Drive();
  const pcb = d.established();
  d.inject('PA', { data: 'a' });
  pcb.write(new Uint8Array(3));
  pcb.output();
  t.same(d.take(), ['PA 1+3 a2 w5839']);
  d.run(300);
  t.same(d.take(), []);
  t.end();
});

t.test('segments behind a hole wait, each is answered at once, and come as one chain of separate calls', (t) => {
  const d = new Drive();
  const more: boolean[] = [];
  d.established({
    recv: (pcb, data, rest) => {
      d.told.push(String.fromCharCode(...(data ?? [])));
      more.push(rest);
      if (!rest) pcb.recved(5840);
    },
  });
  d.inject('PA', { seq: 4, data: 'DEF' });
  d.inject('PA', { seq: 7, data: 'GHI' });
  t.same(d.take(), ['A 1 a1 w5840', 'A 1 a1 w5840']);
  d.inject('PA', { seq: 1, data: 'ABC' });
  t.same(d.heard(), ['ABC', 'DEF', 'GHI']);
  t.same(more, [true, true, false]);
  d.run(125);
  t.same(d.take(), ['A 1 a10 w5831']);
  t.end();
});

t.test('a FIN behind a hole takes effect when the hole is filled', (t) => {
  const d = new Drive();
  const pcb = d.established();
  d.inject('FPA', { seq: 4, data: 'DEF' });
  t.equal(pcb.state, 'ESTABLISHED');
  d.inject('PA', { seq: 1, data: 'ABC' });
  t.same(d.heard(), ['recv ABC', 'recv DEF', 'fin']);
  t.equal(pcb.state, 'LAST-ACK');
  t.end();
});

t.test('data twice sent is acknowledged at once and delivered once', (t) => {
  const d = new Drive();
  d.established();
  d.inject('PA', { data: 'abc' });
  d.inject('PA', { data: 'abc' });
  t.same(d.heard(), ['recv abc']);
  t.same(d.take(), ['A 1 a4 w5837']);
  t.end();
});

t.test('a partly old segment gives its new part', (t) => {
  const d = new Drive();
  d.established();
  d.inject('PA', { data: 'abcdef' });
  d.inject('PA', { seq: 4, data: 'defGHI' });
  t.same(d.heard(), ['recv abcdef', 'recv GHI']);
  t.end();
});

t.test('what runs over the window is cut, with its FIN', (t) => {
  const d = new Drive({ tcpWindow: 2000, tcpMss: 1000 });
  const pcb = d.established();
  d.inject('FPA', { data: 2500 });
  t.same(d.heard(), ['recv 2000']);
  t.equal(pcb.state, 'ESTABLISHED');
  t.end();
});

t.test('text outside the window is answered by an ACK and dropped', (t) => {
  const d = new Drive();
  d.established();
  d.inject('PA', { seq: 6000, data: 'far' });
  t.same(d.heard(), []);
  t.same(d.take(), ['A 1 a1 w5840']);
  t.equal(d.tcp.drops.of('tcp', 'outside-window'), 1);
  t.end();
});

t.test('a keep-alive probe is answered', (t) => {
  const d = new Drive();
  d.established();
  d.inject('A', { seq: 0 });
  t.same(d.take(), ['A 1 a1 w5840']);
  t.end();
});

t.test('a pure ACK is not', (t) => {
  const d = new Drive();
  d.established();
  d.inject('A');
  t.same(d.take(), []);
  t.end();
});

t.test('the window', async (t) => {
  const hold = { recv: () => undefined };

  t.test('closes segment by segment while nothing is consumed, then probes are answered with 0', (t) => {
    const d = new Drive();
    d.established(hold);
    for (let i = 0; i < 4; i++) d.inject('PA', { seq: 1 + i * 1460, data: 1460 });
    t.same(d.take(), ['A 1 a2921 w2920', 'A 1 a5841 w0']);
    d.inject('PA', { seq: 5841, data: 1 });
    t.same(d.take(), ['A 1 a5841 w0']);
    t.end();
  });

  t.test('opens with an ACK at once when a quarter of it or more is consumed', (t) => {
    const d = new Drive();
    const pcb = d.established(hold);
    for (let i = 0; i < 4; i++) d.inject('PA', { seq: 1 + i * 1460, data: 1460 });
    d.take();
    pcb.recved(1459);
    t.same(d.take(), []);
    pcb.recved(1);
    t.same(d.take(), ['A 1 a5841 w1460']);
    pcb.recved(0xffff);
    t.same(d.take(), ['A 1 a5841 w5840']);
    t.end();
  });

  t.test('keeps its right edge when less than a segment is consumed (net.c unhold after little data)', (t) => {
    const d = new Drive();
    const pcb = d.established(hold);
    d.inject('PA', { data: 1000 });
    d.run(130);
    t.same(d.take(), ['A 1 a1001 w4840']);
    pcb.requestAck();
    pcb.recved(5840);
    t.same(d.take(), []);
    d.run(130);
    t.same(d.take(), ['A 1 a1001 w4840'], 'a plain ACK at the next slow tick');
    t.end();
  });

  // Seen in the firmware's own code: rcv_wnd is a u16_t, and tcp_recved(0) cuts what it wrapped to back to TCP_WND.
  t.test('opens wide when a segment behind a hole overran it, held or not', (t) => {
    const d = new Drive();
    const pcb = d.established({ recv: (p, _data, more) => (more ? ERR.OK : void p.recved(0)) });
    d.inject('A', { seq: 5831, data: 682 });
    d.inject('PA', { seq: 1, data: 100 });
    for (let i = 0; i < 4; i++) d.inject('A', { seq: 101 + i * 1460, data: 1460 });
    t.same(d.take(), ['A 1 a1 w5840', 'A 1 a1561 w4280', 'A 1 a4481 w1360', 'A 1 a6513 w5840']);
    t.equal(pcb.rcvWnd, 5840);
    t.end();
  });

  t.test('never exceeds its full size', (t) => {
    const d = new Drive();
    const pcb = d.established();
    pcb.recved(60_000);
    t.equal(pcb.rcvWnd, 5840);
    t.end();
  });

  t.test('at 0 a device answers even a pure ACK, a host does not', (t) => {
    for (const [answers, want] of [
      [true, ['A 1 a101 w0']],
      [false, []],
    ] as const) {
      const d = new Drive({ tcpAnswersAckInZeroWindow: answers, tcpWindow: 100 });
      d.established(hold);
      d.inject('PA', { data: 100 });
      d.run(130);
      d.take();
      d.inject('A', { seq: 101 });
      t.same(d.take(), want);
    }
    t.end();
  });
});
