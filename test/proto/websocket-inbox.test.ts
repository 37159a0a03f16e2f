import fc from 'fast-check';
import t from 'tap';
import { concat, fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import { WsInbox } from '../../runtime/proto/websocket-inbox.ts';
import { emitWsFrame, WS_OPCODE } from '../../runtime/wire/index.ts';
import { bytes } from '../helpers/bytes.ts';

const { TEXT, CONTINUATION } = WS_OPCODE;
const frame = (text: string, opcode: number = TEXT, fin = true) =>
  emitWsFrame({ fin, opcode, payload: fromLatin1(text) });

/** What comes out after each piece that goes in. */
function read(...pieces: readonly Uint8Array[]): string[] {
  const inbox = new WsInbox();
  return pieces.flatMap((piece) => {
    inbox.receive(piece);
    const out: string[] = [];
    for (let m = inbox.next(); m !== undefined; m = inbox.next()) {
      if (typeof m === 'number') return [...out, `${m}`];
      out.push(`${m.opcode} ${toLatin1(m.payload)}${m.overrun ? ' overrun' : ''}`);
    }
    return [...out, '|'];
  });
}

t.test('frames in one piece and a frame in several', async (t) => {
  t.same(read(concat(frame('a'), frame('b', 2), frame('', 9))), ['1 a', '2 b', '9 ', '|']);
  const long = frame('x'.repeat(300));
  t.same(read(long.subarray(0, 2), long.subarray(2, 100), long.subarray(100)), ['|', '|', `1 ${'x'.repeat(300)}`, '|']);
  t.same(read(frame('ab').subarray(0, 1), frame('ab').subarray(1)), ['|', '1 ab', '|'], 'a header cut in two waits');
});

t.test('masked frames are read, unless they come in pieces', async (t) => {
  const masked = emitWsFrame({ fin: true, opcode: TEXT, mask: bytes('01020304'), payload: fromLatin1('hello') });
  t.same(read(masked), ['1 hello', '|']);
  const [, garbled] = read(masked.subarray(0, 8), masked.subarray(8));
  t.not(garbled, '1 hello', 'the mask is taken off twice');
});

t.test('of two fragments the first is lost; of more the firmware reads beyond its memory', async (t) => {
  t.same(read(frame('one', TEXT, false), frame('two', CONTINUATION)), ['|', '1 two', '|']);
  const three = [frame('one', 2, false), frame('two', CONTINUATION, false), frame('three', CONTINUATION)];
  t.same(read(concat(...three)), ['2 twothree overrun', '|']);
  t.same(read(frame('x', CONTINUATION)), ['-15']);
});

t.test('a control frame between fragments is delivered', async (t) => {
  t.same(read(frame('one', TEXT, false), frame('p', 9), frame('two', CONTINUATION)), ['|', '9 p', '|', '1 two', '|']);
});

t.test('what follows a frame that came in pieces makes it be read again', async (t) => {
  const first = frame('first');
  t.same(
    read(first.subarray(0, 3), concat(first.subarray(3), frame('second!'))),
    ['|', '1 first', '1 first', '|'],
    'the second is cut by the length of the rest',
  );
});

t.test('lengths of eight bytes are read from the wrong four', async (t) => {
  t.same(read(bytes('82 7f 00000000 8101 8101')), ['2 ', '1 \x81', '|']);
});

t.test('more than a device can hold ends the connection', async (t) => {
  const inbox = new WsInbox();
  const codes: unknown[] = [];
  for (let i = 0; i < 50; i++) {
    inbox.receive(i === 0 ? bytes(`82 7f 00ffffff ${'00'.repeat(994)}`) : new Uint8Array(1000));
    codes.push(inbox.next());
  }
  t.equal(codes[40], -8);
  const fragments = frame('x'.repeat(30_000), CONTINUATION, false);
  t.equal(read(frame('', TEXT, false), fragments, fragments).at(-1), '-11');
});

t.test('noise is always used up', async () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }), (pieces) => {
      read(...pieces);
    }),
    { seed: 1, numRuns: 3000 },
  );
});
