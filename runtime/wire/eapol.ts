/**
 * EAPOL-Key frames (IEEE 802.11-2016 section 12.7.2): the four messages of the pairwise handshake. Only the format; keys and
 * MICs are made in runtime/radio/rsn.ts. Other EAPOL types (start, EAP packet) are a named error.
 */
import { err, ok, put16, put32, type Result, u8, u16, u32 } from '../core/index.ts';

/** 802.1X header and the key descriptor without key data. */
export const EAPOL_KEY_HLEN = 99;
/** Where the 16 bytes of the MIC stand, for computing it over the frame with zeros in its place. */
export const EAPOL_MIC_OFFSET = 81;
export const EAPOL_MIC_LENGTH = 16;
export const EAPOL_NONCE_LENGTH = 32;

const EAPOL_TYPE_KEY = 3;

/** Key descriptor types: RSN (802.11i) and WPA (2003). */
export const DESCRIPTOR_RSN = 2;
export const DESCRIPTOR_WPA = 254;

/** Key information bits (figure 12-33). The low three bits are the descriptor version: 2 is HMAC-SHA1 with AES key wrap. */
export const KEY_INFO = {
  PAIRWISE: 0x0008,
  INSTALL: 0x0040,
  ACK: 0x0080,
  MIC: 0x0100,
  SECURE: 0x0200,
  ERROR: 0x0400,
  REQUEST: 0x0800,
  ENCRYPTED: 0x1000,
} as const satisfies Record<string, number>;
export const KEY_VERSION_SHA1_AES = 2;

export interface EapolKey {
  /** 802.1X-2001 or -2004: 1 or 2. */
  readonly version: number;
  readonly descriptor: number;
  /** Bits of KEY_INFO and the descriptor version. */
  readonly info: number;
  readonly keyLength: number;
  /** 64 bits on the wire; exact up to 2^53. */
  readonly replayCounter: number;
  readonly nonce: Uint8Array;
  readonly iv: Uint8Array;
  /** Receive sequence counter, 8 bytes. */
  readonly rsc: Uint8Array;
  readonly mic: Uint8Array;
  readonly data: Uint8Array;
}

export type EapolError = 'truncated' | 'not-a-key' | 'bad-length';

/** Bytes behind the stated length (padding) are ignored. Byte fields alias `bytes`. */
export function parseEapolKey(bytes: Uint8Array): Result<EapolKey, EapolError> {
  if (bytes.length < 4) return err('truncated');
  if (u8(bytes, 1) !== EAPOL_TYPE_KEY) return err('not-a-key');
  const end = 4 + u16(bytes, 2);
  if (bytes.length < EAPOL_KEY_HLEN || bytes.length < end) return err('truncated');
  const descriptor = u8(bytes, 4);
  if (descriptor !== DESCRIPTOR_RSN && descriptor !== DESCRIPTOR_WPA) return err('not-a-key');
  const dataLength = u16(bytes, 97);
  if (EAPOL_KEY_HLEN + dataLength > end) return err('bad-length');
  return ok({
    version: u8(bytes, 0),
    descriptor,
    info: u16(bytes, 5),
    keyLength: u16(bytes, 7),
    replayCounter: u32(bytes, 9) * 2 ** 32 + u32(bytes, 13),
    nonce: bytes.subarray(17, 49),
    iv: bytes.subarray(49, 65),
    rsc: bytes.subarray(65, 73),
    mic: bytes.subarray(EAPOL_MIC_OFFSET, EAPOL_MIC_OFFSET + EAPOL_MIC_LENGTH),
    data: bytes.subarray(EAPOL_KEY_HLEN, EAPOL_KEY_HLEN + dataLength),
  });
}

export const eapolKeyLength = (key: EapolKey): number => EAPOL_KEY_HLEN + key.data.length;

export function emitEapolKey(key: EapolKey): Uint8Array {
  const out = new Uint8Array(eapolKeyLength(key));
  out[0] = key.version;
  out[1] = EAPOL_TYPE_KEY;
  put16(out, 2, out.length - 4);
  out[4] = key.descriptor;
  put16(out, 5, key.info);
  put16(out, 7, key.keyLength);
  put32(out, 9, Math.floor(key.replayCounter / 2 ** 32));
  put32(out, 13, key.replayCounter >>> 0);
  out.set(key.nonce, 17);
  out.set(key.iv, 49);
  out.set(key.rsc, 65);
  out.set(key.mic, EAPOL_MIC_OFFSET);
  put16(out, 97, key.data.length);
  out.set(key.data, EAPOL_KEY_HLEN);
  return out;
}
