import t from 'tap';
import { ERR } from '../../runtime/stack/err.ts';
import { Drive, PEER } from '../helpers/drive.ts';

t.test('second step, RST', async (t) => {
  t.test('anywhere in the window resets: -9, nothing is sent', (t) => {
    for (const seq of [1, 5841]) {
      const d = new Drive();
      d.established();
      d.inject('R', { seq });
      t.same(d.heard(), ['error -9']);
      t.same(d.take(), []);
      t.equal(d.tcp.active.length, 0);
    }
    t.end();
  });

  t.test('outside the window it is ignored', (t) => {
    const d = new Drive();
    const pcb = d.established();
    d.inject('R', { seq: 0 });
    d.inject('R', { seq: 5842 });
    t.same(d.heard(), []);
    t.equal(pcb.state, 'ESTABLISHED');
    t.equal(d.tcp.drops.of('tcp', 'bad-reset'), 2);
    t.end();
  });

  t.test('the owner hears of it while the block still stands', (t) => {
    const d = new Drive();
    const pcb = d.established({ error: (code) => void d.told.push(`${code} in ${pcb.state}`) });
    d.inject('R');
    t.same(d.heard(), ['-9 in ESTABLISHED']);
    t.end();
  });

  t.test('reconnecting inside the error callback works', (t) => {
    const d = new Drive();
    d.established({ error: () => void d.tcp.newPcb().connect(PEER, 80) });
    d.inject('R');
    t.same(d.take(), ['S 0 w5840 m1460']);
    t.equal(d.tcp.active.length, 1);
    t.end();
  });
});

t.test('fourth step: SYN on a living connection is answered by an ACK and changes nothing', (t) => {
  const d = new Drive();
  const pcb = d.established();
  d.inject('S', { seq: 77 });
  t.same(d.take(), ['A 1 a1 w5840']);
  t.equal(pcb.state, 'ESTABLISHED');
  t.end();
});

t.test('closing states', async (t) => {
  t.test('FIN-WAIT-1 → FIN-WAIT-2 → TIME-WAIT', (t) => {
    const d = new Drive();
    const pcb = d.established();
    pcb.close();
    d.take();
    d.inject('A', { ack: 2 });
    t.equal(pcb.state, 'FIN-WAIT-2');
    d.inject('FA', { ack: 2 });
    t.equal(pcb.state, 'TIME-WAIT');
    t.same(d.take(), ['A 2 a2 w5839']);
    t.end();
  });

  t.test('FIN-WAIT-1 → TIME-WAIT with ACK and FIN in one segment', (t) => {
    const d = new Drive();
    const pcb = d.established();
    pcb.close();
    d.inject('FA', { ack: 2 });
    t.equal(pcb.state, 'TIME-WAIT');
    t.end();
  });

  t.test('simultaneous close: FIN-WAIT-1 → CLOSING → TIME-WAIT', (t) => {
    const d = new Drive();
    const pcb = d.established();
    pcb.close();
    d.take();
    d.inject('FA', { ack: 1 });
    t.equal(pcb.state, 'CLOSING');
    t.same(d.take(), ['A 2 a2 w5839']);
    d.inject('A', { seq: 2, ack: 2 });
    t.equal(pcb.state, 'TIME-WAIT');
    t.end();
  });

  t.test('a second FIN behind the first is acknowledged at the next fast tick', (t) => {
    const d = new Drive();
    const pcb = d.established();
    pcb.close();
    d.inject('FA', { ack: 1 });
    d.take();
    d.inject('FA', { seq: 2, ack: 1 });
    t.same(d.take(), []);
    t.equal(pcb.state, 'CLOSING');
    d.run(125);
    t.same(d.take(), ['A 2 a3 w5838']);
    t.end();
  });

  t.test('an owner that answers ERR.ABRT to a FIN leaves it unacknowledged until it is repeated', (t) => {
    const d = new Drive();
    const pcb = d.established({ recv: () => ERR.ABRT });
    pcb.close();
    d.take();
    d.inject('FA', { ack: 2 });
    t.same(d.take(), []);
    t.equal(pcb.state, 'TIME-WAIT');
    d.inject('FA', { ack: 2 });
    t.same(d.take(), ['A 2 a2 w5839']);
    t.end();
  });

  t.test('data after close is answered by RST', (t) => {
    const d = new Drive();
    const pcb = d.established();
    pcb.close();
    d.inject('A', { ack: 2 });
    d.take();
    d.inject('PA', { ack: 2, data: 'late' });
    t.same(d.take(), ['RA 2 a5 w5840']);
    t.equal(pcb.freed, true);
    t.end();
  });

  t.test('FIN from the peer while more is queued than sent: the rest and our FIN are lost, later ACKs get RST', (t) => {
    const d = new Drive();
    const pcb = d.established({}, 500);
    pcb.write(new Uint8Array(2500));
    pcb.output();
    t.same(d.take(), ['A 1+500 a1 w5840', 'A 501+500 a1 w5840']);
    d.inject('FA');
    t.same(d.take(), ['A 1001 a2 w5839']);
    t.equal(pcb.state, 'LAST-ACK');
    d.inject('A', { seq: 2, ack: 1001 });
    t.equal(pcb.freed, true);
    d.inject('A', { seq: 2, ack: 1001 });
    t.same(d.take(), ['RA 1001 a2 w5840']);
    t.end();
  });
});

t.test('TIME-WAIT', async (t) => {
  function waiting() {
    const d = new Drive();
    const pcb = d.established();
    pcb.close();
    d.inject('FA', { ack: 2 });
    d.take();
    d.heard();
    return { d, pcb };
  }

  t.test('a repeated FIN is acknowledged and starts the wait anew', (t) => {
    const { d, pcb } = waiting();
    d.run(8000);
    d.inject('FA', { ack: 2 });
    t.same(d.take(), ['A 2 a2 w5839']);
    d.run(9000);
    t.equal(pcb.freed, false);
    d.run(1500);
    t.equal(pcb.freed, true);
    t.same(d.clock.pending(), []);
    t.end();
  });

  t.test('RST is ignored', (t) => {
    const { d, pcb } = waiting();
    d.inject('R', { seq: 2 });
    t.equal(pcb.freed, false);
    t.same(d.take(), []);
    t.end();
  });

  t.test('a pure ACK is not answered', (t) => {
    const { d } = waiting();
    d.inject('A', { seq: 2, ack: 2 });
    t.same(d.take(), []);
    t.end();
  });

  t.test('a SYN in the window gets RST, one outside an ACK', (t) => {
    const { d } = waiting();
    d.inject('S', { seq: 100 });
    t.match(d.take(), [/^RA/]);
    d.inject('S', { seq: -100 });
    t.same(d.take(), ['A 2 a2 w5839']);
    t.end();
  });
});
