import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { Digest } from '../../bindings/nodemcu/digest.ts';

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

t.test('an unknown algorithm gives nothing', async (t) => {
  t.equal(Digest.create('sha2'), undefined);
});
