/** `encoder`: hexadecimal and base64. Firmware: app/modules/encoder.c */
import { EMPTY, fromLatin1, hex, toBase64 } from '../../runtime/core/index.ts';
import type { LuaModule } from '../../runtime/device/index.ts';
import { arg } from './arg.ts';
import { defineModule, fn } from './lua.ts';

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Undefined for anything but whole groups of four digits with padding at the very end only. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text === '') return EMPTY;
  if (!/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{4})$/.test(text)) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const out = new Uint8Array((text.length / 4) * 3);
  for (let i = 0; i < text.length; i += 4) {
    const group = [0, 1, 2, 3].reduce((n, k) => (n << 6) | Math.max(0, BASE64.indexOf(text[i + k] ?? 'A')), 0);
    out.set([group >> 16, (group >> 8) & 255, group & 255], (i / 4) * 3);
  }
  return out.subarray(0, out.length - padding);
}

export function fromHex(text: string): Uint8Array | undefined {
  if (!/^([0-9a-f]{2})*$/i.test(text)) return undefined;
  return fromLatin1(text.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16))));
}

export const encoder = (): LuaModule =>
  defineModule({
    name: 'encoder',
    functions: {
      fromBase64: fn([arg.text], (text, call) => fromBase64(text) ?? call.error('Invalid base64 string')),
      toBase64: fn([arg.bytes], (bytes) => toBase64(bytes)),
      fromHex: fn([arg.text], (text, call) => fromHex(text) ?? call.error('Invalid hex string')),
      toHex: fn([arg.bytes], (bytes) => hex(bytes)),
    },
  });
