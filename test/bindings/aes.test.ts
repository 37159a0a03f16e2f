import { createCipheriv, createDecipheriv } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { aes, aesMode } from '../../bindings/nodemcu/aes.ts';

t.test('AES agrees with Node’s, padded with zeros', async (t) => {
  const bytes = (n: number) => fc.uint8Array({ minLength: n, maxLength: n });
  fc.assert(
    fc.property(bytes(16), fc.uint8Array({ maxLength: 60 }), bytes(16), (key, data, iv) => {
      const padded = Buffer.concat([data, Buffer.alloc(-data.length & 15)]);
      for (const [mode, node, vector] of [
        ['AES-ECB', 'aes-128-ecb', null],
        ['AES-CBC', 'aes-128-cbc', iv],
      ] as const) {
        const theirs = createCipheriv(node, key, vector).setAutoPadding(false);
        const secret = Buffer.concat([theirs.update(padded), theirs.final()]);
        t.same(aes(mode, true, key, data, iv), new Uint8Array(secret), mode);
        const back = createDecipheriv(node, key, vector).setAutoPadding(false);
        t.same(
          aes(mode, false, key, new Uint8Array(secret), iv),
          new Uint8Array(Buffer.concat([back.update(secret), back.final()])),
        );
      }
    }),
    { seed: 1, numRuns: 20 },
  );
});

t.test('names in either case, keys of 16, 24 or 32 bytes', async (t) => {
  t.equal(aesMode('aes-cbc'), 'AES-CBC');
  t.equal(aesMode('AES-CTR'), undefined);
  const none = new Uint8Array(0);
  t.equal(aes('AES-ECB', true, new Uint8Array(15), none, none), undefined);
  t.equal(aes('AES-ECB', true, new Uint8Array(32), new Uint8Array(1), none)?.length, 16);
});
