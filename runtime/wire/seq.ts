/** Arithmetic on 32-bit sequence numbers, modulo 2^32 (RFC 9293 section 3.4). Numbers are kept unsigned. */

export const seqAdd = (a: number, n: number): number => (a + n) >>> 0;

/** Signed distance from `b` to `a`: positive when `a` is ahead; meaningful within half the number space. */
export const seqDiff = (a: number, b: number): number => (a - b) | 0;

export const seqLt = (a: number, b: number): boolean => ((a - b) | 0) < 0;
export const seqLeq = (a: number, b: number): boolean => ((a - b) | 0) <= 0;
export const seqGt = (a: number, b: number): boolean => ((a - b) | 0) > 0;
export const seqGeq = (a: number, b: number): boolean => ((a - b) | 0) >= 0;
