/** Chance, seeded: sfc32 streams that fork by label, so a new consumer never shifts another's numbers. */

/** FNV-1a, folded over a label; only for seeding. */
function hash(text: string, seed: number): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return h;
}

/** A deterministic stream of numbers. */
export class Rng {
  readonly #path: string;
  readonly #seed: number;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, path = '') {
    this.#seed = seed;
    this.#path = path;
    this.#a = hash(path, seed | 0);
    this.#b = hash(path, Math.floor(seed / 2 ** 32) ^ 0x9e3779b9);
    this.#c = hash(path, Math.imul(seed | 0, 0x85ebca6b) ^ 0x243f6a88);
    for (let i = 0; i < 12; i++) this.u32();
  }

  /** An independent stream; the same label under the same seed always gives the same stream. */
  fork(label: string): Rng {
    return new Rng(this.#seed, `${this.#path}/${label}`);
  }

  /** 0 … 2^32-1. */
  u32(): number {
    const t = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  /** 0 (included) … 1 (excluded). */
  float(): number {
    return this.u32() / 2 ** 32;
  }

  /** 0 … n-1. */
  below(n: number): number {
    return Math.floor(this.float() * n);
  }

  /** True with probability `p`. Draws a number even for 0 and 1, so changing p shifts nothing. */
  chance(p: number): boolean {
    return this.float() < p;
  }

  bytes(length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i++) out[i] = this.u32() >>> 24;
    return out;
  }
}
