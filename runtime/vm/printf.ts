/**
 * printf's conversions as the firmware prints them. Its C library (weiss/c99-snprintf) scales by powers of ten in
 * doubles and rounds halves up, so digits differ from exact printing; -0 has no sign; at most 19 digits follow the
 * point; `%c` knows no width.
 */

export interface Spec {
  /** `-`, `+`, space, `#`, `0`. */
  readonly flags: string;
  readonly width: number;
  /** -1 when absent. */
  readonly precision: number;
}

/** Digits that fit the library's 64-bit integer. */
const MAX_PLACES = 19;
const UINT64 = 2 ** 64;

/** 10^n by repeated multiplication or division, with the errors of that. */
function powerOfTen(n: number): number {
  let result = 1;
  for (let i = n; i > 0; i--) result *= 10;
  for (let i = n; i < 0; i++) result /= 10;
  return result;
}

/** Decimal exponent by repeated scaling. */
function decimalExponent(magnitude: number): number {
  let x = magnitude;
  let exponent = 0;
  // -307 and 308: the exponents of a double's range (float.h).
  while (x < 1 && x > 0 && --exponent >= -307) x *= 10;
  while (x >= 10 && ++exponent <= 308) x /= 10;
  return exponent;
}

/** Round half up; whole doubles are exact. */
function round(x: number): number {
  const whole = Math.floor(x);
  return x - whole < 0.5 ? whole : whole + 1;
}

const digitsOf = (whole: number): string => (whole < 2 ** 53 ? String(whole) : BigInt(whole).toString());

/** Whole and fractional part of a number with `places` digits; undefined when the whole part is too large. */
function split(x: number, places: number): { whole: number; fraction: number } | undefined {
  const whole = Math.floor(x);
  if (whole >= UINT64) return undefined;
  const mask = powerOfTen(places);
  const fraction = round(mask * (x - whole));
  return fraction >= mask ? { whole: whole + 1, fraction: 0 } : { whole, fraction };
}

/** The digits of |x|: `style` as in printf, in lower case. Empty when the library gives up. */
function digits(x: number, style: 'e' | 'f' | 'g', precision: number, alternate: boolean): string {
  let places = style === 'g' ? (precision === 0 ? 1 : precision) - 1 : precision;
  let exponent = style === 'f' ? 0 : decimalExponent(x);
  let scientific = style !== 'f';
  for (;;) {
    places = Math.min(places, MAX_PLACES);
    const parts = split(scientific ? x / powerOfTen(exponent) : x, places);
    if (parts === undefined) return '';
    let { whole } = parts;
    if (scientific && whole === 10 && parts.fraction === 0) {
      whole = 1;
      exponent++;
    }
    if (style === 'g' && scientific && places + 1 > exponent && exponent >= -4) {
      places -= exponent;
      scientific = false;
      continue;
    }
    let fraction = parts.fraction === 0 ? '' : digitsOf(parts.fraction);
    fraction = fraction.padStart(places, '0');
    if (style === 'g' && !alternate) fraction = fraction.replace(/0+$/, '');
    let text = digitsOf(whole) + (fraction !== '' || alternate ? '.' : '') + fraction;
    if (scientific) {
      const e = Math.abs(exponent);
      text += `e${exponent < 0 ? '-' : '+'}${e < 10 ? '0' : ''}${e}`;
    }
    return text;
  }
}

function pad(sign: string, body: string, spec: Spec, zeros: boolean): string {
  const missing = spec.width - sign.length - body.length;
  if (missing <= 0) return sign + body;
  if (spec.flags.includes('-')) return sign + body + ' '.repeat(missing);
  return zeros ? sign + '0'.repeat(missing) + body : ' '.repeat(missing) + sign + body;
}

const signOf = (negative: boolean, flags: string): string =>
  negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';

/** `%e %f %g` and their capitals. */
export function formatFloat(x: number, conversion: string, spec: Spec): string {
  const style = conversion.toLowerCase() as 'e' | 'f' | 'g';
  const upper = style !== conversion;
  const sign = signOf(x < 0, spec.flags);
  if (!Number.isFinite(x)) {
    // The width is kept, the precision of a text as well.
    const text = sign + (Number.isNaN(x) ? 'nan' : 'inf');
    return formatText(upper ? text.toUpperCase() : text, { ...spec, precision: -1 });
  }
  const body = digits(Math.abs(x), style, spec.precision < 0 ? 6 : spec.precision, spec.flags.includes('#'));
  if (body === '') return '';
  return pad(sign, upper ? body.toUpperCase() : body, spec, spec.flags.includes('0'));
}

/** `%d`, and `%u %o %x %X` of a value that is already unsigned. */
export function formatInt(x: number | bigint, conversion: string, spec: Spec): string {
  const magnitude = x < 0 ? -x : x;
  const alternate = spec.flags.includes('#') && x !== 0;
  let body: string;
  let sign = '';
  let { precision } = spec;
  if (conversion === 'd' || conversion === 'i') {
    body = magnitude.toString(10);
    sign = signOf(x < 0, spec.flags);
  } else if (conversion === 'u') body = magnitude.toString(10);
  else if (conversion === 'o') {
    body = magnitude.toString(8);
    if (alternate && precision <= body.length) precision = body.length + 1;
  } else {
    body = magnitude.toString(16);
    if (alternate) sign = '0x';
    if (conversion === 'X') {
      body = body.toUpperCase();
      sign = sign.toUpperCase();
    }
  }
  if (precision > body.length) body = body.padStart(precision, '0');
  return pad(sign, body, spec, spec.flags.includes('0') && spec.precision < 0);
}

/** `%s`. */
export function formatText(text: string, spec: Spec): string {
  return pad('', spec.precision >= 0 ? text.slice(0, spec.precision) : text, spec, false);
}

/** `%.<precision>g`. */
export function formatG(x: number, precision: number): string {
  if (Number.isNaN(x)) return 'nan';
  if (!Number.isFinite(x)) return x < 0 ? '-inf' : 'inf';
  const text = digits(Math.abs(x), 'g', precision, false);
  return x < 0 ? `-${text}` : text;
}
