/** Authenticated encryption for records: GCM and CCM (RFC 5288, RFC 6655) over AES or Camellia. AES by @noble/ciphers. */
import { cbc, ctr, gcm } from '@noble/ciphers/aes.js';
import { concat, equalBytes, put16 } from '../core/index.ts';

/** Nonces have 12 bytes. */
export interface Aead {
  readonly tagBytes: number;
  /** Ciphertext, then the tag. */
  seal(nonce: Uint8Array, additional: Uint8Array, plain: Uint8Array): Uint8Array;
  /** Undefined when the tag does not fit. */
  open(nonce: Uint8Array, additional: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
}

const BLOCK = 16;

export const aesGcm = (key: Uint8Array): Aead => ({
  tagBytes: 16,
  seal: (nonce, additional, plain) => gcm(key, nonce, additional).encrypt(plain),
  open: (nonce, additional, sealed) => {
    try {
      return gcm(key, nonce, additional).decrypt(sealed);
    } catch {
      return undefined;
    }
  },
});

/** NIST SP 800-38C with a length field of three bytes. */
export function aesCcm(key: Uint8Array, tagBytes: 8 | 16): Aead {
  const counter = (nonce: Uint8Array, from: number): Uint8Array =>
    concat(Uint8Array.of(2), nonce, Uint8Array.of(0, 0, from));
  const tag = (nonce: Uint8Array, additional: Uint8Array, plain: Uint8Array): Uint8Array => {
    const flags = 0x40 | (((tagBytes - 2) / 2) << 3) | 2;
    const length = Uint8Array.of(plain.length >> 16, plain.length >> 8, plain.length);
    const prefix = new Uint8Array(2);
    put16(prefix, 0, additional.length);
    const input = concat(Uint8Array.of(flags), nonce, length, padded(concat(prefix, additional)), padded(plain));
    const chained = cbc(key, new Uint8Array(BLOCK), { disablePadding: true }).encrypt(input);
    return ctr(key, counter(nonce, 0)).encrypt(chained.slice(-BLOCK)).subarray(0, tagBytes);
  };
  return {
    tagBytes,
    seal: (nonce, additional, plain) =>
      concat(ctr(key, counter(nonce, 1)).encrypt(plain), tag(nonce, additional, plain)),
    open: (nonce, additional, sealed) => {
      const end = sealed.length - tagBytes;
      const plain = ctr(key, counter(nonce, 1)).decrypt(sealed.slice(0, end));
      return equalBytes(tag(nonce, additional, plain), sealed.subarray(end)) ? plain : undefined;
    },
  };
}

/** Filled with zeros to whole blocks. */
export function padded(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK);
  out.set(bytes);
  return out;
}
