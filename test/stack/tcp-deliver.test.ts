import t from 'tap';
import { fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import { ERR } from '../../runtime/stack/err.ts';
import { Drive } from '../helpers/drive.ts';

const bytes = fromLatin1;

t.test('one segment with ACK, data and FIN: sent, received, end', (t) => {
  const d = new Drive();
  const pcb = d.established();
  pcb.write(bytes('hello'));
  pcb.output();
  d.take();
  d.inject('FPA', { ack: 6, data: 'last' });
  t.same(d.heard(), ['sent 5', 'recv last', 'fin']);
  t.same(d.take(), ['FA 6 a6 w5835']);
  t.equal(pcb.state, 'LAST-ACK');
  t.end();
});

t.test('a reply written while receiving leaves with our FIN when the peer’s came in the same segment', (t) => {
  const d = new Drive();
  d.established({
    recv: (pcb, data) => {
      if (data === undefined) return pcb.close();
      pcb.recved(5840);
      return pcb.write(bytes('response'));
    },
  });
  d.inject('FPA', { data: 'GET' });
  t.same(d.take(), ['FPA 1+8 a5 w5836']);
  t.end();
});

t.test('close inside recv before anything was consumed: RST, the reply is lost', (t) => {
  const d = new Drive();
  const pcb = d.established({
    recv: (p) => {
      p.write(bytes('reply'));
      p.close();
      p.recved(5840);
    },
  });
  d.inject('PA', { data: 'x' });
  t.same(d.take(), ['RA 1 a2 w5840']);
  t.equal(pcb.state, 'TIME-WAIT');
  t.end();
});

t.test('close inside sent is a clean FIN', (t) => {
  const d = new Drive();
  const pcb = d.established({ sent: (p) => p.close() });
  pcb.write(bytes('reply'));
  pcb.output();
  d.take();
  d.inject('A', { ack: 6 });
  t.same(d.take(), ['FA 6 a1 w5840']);
  t.end();
});

t.test('close inside sent when the same segment carries data: RST, and the data is never delivered', (t) => {
  const d = new Drive();
  const pcb = d.established({ sent: (p) => p.close() });
  pcb.write(bytes('reply'));
  pcb.output();
  d.take();
  d.inject('PA', { ack: 6, data: 'more' });
  t.same(d.take(), ['RA 6 a5 w5840']);
  t.same(d.heard(), []);
  t.equal(pcb.freed, true);
  t.end();
});

t.test('ERR.ABRT from sent leaves the rest of the segment alone: no delivery, no output', (t) => {
  const d = new Drive();
  const pcb = d.established({ sent: () => ERR.ABRT });
  pcb.write(bytes('a'));
  pcb.output();
  pcb.write(bytes('b'));
  d.take();
  d.inject('PA', { ack: 2, data: 'x' });
  t.same(d.heard(), []);
  t.same(d.take(), []);
  d.run(125);
  t.same(d.take(), ['PA 2+1 a2 w5839'], 'the fast tick sends the ACK and takes the queued data along');
  t.end();
});

t.test('abort inside any callback ends the processing of the segment', (t) => {
  for (const at of ['sent', 'recv', 'fin'] as const) {
    const d = new Drive();
    const pcb = d.established({
      sent: (p) => {
        d.told.push('sent');
        if (at === 'sent') p.abort();
      },
      recv: (p, data) => {
        d.told.push(data === undefined ? 'fin' : 'recv');
        if (at === (data === undefined ? 'fin' : 'recv')) p.abort();
      },
    });
    pcb.write(bytes('hello'));
    pcb.output();
    d.take();
    d.inject('FPA', { ack: 6, data: 'last' });
    t.same(d.heard(), [...['sent', 'recv', 'fin'].slice(0, ['sent', 'recv', 'fin'].indexOf(at) + 1), 'error -8']);
    t.match(d.take(), [/^RA/]);
    t.equal(d.tcp.active.length, 0);
  }
  t.end();
});

t.test('an owner without handlers: data is consumed, the peer’s FIN is answered by ours', (t) => {
  const d = new Drive();
  const pcb = d.established();
  pcb.handlers = {};
  d.inject('PA', { data: 1460 });
  t.same(d.take(), ['A 1 a1461 w5840']);
  t.equal(pcb.rcvWnd, 5840);
  d.inject('FA', { seq: 1461 });
  t.equal(pcb.state, 'LAST-ACK');
  t.end();
});

t.test('FIN on a connection whose owner consumed nothing: close answers with RST', (t) => {
  const d = new Drive();
  d.established({ recv: (pcb, data) => (data === undefined ? pcb.close() : undefined) });
  d.inject('PA', { data: 'x' });
  d.inject('FA', { seq: 2 });
  t.same(d.take(), ['RA 1 a3 w5840', 'A 1 a3 w5838'], 'and the FIN is acknowledged all the same');
  t.end();
});

t.test('refused data', async (t) => {
  t.test('is offered again at each fast tick, and new data is dropped meanwhile', (t) => {
    const d = new Drive();
    let taking = false;
    d.established({
      recv: (pcb, data) => {
        d.told.push(`${taking ? 'took' : 'refused'} ${toLatin1(data ?? new Uint8Array())}`);
        if (!taking) return ERR.MEM;
        pcb.recved(data?.length ?? 0);
        return ERR.OK;
      },
    });
    d.inject('PA', { data: 'one' });
    d.inject('PA', { seq: 4, data: 'two' });
    t.same(d.heard(), ['refused one', 'refused one']);
    t.equal(d.tcp.drops.of('tcp', 'owner-refuses-data'), 1);
    d.run(125);
    t.same(d.heard(), ['refused one']);
    taking = true;
    d.run(125);
    t.same(d.heard(), ['took one']);
    d.inject('PA', { seq: 4, data: 'two' });
    t.same(d.heard(), ['took two']);
    t.end();
  });

  t.test('keeps what follows it in a chain', (t) => {
    const d = new Drive();
    let room = 1;
    d.established({
      recv: (_pcb, data) => {
        if (room-- <= 0) return ERR.MEM;
        d.told.push(toLatin1(data ?? new Uint8Array()));
        return ERR.OK;
      },
    });
    d.inject('PA', { seq: 4, data: 'DEF' });
    d.inject('PA', { seq: 7, data: 'GHI' });
    d.inject('PA', { seq: 1, data: 'ABC' });
    t.same(d.heard(), ['ABC']);
    room = 9;
    d.run(125);
    t.same(d.heard(), ['DEF', 'GHI']);
    t.end();
  });

  t.test('makes close a reset', (t) => {
    const d = new Drive();
    const pcb = d.established({ recv: () => ERR.MEM });
    d.inject('PA', { data: 'one' });
    pcb.close();
    t.match(d.take(), [/^RA/]);
    t.end();
  });

  t.test('an abort while it is offered again ends it', (t) => {
    const d = new Drive();
    const pcb = d.established({ recv: () => ERR.MEM });
    d.inject('PA', { data: 'one' });
    pcb.handlers = { recv: (p) => p.abort() };
    d.inject('A', { seq: 4 });
    t.equal(pcb.freed, true);
    d.run(500);
    t.same(d.clock.pending(), []);
    t.end();
  });
});
