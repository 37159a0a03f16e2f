/** Damaged packets for machines that must bear them, and how much memory is in use afterwards. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { concat, type Rng } from '../../runtime/core/index.ts';

/** Values that lengths, counts and types break at. */
const EDGES = [0, 1, 0x7f, 0x80, 0xc0, 0xfe, 0xff];

/** One of the samples with up to four injuries; one in ten is whole. */
export function damaged(rng: Rng, samples: readonly Uint8Array[]): Uint8Array {
  let bytes: Uint8Array = pick(rng, samples).slice();
  if (rng.chance(0.1)) return bytes;
  for (let n = rng.below(4); n >= 0; n--) {
    const at = rng.below(bytes.length + 1);
    const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
    switch (rng.below(7)) {
      case 0:
        if (at < bytes.length) bytes[at] = rng.below(256);
        break;
      case 1:
        if (at < bytes.length) bytes[at] = EDGES[rng.below(EDGES.length)] as number;
        break;
      case 2:
        if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << rng.below(8));
        break;
      case 3:
        bytes = head.slice();
        break;
      case 4:
        bytes = concat(head, rng.bytes(1 + rng.below(8)), tail);
        break;
      case 5:
        bytes = concat(head, tail.subarray(Math.min(tail.length, 1 + rng.below(8))));
        break;
      default:
        bytes = concat(head, pick(rng, samples).subarray(rng.below(8)));
    }
  }
  return bytes.length > 4096 ? bytes.slice(0, 4096) : bytes;
}

const pick = (rng: Rng, samples: readonly Uint8Array[]): Uint8Array => samples[rng.below(samples.length)] as Uint8Array;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of the heap in use after a collection. */
export function heapUsed(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

/**
 * Runs `feed` so many times; what stays in memory after the first fifth may grow by 4 MB at most. Returns the growth.
 */
export function steady(times: number, feed: (n: number) => void): number {
  let before = 0;
  for (let n = 0; n < times; n++) {
    if (n === Math.floor(times / 5)) before = heapUsed();
    feed(n);
  }
  return heapUsed() - before;
}

export const FUZZ_PACKETS = 100_000;
export const MOST_GROWTH = 4 << 20;
