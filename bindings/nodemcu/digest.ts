/** Message digests and HMAC (RFC 2104) by the firmware's names, over node-forge's digests. Firmware: app/crypto/digests.c */
import md5 from 'node-forge/lib/md5.js';
import sha1 from 'node-forge/lib/sha1.js';
import sha256 from 'node-forge/lib/sha256.js';
import sha512 from 'node-forge/lib/sha512.js';
import { concat, fromLatin1, toLatin1 } from '../../runtime/core/index.ts';

/** node-forge's interface; strings hold one byte per character. */
export interface MessageDigest {
  update(bytes: string): MessageDigest;
  digest(): { getBytes(): string };
}

interface Mechanism {
  readonly make: () => MessageDigest;
  readonly blockBytes: number;
}

const MECHANISMS: Readonly<Record<string, Mechanism>> = {
  MD5: { make: () => md5.create(), blockBytes: 64 },
  SHA1: { make: () => sha1.create(), blockBytes: 64 },
  SHA256: { make: () => sha256.create(), blockBytes: 64 },
  SHA384: { make: () => sha512.sha384.create(), blockBytes: 128 },
  SHA512: { make: () => sha512.create(), blockBytes: 128 },
};

/** A running digest, keyed or not. */
export class Digest {
  readonly #mechanism: Mechanism;
  readonly #inner: MessageDigest;
  readonly #key: Uint8Array | undefined;

  private constructor(mechanism: Mechanism, key: Uint8Array | undefined) {
    this.#mechanism = mechanism;
    this.#inner = mechanism.make();
    this.#key = key;
    if (key !== undefined) this.update(xor(key, 0x36));
  }

  /** Undefined for an unknown algorithm; upper and lower case are the same. With a key it is an HMAC. */
  static create(algorithm: string, key?: Uint8Array): Digest | undefined {
    const mechanism = MECHANISMS[algorithm.toUpperCase()];
    if (mechanism === undefined) return undefined;
    return new Digest(mechanism, key === undefined ? undefined : blockKey(mechanism, key));
  }

  update(bytes: Uint8Array): this {
    this.#inner.update(toLatin1(bytes));
    return this;
  }

  /** The digest of what was fed so far. */
  finalize(): Uint8Array {
    const inner = this.#inner.digest().getBytes();
    if (this.#key === undefined) return fromLatin1(inner);
    const outer = this.#mechanism.make().update(toLatin1(xor(this.#key, 0x5c)));
    return fromLatin1(outer.update(inner).digest().getBytes());
  }
}

/** A key of exactly one block: longer ones are hashed first, shorter ones filled with zeros. */
function blockKey(mechanism: Mechanism, key: Uint8Array): Uint8Array {
  const short =
    key.length > mechanism.blockBytes ? fromLatin1(mechanism.make().update(toLatin1(key)).digest().getBytes()) : key;
  return concat(short, new Uint8Array(mechanism.blockBytes - short.length));
}

const xor = (bytes: Uint8Array, value: number): Uint8Array => bytes.map((byte) => byte ^ value);
