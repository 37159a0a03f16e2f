/**
 * The firmware's own C library functions for doubles (app/libc), where they differ from exact ones: `floor` goes
 * through a 32-bit integer, `pow` is inexact even for whole numbers, `strtod` rounds several times.
 */

/** Cast of a double to `int` on the chip: saturates, nan becomes 0. */
export function saturate(x: number): number {
  if (x >= 2147483647) return 2147483647;
  if (x <= -2147483648) return -2147483648;
  return x | 0;
}

/** floor, as app/libc/math.c does it with the cast above. */
export function floor(x: number): number {
  const cut = saturate(x);
  return x < 0 ? (cut === x ? x : (cut - 1) | 0) : cut;
}

/** 2^(-i/16) rounded to double, and what the rounding lost of every second one. */
const ROOTS = [
  1.0,
  0.9576032806985737,
  0.9170040432046712,
  0.8781260801866497,
  0.8408964152537145,
  0.8052451659746271,
  0.7711054127039704,
  0.7384130729697497,
  Math.SQRT1_2,
  0.6771277734684463,
  0.6484197773255048,
  0.620928906036742,
  0.5946035575013605,
  0.5693943173783458,
  0.5452538663326288,
  0.5221368912137069,
  0.5,
] as const;
const REMAINDERS = [
  2.4114209503420287e-18, 9.229156693724308e-19, -1.524191523112232e-18, -3.542184976528682e-18,
  -3.1286215245415074e-18, -4.465437656569449e-18, 2.930699957078968e-18, 1.1260851040933474e-18,
] as const;
/** Polynomials for the logarithm and for 2^x - 1 (Cody and Waite, chapter on POW; coefficients of app/libc/math.c). */
const LOG = [0.0004344577567216312, 0.002232142128592426, 0.012500000000503799, 0.08333333333333322] as const;
const EXP = [
  1.4928852680595609e-5,
  0.00015400290440989765,
  0.0013333541313585784,
  0.009618129059517241,
  0.055504108664085595,
  0.24022650695909537,
  Math.LN2,
] as const;
const LOG2E_MINUS_1 = 0.4426950408889634;
/** The largest float: what the firmware's pow returns on overflow. */
const HUGE = 3.4028234663852886e38;

const sixteenth = (x: number): number => 0.0625 * saturate(16 * x);
const polynomial = (coefficients: readonly number[], x: number): number => coefficients.reduce((sum, c) => sum * x + c);

/** Fraction in 0.5 … 1 and exponent. */
function frexp(x: number): [number, number] {
  if (x === 0 || !Number.isFinite(x)) return [x, 0];
  let exponent = Math.max(-1022, Math.floor(Math.log2(Math.abs(x))) + 1);
  let m = x / 2 ** exponent;
  while (Math.abs(m) >= 1) {
    m /= 2;
    exponent++;
  }
  while (Math.abs(m) < 0.5) {
    m *= 2;
    exponent--;
  }
  return [m, exponent];
}

/** x * 2^n without overflow on the way. */
function ldexp(x: number, n: number): number {
  if (n > 1000) return x * 2 ** 1000 * 2 ** (n - 1000);
  return n < -1000 ? x * 2 ** -1000 * 2 ** (n + 1000) : x * 2 ** n;
}

/** x^y for x other than 0. */
function power(x: number, y: number): number {
  const [g, exponent] = frexp(x);
  let p = 0;
  if (g <= ROOTS[8]) p = 8;
  if (g <= (ROOTS[p + 4] as number)) p += 4;
  if (g <= (ROOTS[p + 2] as number)) p += 2;
  p++;
  let z = (g - (ROOTS[p] as number) - (REMAINDERS[p >> 1] as number)) / (g + (ROOTS[p] as number));
  z += z;
  const v = z * z;
  let r = polynomial(LOG, v) * v * z;
  r += LOG2E_MINUS_1 * r;
  const u2 = r + z * LOG2E_MINUS_1 + z;
  const u1 = 0.0625 * (16 * exponent - p);
  // y log2 x in sixteenths and a rest.
  const y1 = sixteenth(y);
  let w = u2 * y + u1 * (y - y1);
  let w1 = sixteenth(w);
  let w2 = w - w1;
  w = w1 + u1 * y1;
  w1 = sixteenth(w);
  w2 += w - w1;
  w = sixteenth(w2);
  let steps = saturate(16 * (w1 + w));
  w2 -= w;
  while (w2 > 0) {
    steps++;
    w2 -= 0.0625;
  }
  if (steps > 2031) return HUGE;
  if (steps < -2047) return 0;
  const m = Math.trunc(steps / 16) + (steps >= 0 ? 1 : 0);
  const root = ROOTS[16 * m - steps] as number;
  return ldexp(root + root * (polynomial(EXP, w2) * w2), m);
}

/** pow. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (x === 0 && y > 0) return 0;
  if (x >= 0 || Number.isNaN(x)) return power(x, y);
  if (y !== saturate(y)) return Number.NaN;
  const result = power(-x, y);
  return y & 1 ? -result : result;
}

const POWERS = [1e1, 1e2, 1e4, 1e8, 1e16, 1e32, 1e64, 1e128, 1e256] as const;

/** strtod of a text of digits with at most one point and an optional exponent. */
export function parseDecimal(text: string): number {
  const m = /^([+-]?)([0-9]*)\.?([0-9]*)(?:[eE]([+-]?[0-9]+))?$/.exec(text) as RegExpExecArray;
  const whole = m[2] as string;
  // Digits beyond the 18th are dropped.
  const mantissa = (whole + m[3]).slice(0, 18);
  const low = Math.min(9, mantissa.length);
  const head = Number(mantissa.slice(0, mantissa.length - low) || '0');
  let value = 1e9 * head + Number(mantissa.slice(mantissa.length - low) || '0');
  const exponent = whole.length - mantissa.length + Number(m[4] ?? 0);
  let scale = 1;
  for (let bits = Math.min(511, Math.abs(exponent)), i = 0; bits !== 0; bits >>= 1, i++) {
    if (bits & 1) scale *= POWERS[i] as number;
  }
  if (exponent < 0) value /= scale;
  else value *= scale;
  return m[1] === '-' ? -value : value;
}
