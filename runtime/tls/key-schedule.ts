/** From what both ends agreed upon to the keys of both directions (RFC 5246 sections 6.3, 7.4.9 and 8.1; RFC 7627). */
import { concat, type Rng } from '../core/index.ts';
import { digest, prf } from './hash.ts';
import { type DirectionKeys, ivBytesOf, macBytesOf, Protection } from './protection.ts';
import type { Suite } from './suites.ts';

const MASTER_BYTES = 48;
const VERIFY_BYTES = 12;

/** What both ends have said so far, message by message. */
export class Transcript {
  readonly #messages: Uint8Array[] = [];

  add(message: Uint8Array): void {
    this.#messages.push(message.slice());
  }

  /** All of it, for a signature. */
  get bytes(): Uint8Array {
    return concat(...this.#messages);
  }

  hash({ prf: name }: Suite): Uint8Array {
    return digest(name, this.bytes);
  }
}

/** The randoms of both hellos. */
export interface Randoms {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** `sessionHash`: of the transcript up to the client's key, when both ends want the extended master secret. */
export function masterSecret(
  suite: Suite,
  premaster: Uint8Array,
  randoms: Randoms,
  sessionHash: Uint8Array | undefined,
): Uint8Array {
  if (sessionHash !== undefined) return prf(suite.prf, premaster, 'extended master secret', sessionHash, MASTER_BYTES);
  return prf(suite.prf, premaster, 'master secret', concat(randoms.client, randoms.server), MASTER_BYTES);
}

export interface KeyBlock {
  readonly client: DirectionKeys;
  readonly server: DirectionKeys;
}

export function keyBlock(suite: Suite, master: Uint8Array, { client, server }: Randoms): KeyBlock {
  const mac = macBytesOf(suite);
  const iv = ivBytesOf(suite);
  const lengths = [mac, mac, suite.keyBytes, suite.keyBytes, iv, iv];
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const block = prf(suite.prf, master, 'key expansion', concat(server, client), total);
  let at = 0;
  const [clientMac, serverMac, clientKey, serverKey, clientIv, serverIv] = lengths.map((length) => {
    at += length;
    return block.slice(at - length, at);
  }) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  return {
    client: { mac: clientMac, key: clientKey, iv: clientIv },
    server: { mac: serverMac, key: serverKey, iv: serverIv },
  };
}

/** The keys of both directions at work. */
export function protections(
  suite: Suite,
  keys: KeyBlock,
  encryptThenMac: boolean,
  rng: Rng,
): { readonly client: Protection; readonly server: Protection } {
  const forDirection = (of: DirectionKeys): Protection => new Protection(suite, of, encryptThenMac, rng);
  return { client: forDirection(keys.client), server: forDirection(keys.server) };
}

/** The body of a Finished message. */
export const verifyData = (
  suite: Suite,
  master: Uint8Array,
  who: 'client' | 'server',
  transcript: Transcript,
): Uint8Array => prf(suite.prf, master, `${who} finished`, transcript.hash(suite), VERIFY_BYTES);

/** What a server signs: both randoms and its parameters. */
export const signedParams = ({ client, server }: Randoms, params: Uint8Array): Uint8Array =>
  concat(client, server, params);

/** A line of an SSLKEYLOGFILE, with which Wireshark reads a capture. */
export interface TlsSecret {
  readonly clientRandom: Uint8Array;
  readonly master: Uint8Array;
}
