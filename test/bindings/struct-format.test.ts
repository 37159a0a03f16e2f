import fc from 'fast-check';
import t from 'tap';
import { packFloat, packInteger, unpackFloat, unpackInteger } from '../../bindings/nodemcu/struct-format.ts';

t.test('integers survive in four bytes, and those without a sign in more', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: -0x80000000, max: 0x7fffffff }),
      fc.integer({ min: 4, max: 8 }),
      fc.boolean(),
      (n, size, big) => {
        t.equal(unpackInteger(packInteger(n, size, big), true, big), size === 4 ? n : n >>> 0);
      },
    ),
    { seed: 1 },
  );
});

t.test('unsigned values are positive up to 63 bits', async (t) => {
  t.equal(unpackInteger(packInteger(-1, 2, false), false, false), 65535);
  t.equal(unpackInteger(packInteger(-1, 4, true), false, true), 4294967295);
  t.equal(unpackInteger(new Uint8Array(8).fill(255), false, true), -1);
});

t.test('beyond 32 bits there are zeros, whatever the sign', async (t) => {
  t.same(packInteger(-1, 10, true), Uint8Array.of(0, 0, 0, 0, 0, 0, 255, 255, 255, 255));
});

t.test('floats survive in both orders', async (t) => {
  for (const big of [false, true]) {
    t.equal(unpackFloat(packFloat(0.1, 8, big), big), 0.1);
    t.equal(unpackFloat(packFloat(1.5, 4, big), big), 1.5);
  }
  t.same(packFloat(1.5, 4, true), Uint8Array.of(0x3f, 0xc0, 0, 0));
});
