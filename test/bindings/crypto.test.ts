import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { aes } from '../../bindings/nodemcu/aes.ts';
import { Digest } from '../../bindings/nodemcu/digest.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('digests and HMACs agree with Node’s', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 200 }), (data, key) => {
      for (const name of ['md5', 'sha1', 'sha256', 'sha384', 'sha512']) {
        t.same(
          Digest.create(name)?.update(data).finalize(),
          new Uint8Array(createHash(name).update(data).digest()),
          name,
        );
        const hmac = new Uint8Array(createHmac(name, key).update(data).digest());
        t.same(Digest.create(name, key)?.update(data).finalize(), hmac, `hmac ${name}`);
      }
    }),
    { seed: 1, numRuns: 20 },
  );
});

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

t.test('scripts get raw bytes', async (t) => {
  const esp = new Esp({ files: { f: 'abc' } });
  t.same(
    esp.lua(
      'print(encoder.toHex(crypto.hash("md5", "abc")), encoder.toHex(crypto.fhash("MD5", "f")))',
      'print(encoder.toHex(crypto.sha1("abc")))',
      'local h = crypto.new_hash("SHA1") h:update("a") h:update("bc") print(encoder.toHex(h:finalize()))',
      'local m = crypto.new_hmac("SHA256", "key") m:update("abc") print(m:finalize() == crypto.hmac("SHA256", "abc", "key"))',
      'print(crypto.mask("abc", "\\1"), #crypto.encrypt("aes-cbc", ("k"):rep(16), "hello"), crypto.decrypt("AES-CBC", ("k"):rep(16), crypto.encrypt("AES-CBC", ("k"):rep(16), "hello", "iv"), "iv"):sub(1, 5))',
    ),
    [
      '900150983cd24fb0d6963f7d28e17f72\t900150983cd24fb0d6963f7d28e17f72',
      'a9993e364706816aba3e25717850c26c9cd0d89d',
      'a9993e364706816aba3e25717850c26c9cd0d89d',
      'true',
      '`cb\t16\thello',
    ],
  );
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['crypto.hash("sha2", "x")', 'unknown hash mech'],
    ['crypto.new_hash("x")', 'unknown hash mech'],
    ['crypto.hmac("x", 1, 2)', 'unknown hash mech'],
    ['crypto.hash("md5")', "bad argument #2 to 'hash' (string expected, got no value)"],
    ['crypto.fhash("md5", "none")', 'file does not exist'],
    ['crypto.mask("x", "")', 'invalid argument: mask'],
    ['crypto.encrypt("des", "k", "d")', 'unknown cipher: des'],
    ['crypto.encrypt("AES-ECB", "short", "d")', 'crypto op failed'],
  ]);
});
