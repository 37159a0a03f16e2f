/** Camellia in the modes of TLS (RFC 5932, RFC 6367). GHASH by @noble/ciphers. */
import { ghash } from '@noble/ciphers/_polyval.js';
import { concat, equalBytes, put32, u8 } from '../core/index.ts';
import { type Aead, padded } from './aead.ts';
import { Camellia } from './camellia.ts';
import type { Cbc } from './cbc.ts';

const BLOCK = 16;
const TAG = 16;

export function camelliaCbc(key: Uint8Array): Cbc {
  const cipher = new Camellia(key);
  return {
    encrypt: (iv, blocks) => {
      const out = new Uint8Array(blocks.length);
      let last = iv;
      for (let at = 0; at < blocks.length; at += BLOCK) {
        last = cipher.encrypt(xor(blocks.subarray(at, at + BLOCK), last));
        out.set(last, at);
      }
      return out;
    },
    decrypt: (iv, blocks) => {
      const out = new Uint8Array(blocks.length);
      let last = iv;
      for (let at = 0; at < blocks.length; at += BLOCK) {
        const block = blocks.subarray(at, at + BLOCK);
        out.set(xor(cipher.decrypt(block), last), at);
        last = block;
      }
      return out;
    },
  };
}

/** NIST SP 800-38D. */
export function camelliaGcm(key: Uint8Array): Aead {
  const cipher = new Camellia(key);
  const hashKey = cipher.encrypt(new Uint8Array(BLOCK));
  const stream = (nonce: Uint8Array, bytes: Uint8Array): Uint8Array => {
    const out = new Uint8Array(bytes.length);
    for (let at = 0, count = 2; at < bytes.length; at += BLOCK, count++)
      out.set(xor(bytes.subarray(at, at + BLOCK), cipher.encrypt(counter(nonce, count))), at);
    return out;
  };
  const tag = (nonce: Uint8Array, additional: Uint8Array, sealed: Uint8Array): Uint8Array => {
    const lengths = new Uint8Array(BLOCK);
    put32(lengths, 4, 8 * additional.length);
    put32(lengths, 12, 8 * sealed.length);
    const sum = ghash(concat(padded(additional), padded(sealed), lengths), hashKey);
    return xor(sum, cipher.encrypt(counter(nonce, 1)));
  };
  return {
    tagBytes: TAG,
    seal: (nonce, additional, plain) => {
      const sealed = stream(nonce, plain);
      return concat(sealed, tag(nonce, additional, sealed));
    },
    open: (nonce, additional, sealed) => {
      const body = sealed.subarray(0, sealed.length - TAG);
      return equalBytes(tag(nonce, additional, body), sealed.subarray(body.length)) ? stream(nonce, body) : undefined;
    },
  };
}

function counter(nonce: Uint8Array, count: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  block.set(nonce);
  put32(block, 12, count);
  return block;
}

const xor = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, i) => byte ^ u8(b, i));
