import fc from 'fast-check';
import t from 'tap';
import { fromLatin1 } from '../../runtime/core/index.ts';
import {
  emitWsFrame,
  parseWsFrame,
  WS_OPCODE,
  type WsFrame,
  websocketAccept,
  wsFrameLength,
} from '../../runtime/wire/websocket.ts';
import { arbBytes, compact, record } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';
import { codecLaws } from '../helpers/codec-laws.ts';

const arbFrame: fc.Arbitrary<WsFrame> = record({
  fin: fc.boolean(),
  opcode: fc.integer({ min: 0, max: 15 }),
  mask: fc.option(arbBytes(4, 4), { nil: undefined }),
  payload: arbBytes(400),
}).map((frame) => compact<WsFrame>(frame as WsFrame));

codecLaws(
  t,
  {
    parse: parseWsFrame,
    emit: emitWsFrame,
    length: wsFrameLength,
    reasons: ['truncated', 'reserved-bits', 'too-long'],
    shortest: 2,
  },
  arbFrame,
  [
    {
      what: 'a text of a server (RFC 6455 section 5.7)',
      bytes: bytes('81 05 48656c6c6f'),
      value: { fin: true, opcode: WS_OPCODE.TEXT, payload: fromLatin1('Hello') },
    },
    {
      what: 'a text of a client (RFC 6455 section 5.7)',
      bytes: bytes('81 85 37fa213d 7f9f4d5158'),
      value: { fin: true, opcode: WS_OPCODE.TEXT, mask: bytes('37fa213d'), payload: fromLatin1('Hello') },
    },
    {
      what: '126 bytes of a binary fragment',
      bytes: bytes(`02 7e 007e ${'aa'.repeat(126)}`),
      value: { fin: false, opcode: WS_OPCODE.BINARY, payload: new Uint8Array(126).fill(0xaa) },
    },
  ],
);

t.test('long frames have eight bytes of length', async (t) => {
  const frame: WsFrame = { fin: true, opcode: WS_OPCODE.BINARY, payload: new Uint8Array(65_536) };
  const out = emitWsFrame(frame);
  t.same(out.subarray(0, 10), bytes('82 7f 00000000 00010000'));
  t.equal(wsFrameLength(frame), out.length);
  t.same(parseWsFrame(out), { ok: true, value: frame });
});

t.test('what no stack could hold and what nobody negotiated is refused', async (t) => {
  t.same(parseWsFrame(bytes('82 7f 00000001 00000000')), { ok: false, error: 'too-long' });
  t.same(parseWsFrame(bytes('c1 00')), { ok: false, error: 'reserved-bits' });
});

t.test('the answer to a key proves that a server understood', async (t) => {
  t.equal(websocketAccept('dGhlIHNhbXBsZSBub25jZQ=='), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=', 'RFC 6455 section 1.3');
});
