import { createHash } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { fromLatin1, hex } from '../../runtime/core/index.ts';
import { sha1 } from '../../runtime/wire/sha1.ts';

t.test('the examples of the standard', async (t) => {
  t.equal(hex(sha1(fromLatin1('abc'))), 'a9993e364706816aba3e25717850c26c9cd0d89d');
  t.equal(hex(sha1(fromLatin1(''))), 'da39a3ee5e6b4b0d3255bfef95601890afd80709');
});

t.test('it agrees with Node’s, around the edges of blocks too', async (t) => {
  const expected = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest('hex');
  for (const length of [54, 55, 56, 63, 64, 65, 119, 120]) {
    const bytes = new Uint8Array(length).fill(length);
    t.equal(hex(sha1(bytes)), expected(bytes), `${length} bytes`);
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => hex(sha1(bytes)) === expected(bytes)),
    { seed: 1 },
  );
});
