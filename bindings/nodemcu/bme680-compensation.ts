/** Bosch's integer compensation of the BME680's raw values (BST-BME680-DS001), in the units of the firmware's module. */

/** What the sensor's two ranges of coefficient registers (0x89 and 0xe1) and three more hold, by the data sheet's names. */
export interface Bme680Calibration {
  readonly t: readonly [number, number, number];
  /** P1 … P10. */
  readonly p: readonly number[];
  /** H1 … H7. */
  readonly h: readonly number[];
  readonly gh: readonly [number, number, number];
  readonly heatRange: number;
  readonly heatValue: number;
  readonly rangeError: number;
}

/** `bytes` are the 41 coefficients, the other registers are 0x00, 0x02 and 0x04. */
export function bme680Calibration(bytes: Uint8Array, value: number, range: number, error: number): Bme680Calibration {
  const u8 = (at: number): number => bytes[at] ?? 0;
  const s8 = (at: number): number => (u8(at) << 24) >> 24;
  const u16 = (at: number): number => u8(at) | (u8(at + 1) << 8);
  const s16 = (at: number): number => (u16(at) << 16) >> 16;
  return {
    t: [u16(33), s16(1), s8(3)],
    p: [u16(5), s16(7), s8(9), s16(11), s16(13), s8(16), s8(15), s16(19), s16(21), s8(23)],
    h: [(u8(27) << 4) | (u8(26) & 15), (u8(25) << 4) | (u8(26) >> 4), s8(28), s8(29), s8(30), u8(31), s8(32)],
    gh: [u8(37), s16(35), u8(38)],
    heatRange: (range & 0x30) >> 4,
    heatValue: (value << 24) >> 24,
    rangeError: Math.trunc((((error & 0xf0) << 24) >> 24) / 16),
  };
}

const LOOKUP_1 = Array.from({ length: 16 }, () => 2147483647);
LOOKUP_1[5] = LOOKUP_1[13] = 2126008810;
LOOKUP_1[7] = 2130303777;
LOOKUP_1[10] = 2143188679;
LOOKUP_1[11] = 2136746228;
const LOOKUP_2 = [
  4096000000, 2048000000, 1024000000, 512000000, 255744255, 127110228, 64000000, 32258064, 16016016, 8000000, 4000000,
  2000000, 1000000, 500000, 250000, 125000,
] as const;

const half = (a: number, b: number): number => Math.trunc(a / b);

/** The common intermediate value. */
export function bme680Fine(raw: number, { t: [t1, t2, t3] }: Bme680Calibration): number {
  const coarse = (raw >> 3) - (t1 << 1);
  const square = Math.floor(((coarse >> 1) * (coarse >> 1)) / 4096);
  return (Math.floor((coarse * t2) / 2048) + Math.floor((square * (t3 << 4)) / 16384)) | 0;
}

/** Hundredths of a degree. */
export const bme680Temperature = (fine: number): number => (((Math.imul(fine, 5) + 128) >> 8) << 16) >> 16;

/** Pascal. */
export function bme680Pressure(raw: number, fine: number, { p }: Bme680Calibration): number {
  const [p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0, p8 = 0, p9 = 0, p10 = 0] = p;
  const t = (fine >> 1) - 64000;
  const quarter = t >> 2;
  let b = Math.imul(Math.imul(quarter, quarter) >> 11, p6) >> 2;
  b = (b + (Math.imul(t, p5) << 1)) | 0;
  b = (b >> 2) + (p4 << 16);
  let a = (Math.imul(Math.imul(quarter, quarter) >> 13, p3 << 5) >> 3) + (Math.imul(p2, t) >> 1);
  a = Math.imul(32768 + (a >> 18), p1) >> 15;
  if (a === 0) return 0;
  const difference = Math.imul(1048576 - raw - (b >> 12), 3125);
  const first = difference >= 0x40000000 ? half(difference, a) << 1 : half(difference << 1, a);
  const eighth = first >> 3;
  const x = Math.imul(p9, Math.imul(eighth, eighth) >> 13) >> 12;
  const y = Math.imul(first >> 2, p8) >> 13;
  const z = Math.imul(Math.imul(Math.imul(first >> 8, first >> 8), first >> 8), p10) >> 17;
  return (first + ((x + y + z + (p7 << 7)) >> 4)) >>> 0;
}

/** Thousandths of a percent. */
export function bme680Humidity(raw: number, fine: number, { h }: Bme680Calibration): number {
  const [h1 = 0, h2 = 0, h3 = 0, h4 = 0, h5 = 0, h6 = 0, h7 = 0] = h;
  const t = (Math.imul(fine, 5) + 128) >> 8;
  const a = raw - h1 * 16 - (half(Math.imul(t, h3), 100) >> 1);
  const slope = half(Math.imul(t, h4), 100) + half(Math.imul(t, half(Math.imul(t, h5), 100)) >> 6, 100) + (1 << 14);
  const v = Math.imul(a, Math.imul(h2, slope) >> 10);
  const bend = ((h6 << 7) + half(Math.imul(t, h7), 100)) >> 4;
  const square = Math.imul(v >> 14, v >> 14) >> 10;
  const sum = (v + (Math.imul(bend, square) >> 1)) | 0;
  return Math.max(0, Math.min(100_000, Math.imul(sum >> 10, 1000) >> 12));
}

/** Ohm. */
export function bme680Gas(raw: number, range: number, { rangeError }: Bme680Calibration): number {
  const a = (BigInt(1340 + 5 * rangeError) * BigInt(LOOKUP_1[range] ?? 0)) >> 16n;
  const b = (BigInt(raw) << 15n) - 16777216n + a;
  const c = (BigInt(LOOKUP_2[range] ?? 0) * a) >> 9n;
  return b === 0n ? 0 : Number(BigInt.asUintN(32, (c + (b >> 1n)) / b));
}

/** The heater's register for a temperature in degrees, at an ambient one. */
export function bme680Heater(target: number, ambient: number, c: Bme680Calibration): number {
  const [gh1, gh2, gh3] = c.gh;
  const a = half(ambient * gh3, 1000) * 256;
  const b = (gh1 + 784) * half(half((gh2 + 154009) * Math.min(400, target) * 5, 100) + 3276800, 10);
  const x = half(a + half(b | 0, 2), c.heatRange + 4);
  return half((half(x, 131 * c.heatValue + 65536) - 250) * 34 + 50, 100) & 0xff;
}
