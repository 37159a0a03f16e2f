/** AES in the two modes of the firmware, with zeros as padding. Firmware: app/crypto/mech.c */
import cipher from 'node-forge/lib/cipher.js';
import 'node-forge/lib/aes.js';
import util from 'node-forge/lib/util.js';
import { concat, fromLatin1, toLatin1 } from '../../runtime/core/index.ts';

/** node-forge's interfaces. */
export interface ByteBuffer {
  getBytes(): string;
}
export interface BlockCipher {
  readonly output: ByteBuffer;
  start(options: { iv?: string }): void;
  update(input: ByteBuffer): void;
  /** `pad` replaces PKCS#7 padding when it returns true. */
  finish(pad: () => boolean): boolean;
}

const BLOCK = 16;
const KEY_LENGTHS: readonly number[] = [16, 24, 32];

export type AesMode = 'AES-ECB' | 'AES-CBC';

export const aesMode = (name: string): AesMode | undefined => {
  const upper = name.toUpperCase();
  return upper === 'AES-ECB' || upper === 'AES-CBC' ? upper : undefined;
};

/** Whole blocks out; the last one is filled with zeros first. Undefined when the key has a wrong length. */
export function aes(
  mode: AesMode,
  encrypt: boolean,
  key: Uint8Array,
  data: Uint8Array,
  iv: Uint8Array,
): Uint8Array | undefined {
  if (!KEY_LENGTHS.includes(key.length)) return undefined;
  const filled = concat(data, new Uint8Array(-data.length & (BLOCK - 1)));
  const start = concat(iv.subarray(0, BLOCK), new Uint8Array(Math.max(0, BLOCK - iv.length)));
  const machine = encrypt ? cipher.createCipher(mode, toLatin1(key)) : cipher.createDecipher(mode, toLatin1(key));
  machine.start(mode === 'AES-CBC' ? { iv: toLatin1(start) } : {});
  machine.update(util.createBuffer(toLatin1(filled)));
  machine.finish(() => true);
  return fromLatin1(machine.output.getBytes());
}
