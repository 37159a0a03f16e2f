/**
 * Bosch's integer compensation of the BME280's raw values (BST-BME280-DS002, 4.2.3), in the units of the firmware's module:
 * 0.01 degrees, 0.001 hPa, 0.001 percent.
 */

/** The sensor's constants as its registers 0x88 (24 bytes), 0xa1 and 0xe1 (7 bytes) have them. */
export interface Calibration {
  readonly t: readonly number[];
  readonly p: readonly number[];
  /** Absent for a BMP280. */
  readonly h?: readonly number[];
}

const u16 = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
const s16 = (bytes: Uint8Array, at: number): number => (u16(bytes, at) << 16) >> 16;

/** The first of each group is unsigned, the others signed. */
const group = (bytes: Uint8Array, from: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => (i === 0 ? u16 : s16)(bytes, from + 2 * i));

export function calibration(low: Uint8Array, humidity?: { h1: number; rest: Uint8Array }): Calibration {
  const base = { t: group(low, 0, 3), p: group(low, 6, 9) };
  if (humidity === undefined) return base;
  const { h1, rest } = humidity;
  const [, , h3 = 0, h4 = 0, shared = 0, h5 = 0, h6 = 0] = rest;
  return {
    ...base,
    h: [h1, s16(rest, 0), h3, (h4 << 4) | (shared & 0xf), (h5 << 4) | (shared >> 4), (h6 << 24) >> 24],
  };
}

/** The common intermediate value, from which the temperature is {@link centidegrees}. */
export function fineTemperature(raw: number, { t: [t1 = 0, t2 = 0, t3 = 0] }: Calibration): number {
  const coarse = Math.imul((raw >> 3) - (t1 << 1), t2) >> 11;
  const offset = (raw >> 4) - t1;
  return (coarse + (Math.imul(Math.imul(offset, offset) >> 12, t3) >> 14)) | 0;
}

export const centidegrees = (fine: number): number => (Math.imul(fine, 5) + 128) >> 8;

/** Thousandths of a hectopascal. */
export function pressure(raw: number, fine: number, { p }: Calibration): number {
  const [p1 = 0n, p2 = 0n, p3 = 0n, p4 = 0n, p5 = 0n, p6 = 0n, p7 = 0n, p8 = 0n, p9 = 0n] = p.map(BigInt);
  const t = BigInt(fine) - 128000n;
  const offset = t * t * p6 + ((t * p5) << 17n) + (p4 << 35n);
  const gain = (((1n << 47n) + ((t * t * p3) >> 8n) + ((t * p2) << 12n)) * p1) >> 33n;
  if (gain === 0n) return 0;
  const first = (((BigInt(1048576 - raw) << 31n) - offset) * 3125n) / gain;
  const square = (p9 * (first >> 13n) * (first >> 13n)) >> 25n;
  const result = ((first + square + ((p8 * first) >> 19n)) >> 8n) + (p7 << 4n);
  return Number(BigInt.asIntN(32, (result * 10n) >> 8n));
}

/** Thousandths of a percent. */
export function humidity(
  raw: number,
  fine: number,
  { h: [h1 = 0, h2 = 0, h3 = 0, h4 = 0, h5 = 0, h6 = 0] = [] }: Calibration,
): number {
  const t = (fine - 76800) | 0;
  const linear = (((raw << 14) - (h4 << 20) - Math.imul(h5, t) + 16384) | 0) >> 15;
  const drift = Math.imul(Math.imul(t, h6) >> 10, (Math.imul(t, h3) >> 11) + 32768) >> 10;
  const gain = (Math.imul(drift + 2097152, h2) + 8192) >> 14;
  const value = Math.imul(linear, gain);
  const bent = (value - (Math.imul(Math.imul(value >> 15, value >> 15) >> 7, h1) >> 4)) | 0;
  return ((Math.min(419430400, Math.max(0, bent)) >> 12) * 1000) >>> 10;
}
