/** ClientHello and ServerHello of TLS up to 1.2 (RFC 5246 section 7.4.1), and their extensions. Without the message header. */
import { concat, EMPTY, err, fromLatin1, ok, type Result, toLatin1, u16 } from '../core/index.ts';
import { number16, numbers16, TlsReader, vector8, vector16 } from './tls-reader.ts';

/** IANA TLS ExtensionType Values. */
export const TLS_EXTENSION = {
  SERVER_NAME: 0,
  MAX_FRAGMENT_LENGTH: 1,
  SUPPORTED_GROUPS: 10,
  POINT_FORMATS: 11,
  SIGNATURE_ALGORITHMS: 13,
  ALPN: 16,
  ENCRYPT_THEN_MAC: 22,
  EXTENDED_MASTER_SECRET: 23,
  SESSION_TICKET: 35,
  SUPPORTED_VERSIONS: 43,
  RENEGOTIATION_INFO: 0xff01,
} as const;

/** RFC 5746: a suite that means an empty renegotiation_info. */
export const TLS_EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff;

export interface TlsExtension {
  readonly type: number;
  readonly data: Uint8Array;
}

export interface TlsClientHello {
  readonly version: number;
  /** 32 bytes. */
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly suites: readonly number[];
  readonly compressions: Uint8Array;
  readonly extensions: readonly TlsExtension[];
}

export interface TlsServerHello {
  readonly version: number;
  /** 32 bytes. */
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly suite: number;
  readonly compression: number;
  readonly extensions: readonly TlsExtension[];
}

export type TlsHelloError = 'malformed';

export function parseTlsClientHello(body: Uint8Array): Result<TlsClientHello, TlsHelloError> {
  const reader = new TlsReader(body);
  const version = reader.u16();
  const random = reader.take(32);
  const sessionId = reader.vector8();
  const suites = reader.numbers16();
  const compressions = reader.vector8();
  const extensions = readExtensions(reader);
  if (!reader.complete || extensions === undefined) return err('malformed');
  return ok({ version, random, sessionId, suites, compressions, extensions });
}

export const emitTlsClientHello = (hello: TlsClientHello): Uint8Array =>
  concat(
    number16(hello.version),
    hello.random,
    vector8(hello.sessionId),
    numbers16(hello.suites),
    vector8(hello.compressions),
    emitExtensions(hello.extensions),
  );

export function parseTlsServerHello(body: Uint8Array): Result<TlsServerHello, TlsHelloError> {
  const reader = new TlsReader(body);
  const version = reader.u16();
  const random = reader.take(32);
  const sessionId = reader.vector8();
  const suite = reader.u16();
  const compression = reader.u8();
  const extensions = readExtensions(reader);
  if (!reader.complete || extensions === undefined) return err('malformed');
  return ok({ version, random, sessionId, suite, compression, extensions });
}

export const emitTlsServerHello = (hello: TlsServerHello): Uint8Array =>
  concat(
    number16(hello.version),
    hello.random,
    vector8(hello.sessionId),
    number16(hello.suite),
    Uint8Array.of(hello.compression),
    emitExtensions(hello.extensions),
  );

/** What an extension says; undefined without it. */
export const tlsExtension = (
  { extensions }: { readonly extensions: readonly TlsExtension[] },
  type: number,
): Uint8Array | undefined => extensions.find((extension) => extension.type === type)?.data;

/** The host a client asks for (RFC 6066 section 3). */
export function tlsServerName(hello: TlsClientHello): string | undefined {
  const list = new TlsReader(tlsExtension(hello, TLS_EXTENSION.SERVER_NAME) ?? EMPTY);
  const entry = new TlsReader(list.vector16());
  const isHost = entry.u8() === 0;
  const name = entry.vector16();
  return isHost && entry.good && name.length > 0 ? toLatin1(name) : undefined;
}

/** The data of a server_name extension. */
export const emitTlsServerName = (host: string): Uint8Array =>
  vector16(concat(Uint8Array.of(0), vector16(fromLatin1(host))));

/** The numbers of supported_groups and signature_algorithms. */
export function tlsNumbers(hello: TlsClientHello, type: number): readonly number[] {
  const data = tlsExtension(hello, type);
  return data === undefined || data.length < 2 ? [] : new TlsReader(data).numbers16();
}

/** The newest version a client takes: extensions speak louder than the hello itself (RFC 8446 section 4.1.2). */
export function tlsNewestVersion(hello: TlsClientHello): number {
  const data = tlsExtension(hello, TLS_EXTENSION.SUPPORTED_VERSIONS) ?? EMPTY;
  const listed = Array.from({ length: (data.length - 1) >> 1 }, (_, i) => u16(data, 1 + 2 * i));
  // Values like 0x7a7a only test the peer's patience (RFC 8701).
  return Math.max(hello.version, ...listed.filter((version) => version >> 8 === 3));
}

function readExtensions(reader: TlsReader): TlsExtension[] | undefined {
  if (reader.ended) return [];
  const list = new TlsReader(reader.vector16());
  const extensions: TlsExtension[] = [];
  while (!list.ended) extensions.push({ type: list.u16(), data: list.vector16() });
  return list.good ? extensions : undefined;
}

function emitExtensions(extensions: readonly TlsExtension[]): Uint8Array {
  if (extensions.length === 0) return EMPTY;
  return vector16(concat(...extensions.map(({ type, data }) => concat(number16(type), vector16(data)))));
}
