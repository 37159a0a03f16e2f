/** Keys of one direction at work: seals and opens the payloads of records (RFC 5246 section 6.2.3, RFC 7366). */
import { concat, equalBytes, put16, put32, type Rng, u8 } from '../core/index.ts';
import { TLS_1_2 } from '../wire/index.ts';
import { type Aead, aesCcm, aesGcm } from './aead.ts';
import { camelliaCbc, camelliaGcm } from './camellia-modes.ts';
import { aesCbc, type Cbc } from './cbc.ts';
import { hashBytes, hmac } from './hash.ts';
import type { Suite } from './suites.ts';

const BLOCK = 16;
/** Of GCM and CCM: the part of a nonce that stands in each record. */
const EXPLICIT_NONCE = 8;

/** The share of one direction in the key block. */
export interface DirectionKeys {
  readonly mac: Uint8Array;
  readonly key: Uint8Array;
  /** The fixed part of nonces; empty in CBC mode. */
  readonly iv: Uint8Array;
}

export const macBytesOf = (suite: Suite): number => (suite.mode === 'CBC' ? hashBytes(suite.mac) : 0);
export const ivBytesOf = (suite: Suite): number => (suite.mode === 'CBC' ? 0 : 4);

export class Protection {
  readonly #suite: Suite;
  readonly #keys: DirectionKeys;
  readonly #encryptThenMac: boolean;
  readonly #rng: Rng;
  readonly #aead: Aead | undefined;
  readonly #cbc: Cbc | undefined;
  #sequence = 0;

  /** `rng` gives the IVs of CBC mode. */
  constructor(suite: Suite, keys: DirectionKeys, encryptThenMac: boolean, rng: Rng) {
    this.#suite = suite;
    this.#keys = keys;
    this.#encryptThenMac = encryptThenMac;
    this.#rng = rng;
    this.#aead = aeadOf(suite, keys.key);
    this.#cbc = this.#aead === undefined ? cbcOf(suite, keys.key) : undefined;
  }

  /** No sealed payload is shorter. */
  get minimum(): number {
    if (this.#aead !== undefined) return EXPLICIT_NONCE + this.#aead.tagBytes;
    const mac = hashBytes(this.#suite.mac);
    return BLOCK + (this.#encryptThenMac ? mac + BLOCK : mac + BLOCK - (mac % BLOCK));
  }

  seal(type: number, plain: Uint8Array): Uint8Array {
    const sequence = this.#next();
    if (this.#aead !== undefined) {
      const nonce = concat(this.#keys.iv, sequence);
      return concat(sequence, this.#aead.seal(nonce, header(sequence, type, plain.length), plain));
    }
    const iv = this.#rng.bytes(BLOCK);
    if (this.#encryptThenMac) {
      const body = concat(iv, this.#encrypt(iv, plain));
      return concat(body, this.#mac(sequence, type, body));
    }
    return concat(iv, this.#encrypt(iv, concat(plain, this.#mac(sequence, type, plain))));
  }

  /** Undefined for what was not sealed with these keys as the next record. */
  open(type: number, sealed: Uint8Array): Uint8Array | undefined {
    if (sealed.length < this.minimum) return undefined;
    const sequence = this.#next();
    if (this.#aead !== undefined) {
      const nonce = concat(this.#keys.iv, sealed.subarray(0, EXPLICIT_NONCE));
      const body = sealed.subarray(EXPLICIT_NONCE);
      return this.#aead.open(nonce, header(sequence, type, body.length - this.#aead.tagBytes), body);
    }
    const macLength = hashBytes(this.#suite.mac);
    if (this.#encryptThenMac) {
      const body = sealed.subarray(0, sealed.length - macLength);
      if (!equalBytes(this.#mac(sequence, type, body), sealed.subarray(body.length))) return undefined;
      return this.#decrypt(body);
    }
    const plain = this.#decrypt(sealed);
    if (plain === undefined || plain.length < macLength) return undefined;
    const content = plain.subarray(0, plain.length - macLength);
    return equalBytes(this.#mac(sequence, type, content), plain.subarray(content.length)) ? content : undefined;
  }

  #next(): Uint8Array {
    const bytes = new Uint8Array(8);
    put32(bytes, 4, this.#sequence++);
    return bytes;
  }

  #mac(sequence: Uint8Array, type: number, content: Uint8Array): Uint8Array {
    return hmac(this.#suite.mac, this.#keys.mac, concat(header(sequence, type, content.length), content));
  }

  /** With one to sixteen bytes of padding. */
  #encrypt(iv: Uint8Array, plain: Uint8Array): Uint8Array {
    const padding = BLOCK - (plain.length % BLOCK);
    return this.#cbc?.encrypt(iv, concat(plain, new Uint8Array(padding).fill(padding - 1))) ?? plain;
  }

  #decrypt(body: Uint8Array): Uint8Array | undefined {
    if (body.length % BLOCK !== 0 || body.length < 2 * BLOCK) return undefined;
    const plain = this.#cbc?.decrypt(body.slice(0, BLOCK), body.slice(BLOCK));
    if (plain === undefined) return undefined;
    const padding = u8(plain, plain.length - 1);
    const end = plain.length - padding - 1;
    return end >= 0 && plain.subarray(end).every((byte) => byte === padding) ? plain.subarray(0, end) : undefined;
  }
}

/** What is authenticated besides the content: RFC 5246 section 6.2.3.3. */
function header(sequence: Uint8Array, type: number, length: number): Uint8Array {
  const rest = new Uint8Array(5);
  rest[0] = type;
  put16(rest, 1, TLS_1_2);
  put16(rest, 3, length);
  return concat(sequence, rest);
}

function aeadOf({ cipher, mode }: Suite, key: Uint8Array): Aead | undefined {
  if (mode === 'CBC') return undefined;
  if (cipher === 'CAMELLIA') return camelliaGcm(key);
  return mode === 'GCM' ? aesGcm(key) : aesCcm(key, mode === 'CCM' ? 16 : 8);
}

const cbcOf = ({ cipher }: Suite, key: Uint8Array): Cbc => (cipher === 'CAMELLIA' ? camelliaCbc(key) : aesCbc(key));
