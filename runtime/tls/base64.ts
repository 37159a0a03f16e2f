/** Reads base64 (RFC 4648 section 4). */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** White space is skipped; undefined for anything else that does not belong. */
export function fromBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(digits) || digits.length % 4 !== 0) return undefined;
  const out: number[] = [];
  let bits = 0;
  let value = 0;
  for (const digit of digits.replace(/=+$/, '')) {
    value = ((value << 6) | DIGITS.indexOf(digit)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out.push((value >> bits) & 0xff);
  }
  return Uint8Array.from(out);
}
