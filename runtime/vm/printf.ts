/** C's printf conversions, digit for digit: exact binary values, ties to even. */

export interface Spec {
  /** `-`, `+`, space, `#`, `0`. */
  readonly flags: string;
  readonly width: number;
  /** -1 when absent. */
  readonly precision: number;
}

/** The first `digits + 1` significant digits of |x| and its exponent, rounded half to even on the exact value. */
function scientific(x: number, digits: number): { digits: string; exponent: number } {
  const split = (text: string) => {
    const e = text.indexOf('e');
    return { digits: text.slice(0, e).replace('.', ''), exponent: Number(text.slice(e + 1)) };
  };
  const places = Math.min(digits, 100);
  const rounded = split(x.toExponential(places));
  if (digits >= 100) return { digits: rounded.digits.padEnd(digits + 1, '0'), exponent: rounded.exponent };
  // JavaScript rounds ties up; an exact tie is a 5 followed by nothing.
  const longer = split(x.toExponential(Math.min(100, places + 30)));
  const tail = longer.digits.slice(places + 1);
  if (/^50*$/.test(tail)) {
    const head = longer.digits.slice(0, places + 1);
    if (Number(head.charAt(head.length - 1)) % 2 === 0) return { digits: head, exponent: longer.exponent };
  }
  return rounded;
}

/** |x| with `places` digits after the point. */
export function fixed(x: number, places: number): string {
  if (x >= 1e21) {
    const whole = BigInt(x).toString();
    return places > 0 ? `${whole}.${'0'.repeat(places)}` : whole;
  }
  const shown = Math.min(places, 100);
  let text = x.toFixed(shown);
  if (shown < 70) {
    const longer = x.toFixed(shown + 30);
    const cut = longer.length - 30;
    if (/^50*$/.test(longer.slice(cut))) {
      let head = longer.slice(0, cut);
      if (head.endsWith('.')) head = head.slice(0, -1);
      if (Number(head.charAt(head.length - 1)) % 2 === 0) text = head;
    }
  }
  return places > shown ? text + '0'.repeat(places - shown) : text;
}

function exponential(x: number, places: number, alternate: boolean): string {
  const { digits, exponent } = x === 0 ? { digits: '0'.repeat(places + 1), exponent: 0 } : scientific(x, places);
  const point = places > 0 || alternate ? '.' : '';
  const e = Math.abs(exponent);
  return `${digits.charAt(0)}${point}${digits.slice(1)}e${exponent < 0 ? '-' : '+'}${e < 10 ? '0' : ''}${e}`;
}

function general(x: number, precision: number, alternate: boolean): string {
  const p = precision === 0 ? 1 : precision;
  if (x === 0) return alternate && p > 1 ? `0.${'0'.repeat(p - 1)}` : '0';
  const { digits, exponent } = scientific(x, p - 1);
  const trim = (text: string) => (alternate ? text : text.replace(/\.?0+$/, ''));
  if (exponent < -4 || exponent >= p) {
    const e = Math.abs(exponent);
    const mantissa = p > 1 ? `${digits.charAt(0)}.${digits.slice(1)}` : digits;
    return `${p > 1 ? trim(mantissa) : mantissa}e${exponent < 0 ? '-' : '+'}${e < 10 ? '0' : ''}${e}`;
  }
  if (exponent < 0) return trim(`0.${'0'.repeat(-exponent - 1)}${digits}`);
  if (exponent + 1 >= digits.length) return digits;
  return trim(`${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`);
}

/** `%a` of a double. */
function hexFloat(x: number, precision: number): string {
  if (x === 0) return precision > 0 ? `0x0.${'0'.repeat(precision)}p+0` : '0x0p+0';
  let exponent = Math.floor(Math.log2(x));
  let mantissa = x / 2 ** exponent;
  if (mantissa >= 2) {
    mantissa /= 2;
    exponent++;
  }
  if (mantissa < 1) {
    mantissa *= 2;
    exponent--;
  }
  let digits = '';
  let rest = mantissa - Math.floor(mantissa);
  let lead = Math.floor(mantissa);
  const limit = precision < 0 ? 13 : precision;
  for (let i = 0; i < limit; i++) {
    rest *= 16;
    digits += Math.floor(rest).toString(16);
    rest -= Math.floor(rest);
  }
  if (
    precision >= 0 &&
    (rest > 0.5 || (rest === 0.5 && Number.parseInt(digits.at(-1) ?? String(lead), 16) % 2 === 1))
  ) {
    const up = (BigInt(`0x${lead}${digits}`) + 1n).toString(16).padStart(digits.length + 1, '0');
    lead = Number.parseInt(up.slice(0, up.length - digits.length), 16);
    digits = up.slice(up.length - digits.length);
  }
  if (precision < 0) digits = digits.replace(/0+$/, '');
  return `0x${lead}${digits === '' ? '' : `.${digits}`}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}

function pad(sign: string, body: string, spec: Spec, zeros: boolean): string {
  const missing = spec.width - sign.length - body.length;
  if (missing <= 0) return sign + body;
  if (spec.flags.includes('-')) return sign + body + ' '.repeat(missing);
  return zeros ? sign + '0'.repeat(missing) + body : ' '.repeat(missing) + sign + body;
}

const signOf = (negative: boolean, flags: string): string =>
  negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';

/** `%e %f %g %a` and their capitals. */
export function formatFloat(x: number, conversion: string, spec: Spec): string {
  const lower = conversion.toLowerCase();
  const upper = lower !== conversion;
  const negative = x < 0 || Object.is(x, -0);
  const sign = signOf(negative, spec.flags);
  if (!Number.isFinite(x)) {
    const text = Number.isNaN(x) ? 'nan' : 'inf';
    return pad(Number.isNaN(x) ? signOf(false, spec.flags) : sign, upper ? text.toUpperCase() : text, spec, false);
  }
  const magnitude = Math.abs(x);
  const alternate = spec.flags.includes('#');
  const precision = spec.precision < 0 ? 6 : spec.precision;
  let body: string;
  if (lower === 'f') body = fixed(magnitude, precision) + (alternate && precision === 0 ? '.' : '');
  else if (lower === 'e') body = exponential(magnitude, precision, alternate);
  else if (lower === 'g') body = general(magnitude, precision, alternate);
  else body = hexFloat(magnitude, spec.precision);
  return pad(sign, upper ? body.toUpperCase() : body, spec, spec.flags.includes('0'));
}

/** `%d`, and `%u %o %x %X` of a value that is already unsigned. */
export function formatInt(x: number, conversion: string, spec: Spec): string {
  const negative = x < 0;
  const magnitude = Math.abs(x);
  const alternate = spec.flags.includes('#');
  let body: string;
  let sign = '';
  if (conversion === 'd' || conversion === 'i') {
    body = magnitude.toString(10);
    sign = signOf(negative, spec.flags);
  } else if (conversion === 'u') body = magnitude.toString(10);
  else if (conversion === 'o') {
    body = magnitude.toString(8);
    if (alternate && !body.startsWith('0')) body = `0${body}`;
  } else {
    body = magnitude.toString(16);
    if (alternate && x !== 0) sign = '0x';
    if (conversion === 'X') {
      body = body.toUpperCase();
      sign = sign.toUpperCase();
    }
  }
  if (spec.precision === 0 && x === 0) body = conversion === 'o' && alternate ? '0' : '';
  if (spec.precision > body.length) body = body.padStart(spec.precision, '0');
  return pad(sign, body, spec, spec.flags.includes('0') && spec.precision < 0);
}

/** `%s` and `%c`. */
export function formatText(text: string, spec: Spec): string {
  return pad('', spec.precision >= 0 ? text.slice(0, spec.precision) : text, spec, false);
}

/** `%.<digits>g` without flags. */
export function formatG(x: number, digits: number): string {
  if (Number.isNaN(x)) return 'nan';
  if (!Number.isFinite(x)) return x < 0 ? '-inf' : 'inf';
  if (x === 0) return Object.is(x, -0) ? '-0' : '0';
  const text = general(Math.abs(x), digits, false);
  return x < 0 ? `-${text}` : text;
}
