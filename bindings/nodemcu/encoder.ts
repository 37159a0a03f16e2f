/** `encoder`: hexadecimal and base64. Firmware: app/modules/encoder.c */
import { fromBase64, fromLatin1, hex, toBase64 } from '../../runtime/core/index.ts';
import { arg } from './arg.ts';
import { defineModule, fn } from './lua.ts';

export function fromHex(text: string): Uint8Array | undefined {
  if (!/^([0-9a-f]{2})*$/i.test(text)) return undefined;
  return fromLatin1(text.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16))));
}

export const encoder = defineModule({ name: 'encoder' }, () => ({
  functions: {
    fromBase64: fn([arg.text], (text, call) => fromBase64(text) ?? call.error('Invalid base64 string')),
    toBase64: fn([arg.bytes], (bytes) => toBase64(bytes)),
    fromHex: fn([arg.text], (text, call) => fromHex(text) ?? call.error('Invalid hex string')),
    toHex: fn([arg.bytes], (bytes) => hex(bytes)),
  },
}));
