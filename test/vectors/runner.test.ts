/** The runner's own parts: payload forms, symbols, relative sequence numbers, console lines. */
import t from 'tap';
import { EMPTY, fromLatin1, Rng } from '../../runtime/core/index.ts';
import { TCP_ACK, TCP_RST, TCP_SYN, type Tcp } from '../../runtime/wire/index.ts';
import { matchConsole } from './console.ts';
import { buildData, matchData } from './data.ts';
import { Flows } from './flows.ts';
import { Symbols } from './symbols.ts';

const bytes = fromLatin1;

t.test('the forms of a payload', async (t) => {
  const symbols = new Symbols({ $w1: 'key', $t1: 'time' });
  t.ok(matchData('abc', bytes('abc'), symbols));
  t.notOk(matchData('abc', bytes('abd'), symbols));
  t.ok(matchData({ hex: '00ff' }, bytes('\x00\xff'), symbols));
  t.ok(matchData({ rep: 'x', n: 3 }, bytes('xxx'), symbols));
  t.ok(matchData({ any: 2 }, bytes('??'), symbols));
  t.notOk(matchData({ any: 2 }, bytes('?'), symbols));
  t.equal(buildData({ sym: '$w1', len: 24 }, symbols), undefined, 'not bound yet');
  t.ok(matchData({ parts: ['k=', { sym: '$w1', len: 24 }, ';'] }, bytes('k=dGhlIHNhbXBsZSBub25jZQ==;'), symbols));
  // The example of RFC 6455 section 1.3.
  t.same(buildData({ sym: '$w1', fn: 'ws-accept', len: 28 }, symbols), bytes('s3pPLMBiTxaQ9kYGzzhZRbK+xOo='));
  t.notOk(matchData({ parts: [{ sym: '$w1', len: 24 }] }, bytes('dGhlIHNhbXBsZSBub25jZQ=!'), symbols), 'bound now');
});

t.test('masked WebSocket frames compare by what they say', async (t) => {
  const symbols = new Symbols({});
  // RFC 6455 section 5.7: a masked text "Hello".
  const hello = Uint8Array.of(0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58);
  t.ok(matchData({ wsMasked: [{ fin: true, opcode: 1, payload: 'Hello' }] }, hello, symbols));
  t.notOk(matchData({ wsMasked: [{ fin: true, opcode: 2, payload: 'Hello' }] }, hello, symbols));
  t.notOk(matchData({ wsMasked: [{ fin: true, opcode: 1, payload: 'Hell' }] }, hello, symbols));
  t.notOk(matchData({ wsMasked: [] }, hello, symbols), 'bytes behind the last frame');
});

t.test('a symbol stands for one value, and ports are all different', async (t) => {
  const symbols = new Symbols({
    $p1: 'port (1024..32766)',
    $p2: 'port (1024..32766)',
    $q1: 'id',
    $c1: 'id',
    $c2: 'id',
  });
  t.ok(symbols.unify('$p1', 2000));
  t.ok(symbols.unify('$p1', 2000));
  t.notOk(symbols.unify('$p1', 2001));
  t.notOk(symbols.unify('$p2', 2000), 'taken');
  t.notOk(symbols.unify('$p2', 80), 'out of range');
  const trial = symbols.trial();
  t.ok(trial.unify('$q1', 7));
  t.equal(symbols.get('$q1'), undefined, 'a trial changes nothing');
  symbols.commit(trial);
  t.equal(symbols.get('$q1'), 7);
  t.ok(symbols.unify('$c1', '\x00\xff'));
  t.notOk(symbols.unify('$c2', '\x00\xff'));
  t.ok(symbols.unify('$c2', '\x01\x00'), 'CoAP message ids count up');
});

const segment = (flags: number, seq: number, ack = 0): Tcp => ({
  srcPort: 1,
  dstPort: 2,
  seq,
  ack,
  flags,
  window: 0,
  urgent: 0,
  options: {},
  payload: EMPTY,
});

t.test('numbers count from the SYN of each side', async (t) => {
  const flows = new Flows(new Rng(1));
  const flow = flows.flow('a');
  const syn = flows.fromDevice(flow, segment(TCP_SYN, 0xffffffff));
  t.equal(syn.seq, 0);
  syn.commit();
  const answer = flows.toDevice(flow, TCP_SYN | TCP_ACK, 0, 1, false);
  t.equal(answer.ack, 0, 'wraps');
  const ack = flows.fromDevice(flow, segment(TCP_ACK, 0, answer.seq + 1));
  t.same([ack.seq, ack.ack, ack.repeats], [1, 1, false]);
  ack.commit();
  t.ok(flows.fromDevice(flow, segment(TCP_ACK, 0, answer.seq + 1)).repeats);
});

t.test('a retransmitted SYN is number 0 only with the same number', async (t) => {
  const flows = new Flows(new Rng(1));
  const flow = flows.flow('a');
  flows.fromDevice(flow, segment(TCP_SYN, 100)).commit();
  t.equal(flows.fromDevice(flow, segment(TCP_SYN, 100)).seq, 0);
  t.equal(flows.fromDevice(flow, segment(TCP_SYN, 110)).seq, 10);
});

t.test('a new connection on used ends restarts the count', async (t) => {
  const flows = new Flows(new Rng(1));
  const flow = flows.flow('a');
  const first = flows.toDevice(flow, TCP_SYN, 0, 0, true);
  flows.fromDevice(flow, segment(TCP_SYN | TCP_ACK, 500, first.seq + 1)).commit();
  flows.toDevice(flow, TCP_ACK, 1, 1, false);
  t.equal(flows.toDevice(flow, TCP_SYN, 900, 0, false).seq, (first.seq + 900) >>> 0, 'not answered: the old count');
  const second = flows.toDevice(flow, TCP_SYN, 0, 0, true);
  t.not(second.seq, first.seq);
  const answer = flows.fromDevice(flow, segment(TCP_SYN | TCP_ACK, 900, second.seq + 1));
  t.same([answer.seq, answer.ack], [0, 1]);
});

t.test('a side without a SYN counts from 1', async (t) => {
  const flows = new Flows(new Rng(1));
  t.equal(flows.fromDevice(flows.flow('a'), segment(TCP_RST, 77)).seq, 1);
});

t.test('console lines', async (t) => {
  const symbols = new Symbols({ $p1: 'port' });
  const match = (step: object, buffer: string, theme = 'net'): string =>
    matchConsole({ n: 1, t: 0, ...step }, buffer, symbols, theme).kind;
  t.equal(match({ print: 'a' }, 'a\r\nb'), 'matched');
  t.equal(match({ print: 'a' }, 'a'), 'wait');
  t.equal(match({ print: 'a' }, 'ab'), 'differs');
  t.equal(match({ print: 'a\r\nb' }, 'a\r\nb\r\n'), 'matched', 'line ends as the UART makes them');
  t.equal(match({ print: 'rtt\t5\t6', approx: { field: 1, tol: 100 } }, 'rtt\t90\t6\r\n'), 'matched');
  t.equal(match({ print: 'rtt\t5\t6', approx: { field: 1, tol: 100 } }, 'rtt\t5\t7\r\n'), 'differs');
  t.equal(match({ print: '$p1\t10.0.0.1' }, '2000\t10.0.0.1\r\n'), 'matched');
  t.equal(symbols.get('$p1'), 2000);
  t.equal(match({ print: '$p1' }, '2001\r\n'), 'differs');
  t.equal(match({ print: 'x_us=10 offset_s=5' }, 'x_us=99 offset_s=6\r\n', 'sntp'), 'matched');
  t.equal(match({ print: 'x_us=10 offset_s=5' }, 'x_us=10 offset_s=7\r\n', 'sntp'), 'differs');
});
