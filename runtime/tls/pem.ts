/** PEM (RFC 7468): blocks of base64 between lines that name what they hold. */
import { fromBase64 } from '../core/index.ts';

export interface PemBlock {
  /** `CERTIFICATE`, `RSA PRIVATE KEY`, ... */
  readonly label: string;
  readonly bytes: Uint8Array;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g;

/** Every block of a text whose base64 is in order. */
export function parsePem(text: string): PemBlock[] {
  return [...text.matchAll(BLOCK)].flatMap(([, label = '', body = '']) => {
    const bytes = fromBase64(body.replace(/\s+/g, ''));
    return bytes === undefined ? [] : [{ label, bytes }];
  });
}
