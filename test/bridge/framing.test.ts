import fc from 'fast-check';
import t from 'tap';
import { Deframer, emitFramed } from '../../bridge/framing.ts';
import { arbBytes } from '../helpers/arb.ts';

t.test('a frame has its length in front, highest byte first', async (t) => {
  t.same([...emitFramed(Uint8Array.of(7, 8, 9))], [0, 0, 0, 3, 7, 8, 9]);
});

t.test('frames come out as they went in, however the stream is cut', async (t) => {
  fc.assert(
    fc.property(
      fc.array(arbBytes(100), { maxLength: 10 }),
      fc.array(fc.integer({ min: 1, max: 50 })),
      (frames, cuts) => {
        const stream = Buffer.concat(frames.map(emitFramed));
        const deframer = new Deframer();
        const out: Uint8Array[] = [];
        let at = 0;
        for (const cut of [...cuts, stream.length]) {
          out.push(...(deframer.feed(new Uint8Array(stream.subarray(at, at + cut))) ?? []));
          at += cut;
        }
        t.same(out.map(String), frames.map(String));
      },
    ),
    { seed: 1, numRuns: 50 },
  );
});

t.test('what is handed out is not touched by what comes later', async (t) => {
  const deframer = new Deframer();
  const chunk = emitFramed(Uint8Array.of(1, 2));
  const [frame] = deframer.feed(chunk) ?? [];
  chunk.fill(0);
  t.same([...(frame ?? [])], [1, 2]);
});

t.test('a length that no frame has means that this is no stream of frames', async (t) => {
  t.equal(new Deframer().feed(new Uint8Array(Buffer.from('GET / HTTP/1.0\r\n'))), undefined);
  t.same(new Deframer().feed(Uint8Array.of(0, 0)), []);
});
