/** The cipher suites that the firmware's mbed TLS offers (user_mbedtls.h, ssl_ciphersuites.c of 2.16.3), best first. */
import type { HashName } from './hash.ts';

export interface Suite {
  readonly id: number;
  /** How keys are agreed upon, and what kind of key signs. */
  readonly exchange: 'ECDHE-ECDSA' | 'ECDHE-RSA' | 'DHE-RSA';
  readonly cipher: 'AES' | 'CAMELLIA';
  readonly keyBytes: 16 | 32;
  /** CCM_8 has a tag of eight bytes. */
  readonly mode: 'GCM' | 'CCM' | 'CCM_8' | 'CBC';
  /** Of the HMAC in CBC mode. */
  readonly mac: HashName;
  /** Of the key derivation and of the transcript. */
  readonly prf: 'sha256' | 'sha384';
}

type Row = readonly [
  id: number,
  exchange: Suite['exchange'],
  cipher: Suite['cipher'],
  bits: 128 | 256,
  mode: Suite['mode'],
  mac: HashName,
];

const ROWS: readonly Row[] = [
  [0xc02c, 'ECDHE-ECDSA', 'AES', 256, 'GCM', 'sha384'],
  [0xc030, 'ECDHE-RSA', 'AES', 256, 'GCM', 'sha384'],
  [0x009f, 'DHE-RSA', 'AES', 256, 'GCM', 'sha384'],
  [0xc0ad, 'ECDHE-ECDSA', 'AES', 256, 'CCM', 'sha256'],
  [0xc09f, 'DHE-RSA', 'AES', 256, 'CCM', 'sha256'],
  [0xc024, 'ECDHE-ECDSA', 'AES', 256, 'CBC', 'sha384'],
  [0xc028, 'ECDHE-RSA', 'AES', 256, 'CBC', 'sha384'],
  [0x006b, 'DHE-RSA', 'AES', 256, 'CBC', 'sha256'],
  [0xc00a, 'ECDHE-ECDSA', 'AES', 256, 'CBC', 'sha1'],
  [0xc014, 'ECDHE-RSA', 'AES', 256, 'CBC', 'sha1'],
  [0x0039, 'DHE-RSA', 'AES', 256, 'CBC', 'sha1'],
  [0xc0af, 'ECDHE-ECDSA', 'AES', 256, 'CCM_8', 'sha256'],
  [0xc0a3, 'DHE-RSA', 'AES', 256, 'CCM_8', 'sha256'],
  [0xc087, 'ECDHE-ECDSA', 'CAMELLIA', 256, 'GCM', 'sha384'],
  [0xc08b, 'ECDHE-RSA', 'CAMELLIA', 256, 'GCM', 'sha384'],
  [0xc07d, 'DHE-RSA', 'CAMELLIA', 256, 'GCM', 'sha384'],
  [0xc073, 'ECDHE-ECDSA', 'CAMELLIA', 256, 'CBC', 'sha384'],
  [0xc077, 'ECDHE-RSA', 'CAMELLIA', 256, 'CBC', 'sha384'],
  [0x00c4, 'DHE-RSA', 'CAMELLIA', 256, 'CBC', 'sha256'],
  [0x0088, 'DHE-RSA', 'CAMELLIA', 256, 'CBC', 'sha1'],
  [0xc02b, 'ECDHE-ECDSA', 'AES', 128, 'GCM', 'sha256'],
  [0xc02f, 'ECDHE-RSA', 'AES', 128, 'GCM', 'sha256'],
  [0x009e, 'DHE-RSA', 'AES', 128, 'GCM', 'sha256'],
  [0xc0ac, 'ECDHE-ECDSA', 'AES', 128, 'CCM', 'sha256'],
  [0xc09e, 'DHE-RSA', 'AES', 128, 'CCM', 'sha256'],
  [0xc023, 'ECDHE-ECDSA', 'AES', 128, 'CBC', 'sha256'],
  [0xc027, 'ECDHE-RSA', 'AES', 128, 'CBC', 'sha256'],
  [0x0067, 'DHE-RSA', 'AES', 128, 'CBC', 'sha256'],
  [0xc009, 'ECDHE-ECDSA', 'AES', 128, 'CBC', 'sha1'],
  [0xc013, 'ECDHE-RSA', 'AES', 128, 'CBC', 'sha1'],
  [0x0033, 'DHE-RSA', 'AES', 128, 'CBC', 'sha1'],
  [0xc0ae, 'ECDHE-ECDSA', 'AES', 128, 'CCM_8', 'sha256'],
  [0xc0a2, 'DHE-RSA', 'AES', 128, 'CCM_8', 'sha256'],
  [0xc086, 'ECDHE-ECDSA', 'CAMELLIA', 128, 'GCM', 'sha256'],
  [0xc08a, 'ECDHE-RSA', 'CAMELLIA', 128, 'GCM', 'sha256'],
  [0xc07c, 'DHE-RSA', 'CAMELLIA', 128, 'GCM', 'sha256'],
  [0xc072, 'ECDHE-ECDSA', 'CAMELLIA', 128, 'CBC', 'sha256'],
  [0xc076, 'ECDHE-RSA', 'CAMELLIA', 128, 'CBC', 'sha256'],
  [0x00be, 'DHE-RSA', 'CAMELLIA', 128, 'CBC', 'sha256'],
  [0x0045, 'DHE-RSA', 'CAMELLIA', 128, 'CBC', 'sha1'],
];

export const SUITES: readonly Suite[] = ROWS.map(([id, exchange, cipher, bits, mode, mac]) => ({
  id,
  exchange,
  cipher,
  keyBytes: bits === 256 ? 32 : 16,
  mode,
  mac,
  prf: mac === 'sha384' ? 'sha384' : 'sha256',
}));

export const suiteOf = (id: number): Suite | undefined => SUITES.find((suite) => suite.id === id);

/** The name of IANA's registry. */
export function suiteName({ exchange, cipher, keyBytes, mode, mac }: Suite): string {
  const hash = mode.startsWith('CCM') ? '' : `_${mac === 'sha1' ? 'SHA' : mac.toUpperCase()}`;
  return `TLS_${exchange.replace('-', '_')}_WITH_${cipher}_${8 * keyBytes}_${mode}${hash}`;
}
