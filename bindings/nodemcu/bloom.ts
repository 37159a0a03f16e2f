import { multi } from '../../runtime/vm/index.ts';
import { arg } from './arg.ts';
import { Digest } from './digest.ts';
import { classSpec, defineModule, fn, type LuaResult, luaClass } from './lua.ts';

const MIN_BITS = 256;
const MIN_HASHES = 2;
const MAX_HASHES = 15;
const CERTAIN = 1_000_000;

class BloomFilter {
  readonly words: Uint32Array;
  readonly hashes: number;
  /** Bits that are set. */
  occupancy = 0;

  /** For so many items and one false answer in `error` questions. */
  constructor(items: number, error: number) {
    const logarithm = error > 0 ? 32 - Math.clz32(error) : 0;
    let bits = items * logarithm;
    bits += bits >> 1;
    bits = Math.max(MIN_BITS, (bits + 31) & ~31);
    const perItem = Math.trunc(bits / items);
    this.hashes = Math.min(MAX_HASHES, Math.max(MIN_HASHES, (perItem >> 1) + Math.trunc(perItem / 6)));
    this.words = new Uint32Array(bits >> 5);
  }

  get bits(): number {
    return this.words.length << 5;
  }

  /** Whether it may have been added before. */
  test(item: Uint8Array, add: boolean): boolean {
    const hash = Digest.create('SHA256')?.update(item).finalize() ?? new Uint8Array(32);
    const step = this.hashes > 10 ? 2 : 3;
    let known = true;
    for (let i = 0; i < this.hashes; i++) {
      const [a = 0, b = 0, c = 0] = hash.subarray(i * step, i * step + 3);
      const at = ((a << 16) | (b << 8) | c) % this.bits;
      const word = this.words[at >> 5] ?? 0;
      const bit = 1 << (at & 31);
      if ((word & bit) !== 0) continue;
      known = false;
      if (!add) break;
      this.words[at >> 5] = word | bit;
      this.occupancy++;
    }
    return known;
  }

  reset(): void {
    this.words.fill(0);
    this.occupancy = 0;
  }

  /** About how many questions give one false answer, at most a million. */
  get questionsPerError(): number {
    if (this.occupancy === 0) return CERTAIN;
    const ratio = Math.floor(this.bits / this.occupancy);
    let chance = ratio;
    for (let i = 1; i < this.hashes && chance < CERTAIN; i++) chance *= ratio;
    if (chance >= CERTAIN) return CERTAIN;
    const fine = Math.floor((this.bits << 8) / this.occupancy);
    let scaled = fine;
    for (let i = 1; i < this.hashes && scaled < CERTAIN << 8; i++) scaled = Math.floor((scaled * fine) / 256);
    return Math.min(CERTAIN, Math.floor(scaled / 256));
  }
}

const FILTER = luaClass<BloomFilter>('bloom.filter');

export const bloom = defineModule({ name: 'bloom', lifetime: { since: '2.2' } }, (device) => {
  const self = arg.self(FILTER);
  const info = (filter: BloomFilter): LuaResult =>
    multi(filter.bits, filter.hashes, filter.occupancy, filter.questionsPerError);
  return {
    functions: {
      create: fn([arg.integer(), arg.integer()], (items, error, call) =>
        items === 0 ? device.fault('bloom: division by zero') : call.newHost(FILTER, new BloomFilter(items, error)),
      ),
    },
    classes: [
      classSpec(FILTER, {
        add: fn([self, arg.bytes], (filter, item) => filter.test(item, true)),
        check: fn([self, arg.bytes], (filter, item) => filter.test(item, false)),
        reset: fn([self], (filter) => filter.reset()),
        info: fn([self], info),
      }),
    ],
  };
});
