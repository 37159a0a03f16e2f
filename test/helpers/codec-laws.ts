/** The laws every codec of runtime/wire obeys, so that a new protocol costs a few lines of test. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Test } from 'tap';
import { concat, hex, type Result } from '../../runtime/core/index.ts';

export interface Codec<T, E extends string> {
  parse(bytes: Uint8Array): Result<T, E>;
  emit(value: T): Uint8Array;
  /** Predicts how many bytes `emit` makes. */
  length?(value: T): number;
  /** As `parse`, without verifying checksums: lets broken fields come through. */
  dissect?(bytes: Uint8Array): Result<T, E>;
  /** Every reason `parse` can give. */
  readonly reasons: readonly E[];
  /** No message is shorter than this many bytes. */
  readonly shortest: number;
}

export interface Vector<T> {
  readonly what: string;
  readonly bytes: Uint8Array;
  readonly value: T;
}

const RUNS = { seed: 1, numRuns: 400 };
/** Longer than any Ethernet payload, so that length fields meet both sides of the limit. */
const MAX_NOISE = 1600;
const FILL = 0xa5;

/** Runs all laws as subtests of `t`. `values` has to produce what `parse` would: no more, no less. */
export function codecLaws<T, E extends string>(
  t: Test,
  codec: Codec<T, E>,
  values: fc.Arbitrary<T>,
  vectors: readonly Vector<T>[],
): void {
  for (const { what, bytes, value } of vectors) {
    t.test(`${what}: the bytes parse and emit`, async () => {
      assert.deepStrictEqual(codec.parse(bytes), { ok: true, value });
      assert.equal(hex(codec.emit(value)), hex(bytes));
    });
    t.test(`${what}: cut at any length it never throws`, async () => {
      for (let length = 0; length < bytes.length; length++) {
        const result = answers(codec, bytes.subarray(0, length));
        assert.ok(!result.ok || length >= codec.shortest, `${length} bytes parsed`);
      }
    });
  }

  t.test('what is emitted parses to the same value', async () => {
    fc.assert(
      fc.property(values, (value) => {
        const out = codec.emit(value);
        assert.deepStrictEqual(codec.parse(out), { ok: true, value });
        if (codec.length !== undefined) assert.equal(codec.length(value), out.length);
      }),
      RUNS,
    );
  });

  t.test('nothing outside the given range is read', async () => {
    fc.assert(
      fc.property(values, fc.nat(9), (value, before) => {
        const out = codec.emit(value);
        const around = concat(new Uint8Array(before).fill(FILL), out, new Uint8Array(9).fill(FILL));
        assert.deepStrictEqual(codec.parse(around.subarray(before, before + out.length)), { ok: true, value });
      }),
      RUNS,
    );
  });

  t.test('random bytes never throw and fail by name', async () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: MAX_NOISE }), (noise) => {
        answers(codec, noise);
      }),
      RUNS,
    );
  });

  t.test('damaged messages never throw and fail by name', async () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(values, damage, fc.nat(), (value, changes, cut) => {
        const bytes = codec.emit(value).slice();
        // Half of the damage goes to the first bytes, where the length fields are.
        changes.forEach(([at, byte], i) => {
          bytes[at % (i % 2 === 0 ? bytes.length : Math.min(bytes.length, 40))] = byte;
        });
        answers(codec, bytes);
        answers(codec, bytes.subarray(0, cut % bytes.length));
      }),
      RUNS,
    );
  });
}

/** Parses; fails on a reason the codec does not declare. */
function answers<T, E extends string>(codec: Codec<T, E>, bytes: Uint8Array): Result<T, E> {
  for (const parse of [codec.dissect, codec.parse]) {
    const result = parse?.(bytes);
    if (result?.ok === false) assert.ok(codec.reasons.includes(result.error), `unknown reason ${result.error}`);
  }
  return codec.parse(bytes);
}
