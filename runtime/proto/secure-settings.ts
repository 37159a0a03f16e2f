/** What all TLS connections of one boot share (ssl_client_options in espconn_secure.c): whom to trust, and what to show. */
import { fromLatin1, toLatin1, u8 } from '../core/index.ts';
import {
  type Certificate,
  type PrivateKey,
  parseCertificate,
  parsePem,
  readPrivateKey,
  type TlsClientConfig,
} from '../tls/index.ts';

/** A script's answer: PEM or DER, nothing more, or a failure that ends the connection. */
export type Supplied = { readonly data: string } | 'end' | 'failed';

/** A function of a script; certificates are asked for with 1, 2, …, the key with 0. */
export type Supplier = (n: number) => Supplied;

/** A flash sector as fill_page_with_pem in tls.c writes it: a name of 32 bytes, a length (little endian), DER. */
const NAME_BYTES = 32;
const HEAD_BYTES = NAME_BYTES + 2;
export const PAGE_BYTES = 4096;

export class SecureSettings {
  /** Asked for trusted certificates at each handshake. */
  verify: Supplier | undefined;
  /** Asked for the own key and certificates at each handshake. */
  auth: Supplier | undefined;
  /** The sectors in use, as Latin-1 text; undefined = switched off. */
  verifyPage: string | undefined;
  authPage: string | undefined;

  /** mbedtls_msg_config; undefined refuses the connection. */
  configure(): TlsClientConfig | undefined {
    const own = this.#own();
    const trusted = own === 'failed' ? 'failed' : this.#trusted();
    return own === 'failed' || trusted === 'failed' ? undefined : { own, trusted };
  }

  #trusted(): readonly Certificate[] | undefined | 'failed' {
    if (this.verify !== undefined) return suppliedCertificates(this.verify);
    if (this.verifyPage === undefined) return undefined;
    // Only the first entry is looked at.
    const [first] = pageEntries(this.verifyPage);
    return first === undefined ? 'failed' : (readCertificates(first.data) ?? 'failed');
  }

  #own(): TlsClientConfig['own'] | 'failed' {
    if (this.auth !== undefined) {
      const key = this.auth(0);
      const privateKey = typeof key === 'object' ? readKey(key.data) : undefined;
      if (key === 'failed' || (typeof key === 'object' && privateKey === undefined)) return 'failed';
      const chain = suppliedCertificates(this.auth);
      return chain === 'failed' ? 'failed' : together(chain, privateKey);
    }
    if (this.authPage === undefined) return undefined;
    const entries = pageEntries(this.authPage);
    const find = (name: string): string | undefined => entries.find((entry) => entry.name.startsWith(name))?.data;
    const certificate = readCertificates(find('certificate') ?? '');
    const key = readKey(find('private_key') ?? '');
    return certificate === undefined || key === undefined ? 'failed' : together(certificate, key);
  }
}

function together(chain: readonly Certificate[], key: PrivateKey | undefined): TlsClientConfig['own'] {
  return chain.length === 0 || key === undefined ? undefined : { chain: chain.map(({ raw }) => raw), key };
}

/** nodemcu_tls_cert_get. */
function suppliedCertificates(supplier: Supplier): Certificate[] | 'failed' {
  const found: Certificate[] = [];
  for (let n = 1; ; n++) {
    const supplied = supplier(n);
    if (supplied === 'end') return found;
    const certificates = supplied === 'failed' ? undefined : readCertificates(supplied.data);
    if (certificates === undefined) return 'failed';
    found.push(...certificates);
  }
}

/** mbedtls_x509_crt_parse: of several in PEM, those that can be read; undefined if none can. */
function readCertificates(text: string): Certificate[] | undefined {
  const isPem = text.includes('-----BEGIN CERTIFICATE-----');
  const blocks = isPem
    ? parsePem(text).flatMap(({ label, bytes }) => (label === 'CERTIFICATE' ? [bytes] : []))
    : [fromLatin1(text)];
  const found = blocks.map(parseCertificate).flatMap((certificate) => (certificate.ok ? [certificate.value] : []));
  return found.length === 0 ? undefined : found;
}

/** mbedtls_pk_parse_key, without passwords. */
function readKey(text: string): PrivateKey | undefined {
  const pem = parsePem(text).find(({ label }) => label.endsWith('PRIVATE KEY'));
  return readPrivateKey(pem?.bytes ?? fromLatin1(text));
}

function pageEntries(page: string): { readonly name: string; readonly data: string }[] {
  const bytes = fromLatin1(page);
  const entries: { name: string; data: string }[] = [];
  for (let at = 0; at + HEAD_BYTES <= bytes.length; ) {
    const length = u8(bytes, at + NAME_BYTES) | (u8(bytes, at + NAME_BYTES + 1) << 8);
    if (length === 0xffff) break;
    const name = toLatin1(bytes.subarray(at, at + NAME_BYTES)).split('\0', 1)[0] as string;
    entries.push({ name, data: toLatin1(bytes.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length)) });
    at += HEAD_BYTES + length;
  }
  return entries;
}
