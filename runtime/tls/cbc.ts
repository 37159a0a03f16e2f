/** Cipher block chaining without padding. */
import { cbc } from '@noble/ciphers/aes.js';

/** Whole blocks of 16 bytes in and out. */
export interface Cbc {
  encrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array;
  decrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array;
}

export const aesCbc = (key: Uint8Array): Cbc => ({
  encrypt: (iv, blocks) => cbc(key, iv, { disablePadding: true }).encrypt(blocks),
  decrypt: (iv, blocks) => cbc(key, iv, { disablePadding: true }).decrypt(blocks),
});
