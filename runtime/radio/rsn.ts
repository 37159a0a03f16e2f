/**
 * Keys of WPA2-PSK (IEEE 802.11-2016 chapter 12): from the passphrase to the pairwise keys, the MIC of EAPOL-Key frames and
 * the AES key wrap of their data. The only user of node-forge in this room. Under Node its PBKDF2 is OpenSSL's (about 3 ms a
 * password), in a browser its own (35 ms, the first up to 200 ms); the bits are the same.
 * Not here: encryption of data frames (CCMP). After the handshake data travels in the clear.
 */
import forge from 'node-forge/lib/forge.js';
import 'node-forge/lib/aes.js';
import 'node-forge/lib/hmac.js';
import 'node-forge/lib/pbkdf2.js';
import 'node-forge/lib/sha1.js';
import { concat, equalBytes, fromLatin1, put32, toLatin1, u8 } from '../core/index.ts';
import {
  EAPOL_MIC_LENGTH,
  EAPOL_MIC_OFFSET,
  type EapolKey,
  emitEapolKey,
  type MacAddress,
  macBytes,
} from '../wire/index.ts';

/** Annex J.4.1: rounds and length of the pairwise master key. */
const PSK_ITERATIONS = 4096;
const PMK_LENGTH = 32;

/** Passphrase and SSID -> key. A pure memo: shared by everybody, it changes no result, only the time it takes. */
const PMK_MEMO = new Map<string, Uint8Array>();

/** The pairwise transient key of CCMP, cut into its three parts of 16 bytes (12.7.1.3). */
export interface Ptk {
  /** Confirms messages: key of the MIC. */
  readonly kck: Uint8Array;
  /** Encrypts the data of messages. */
  readonly kek: Uint8Array;
  readonly tk: Uint8Array;
}

/** The pairwise master key of a network; 64 hexadecimal digits are the key itself. Both texts are byte strings. */
export function derivePmk(passphrase: string, ssid: string): Uint8Array {
  if (/^[0-9a-f]{64}$/i.test(passphrase)) {
    return Uint8Array.from(passphrase.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  }
  const name = `${passphrase.length}:${passphrase}${ssid}`;
  const known = PMK_MEMO.get(name);
  if (known !== undefined) return known;
  const pmk = fromLatin1(forge.pkcs5.pbkdf2(passphrase, ssid, PSK_ITERATIONS, PMK_LENGTH));
  PMK_MEMO.set(name, pmk);
  return pmk;
}

export function hmacSha1(key: Uint8Array, message: Uint8Array): Uint8Array {
  const hmac = forge.hmac.create();
  hmac.start('sha1', toLatin1(key));
  hmac.update(toLatin1(message));
  return fromLatin1(hmac.digest().getBytes());
}

/** The pseudo-random function of 12.7.1.2: HMAC-SHA1 over label, 0, data and a counter, until there are enough bytes. */
export function prf(key: Uint8Array, label: string, data: Uint8Array, lengthBytes: number): Uint8Array {
  const head = concat(fromLatin1(label), Uint8Array.of(0), data);
  const blocks: Uint8Array[] = [];
  for (let i = 0; i * 20 < lengthBytes; i++) blocks.push(hmacSha1(key, concat(head, Uint8Array.of(i))));
  return concat(...blocks).subarray(0, lengthBytes);
}

/** 12.7.1.3: both ends get the same key because addresses and nonces are put in order of size. */
export function derivePtk(
  pmk: Uint8Array,
  [macA, nonceA]: readonly [MacAddress, Uint8Array],
  [macB, nonceB]: readonly [MacAddress, Uint8Array],
): Ptk {
  const macs = macA < macB ? [macBytes(macA), macBytes(macB)] : [macBytes(macB), macBytes(macA)];
  const nonces = isLess(nonceA, nonceB) ? [nonceA, nonceB] : [nonceB, nonceA];
  const bytes = prf(pmk, 'Pairwise key expansion', concat(...macs, ...nonces), 48);
  return { kck: bytes.subarray(0, 16), kek: bytes.subarray(16, 32), tk: bytes.subarray(32, 48) };
}

function isLess(a: Uint8Array, b: Uint8Array): boolean {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at >= 0 && u8(a, at) < u8(b, at);
}

/** The frame with its MIC filled in; whatever `key.mic` held is ignored. */
export function signEapolKey(kck: Uint8Array, key: EapolKey): Uint8Array {
  const bytes = emitEapolKey({ ...key, mic: new Uint8Array(EAPOL_MIC_LENGTH) });
  bytes.set(hmacSha1(kck, bytes).subarray(0, EAPOL_MIC_LENGTH), EAPOL_MIC_OFFSET);
  return bytes;
}

/** Whether the sender of this EAPOL-Key frame (as parsed) has the same key. */
export function hasValidMic(kck: Uint8Array, key: EapolKey): boolean {
  const signed = signEapolKey(kck, key).subarray(EAPOL_MIC_OFFSET, EAPOL_MIC_OFFSET + EAPOL_MIC_LENGTH);
  return equalBytes(signed, key.mic);
}

/** RFC 3394 section 2.2.3.1. */
const WRAP_IV = new Uint8Array(8).fill(0xa6);
const WRAP_ROUNDS = 6;

/** AES key wrap (RFC 3394) of key data; pads to at least 16 bytes and a multiple of 8 as 12.7.2 (j) says. */
export function wrapKeyData(kek: Uint8Array, data: Uint8Array): Uint8Array {
  const length = Math.max(16, Math.ceil(data.length / 8) * 8);
  const plain = new Uint8Array(length);
  plain.set(data);
  if (length > data.length) plain[data.length] = 0xdd;
  return wrapKey(kek, plain);
}

/** AES key wrap (RFC 3394): `plain` is a multiple of 8 bytes. */
export function wrapKey(kek: Uint8Array, plain: Uint8Array): Uint8Array {
  const out = concat(WRAP_IV, plain);
  const n = plain.length / 8;
  for (let step = 1; step <= WRAP_ROUNDS * n; step++) {
    const at = 8 * (((step - 1) % n) + 1);
    const block = aes(kek, concat(out.subarray(0, 8), out.subarray(at, at + 8)), 'encrypt');
    xorCounter(block, step);
    out.set(block.subarray(0, 8), 0);
    out.set(block.subarray(8), at);
  }
  return out;
}

/** The plain bytes, padding included; undefined when the key is not the sender's. */
export function unwrapKey(kek: Uint8Array, wrapped: Uint8Array): Uint8Array | undefined {
  const n = wrapped.length / 8 - 1;
  if (n < 1 || !Number.isInteger(n)) return undefined;
  const out = wrapped.slice();
  for (let step = WRAP_ROUNDS * n; step >= 1; step--) {
    const at = 8 * (((step - 1) % n) + 1);
    const head = out.slice(0, 8);
    xorCounter(head, step);
    const block = aes(kek, concat(head, out.subarray(at, at + 8)), 'decrypt');
    out.set(block.subarray(0, 8), 0);
    out.set(block.subarray(8), at);
  }
  return equalBytes(out.subarray(0, 8), WRAP_IV) ? out.subarray(8) : undefined;
}

function xorCounter(block: Uint8Array, step: number): void {
  const counter = new Uint8Array(4);
  put32(counter, 0, step);
  for (let i = 0; i < 4; i++) block[4 + i] = u8(block, 4 + i) ^ u8(counter, i);
}

/** One block of 16 bytes. */
function aes(key: Uint8Array, block: Uint8Array, way: 'encrypt' | 'decrypt'): Uint8Array {
  const create = way === 'encrypt' ? forge.cipher.createCipher : forge.cipher.createDecipher;
  const cipher = create('AES-ECB', toLatin1(key));
  cipher.start({});
  cipher.update(forge.util.createBuffer(toLatin1(block)));
  cipher.finish(() => true);
  return fromLatin1(cipher.output.getBytes());
}
