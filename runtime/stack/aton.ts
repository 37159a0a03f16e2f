/** Numbers-and-dots addresses as C programs read them (ip_addr.c ipaddr_aton, the classic inet_aton). */
import type { Ipv4Address } from '../wire/index.ts';

/** Behind the number only the end (or a NUL, which ends a C string) or white space, and then anything, may follow. */
const ENDS = new Set(['', '\0', ' ', '\f', '\n', '\r', '\t', '\v']);
/** Greatest value of the last part, by the number of parts before it; those are bytes. */
const LAST_MAX = [0xffffffff, 0xffffff, 0xffff, 0xff] as const;

/**
 * One to four parts, the last filling what remains: `10.1` is 10.0.0.1, `3232235826` is 192.168.1.50. Parts are
 * decimal, `0x` hexadecimal or `0` octal. Undefined for anything else; 255.255.255.255 is an address like any other.
 */
export function ipaddrAton(text: string): Ipv4Address | undefined {
  const parts: number[] = [];
  let at = 0;
  for (;;) {
    const part = readPart(text, at);
    if (part === undefined) return undefined;
    at = part.end;
    parts.push(part.value);
    if (text[at] !== '.') break;
    if (parts.length === LAST_MAX.length) return undefined;
    at++;
  }
  const last = parts.pop() as number;
  if (!ENDS.has(text[at] ?? '') || last > (LAST_MAX[parts.length] as number)) return undefined;
  if (parts.some((part) => part > 0xff)) return undefined;
  return (parts.reduce((sum, part, i) => sum + part * 2 ** (24 - 8 * i), last) >>> 0) as Ipv4Address;
}

function readPart(text: string, start: number): { value: number; end: number } | undefined {
  if (!isDigit(text[start])) return undefined;
  let end = start;
  let base = 10;
  if (text[end] === '0') {
    end++;
    base = 8;
    if (text[end] === 'x' || text[end] === 'X') {
      end++;
      base = 16;
    }
  }
  let value = 0;
  // lwIP: an octal number may contain 8 and 9, which count as what they are.
  for (; isDigit(text[end]) || (base === 16 && /^[a-f]$/i.test(text[end] ?? '')); end++) {
    value = value * base + Number.parseInt(text[end] as string, 16);
    if (value > 0xffffffff) return undefined;
  }
  return { value, end };
}

const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9';
