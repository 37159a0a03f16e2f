/** Messages of the TLS 1.2 handshake besides the hellos (RFC 5246 section 7.4, RFC 8422, RFC 5077). Bodies without header. */
import { concat, err, ok, type Result, u8 } from '../core/index.ts';
import { number16, number32, numbers16, TlsReader, vector8, vector16, vector24 } from './tls-reader.ts';

/** Types of messages. */
export const TLS_MESSAGE = {
  HELLO_REQUEST: 0,
  CLIENT_HELLO: 1,
  SERVER_HELLO: 2,
  NEW_SESSION_TICKET: 4,
  CERTIFICATE: 11,
  SERVER_KEY_EXCHANGE: 12,
  CERTIFICATE_REQUEST: 13,
  SERVER_HELLO_DONE: 14,
  CERTIFICATE_VERIFY: 15,
  CLIENT_KEY_EXCHANGE: 16,
  FINISHED: 20,
} as const;

export const TLS_MESSAGE_HEADER = 4;

export interface TlsMessage {
  readonly type: number;
  /** Aliases the input on parse. */
  readonly body: Uint8Array;
}

export type TlsMessageError = 'truncated';
export type TlsBodyError = 'malformed';

/** The first message of `bytes`. */
export function parseTlsMessage(bytes: Uint8Array): Result<TlsMessage, TlsMessageError> {
  const reader = new TlsReader(bytes);
  const type = reader.u8();
  const body = reader.vector24();
  return reader.good ? ok({ type, body }) : err('truncated');
}

export const emitTlsMessage = ({ type, body }: TlsMessage): Uint8Array => concat(Uint8Array.of(type), vector24(body));

export const tlsMessageLength = ({ body }: TlsMessage): number => TLS_MESSAGE_HEADER + body.length;

/** The certificates (DER) of a Certificate message, the sender's own first. */
export function parseTlsCertificates(body: Uint8Array): Result<readonly Uint8Array[], TlsBodyError> {
  const outer = new TlsReader(body);
  const list = new TlsReader(outer.vector24());
  const certificates: Uint8Array[] = [];
  while (!list.ended) certificates.push(list.vector24());
  return outer.complete && list.complete ? ok(certificates) : err('malformed');
}

export const emitTlsCertificates = (certificates: readonly Uint8Array[]): Uint8Array =>
  vector24(concat(...certificates.map(vector24)));

/** What a server sends for a key that is thrown away afterwards. */
export type TlsServerParams =
  | { readonly kind: 'ecdhe'; readonly group: number; readonly point: Uint8Array }
  | { readonly kind: 'dhe'; readonly p: Uint8Array; readonly g: Uint8Array; readonly y: Uint8Array };

export interface TlsServerKeyExchange {
  readonly params: TlsServerParams;
  /** Hash in the upper byte, kind of signature in the lower one. */
  readonly algorithm: number;
  readonly signature: Uint8Array;
}

/** RFC 8422 section 5.4. */
const NAMED_CURVE = 3;

export function parseTlsServerKeyExchange(
  body: Uint8Array,
  kind: TlsServerParams['kind'],
): Result<TlsServerKeyExchange, TlsBodyError> {
  const reader = new TlsReader(body);
  const params = readParams(reader, kind);
  const algorithm = reader.u16();
  const signature = reader.vector16();
  return params !== undefined && reader.complete ? ok({ params, algorithm, signature }) : err('malformed');
}

function readParams(reader: TlsReader, kind: TlsServerParams['kind']): TlsServerParams | undefined {
  if (kind === 'dhe') return { kind, p: reader.vector16(), g: reader.vector16(), y: reader.vector16() };
  if (reader.u8() !== NAMED_CURVE) return undefined;
  return { kind, group: reader.u16(), point: reader.vector8() };
}

/** The part that is signed, together with both randoms. */
export const emitTlsServerParams = (params: TlsServerParams): Uint8Array =>
  params.kind === 'dhe'
    ? concat(vector16(params.p), vector16(params.g), vector16(params.y))
    : concat(Uint8Array.of(NAMED_CURVE), number16(params.group), vector8(params.point));

export const emitTlsServerKeyExchange = ({ params, algorithm, signature }: TlsServerKeyExchange): Uint8Array =>
  concat(emitTlsServerParams(params), number16(algorithm), vector16(signature));

export interface TlsCertificateRequest {
  /** ClientCertificateType: 1 rsa_sign, 64 ecdsa_sign. */
  readonly types: Uint8Array;
  readonly algorithms: readonly number[];
  /** Distinguished names in DER. */
  readonly authorities: readonly Uint8Array[];
}

export function parseTlsCertificateRequest(body: Uint8Array): Result<TlsCertificateRequest, TlsBodyError> {
  const reader = new TlsReader(body);
  const types = reader.vector8();
  const algorithms = reader.numbers16();
  const list = new TlsReader(reader.vector16());
  const authorities: Uint8Array[] = [];
  while (!list.ended) authorities.push(list.vector16());
  return reader.complete && list.complete ? ok({ types, algorithms, authorities }) : err('malformed');
}

export const emitTlsCertificateRequest = (request: TlsCertificateRequest): Uint8Array =>
  concat(vector8(request.types), numbers16(request.algorithms), vector16(concat(...request.authorities.map(vector16))));

export interface TlsSigned {
  readonly algorithm: number;
  readonly signature: Uint8Array;
}

/** CertificateVerify. */
export function parseTlsSigned(body: Uint8Array): Result<TlsSigned, TlsBodyError> {
  const reader = new TlsReader(body);
  const algorithm = reader.u16();
  const signature = reader.vector16();
  return reader.complete ? ok({ algorithm, signature }) : err('malformed');
}

export const emitTlsSigned = ({ algorithm, signature }: TlsSigned): Uint8Array =>
  concat(number16(algorithm), vector16(signature));

/** ClientKeyExchange: a point has a length of one byte, a number of Diffie and Hellman two. */
export function parseTlsClientKey(body: Uint8Array, kind: TlsServerParams['kind']): Result<Uint8Array, TlsBodyError> {
  const reader = new TlsReader(body);
  const key = kind === 'dhe' ? reader.vector16() : reader.vector8();
  return reader.complete ? ok(key) : err('malformed');
}

export const emitTlsClientKey = (key: Uint8Array, kind: TlsServerParams['kind']): Uint8Array =>
  kind === 'dhe' ? vector16(key) : vector8(key);

export interface TlsSessionTicket {
  readonly lifetimeS: number;
  readonly ticket: Uint8Array;
}

export function parseTlsSessionTicket(body: Uint8Array): Result<TlsSessionTicket, TlsBodyError> {
  const reader = new TlsReader(body);
  const lifetimeS = reader.u32();
  const ticket = reader.vector16();
  return reader.complete ? ok({ lifetimeS, ticket }) : err('malformed');
}

export const emitTlsSessionTicket = ({ lifetimeS, ticket }: TlsSessionTicket): Uint8Array =>
  concat(number32(lifetimeS), vector16(ticket));

/** The length a message announces, without its body being there; undefined without a whole header. */
export const tlsAnnouncedLength = (bytes: Uint8Array): number | undefined =>
  bytes.length < TLS_MESSAGE_HEADER
    ? undefined
    : TLS_MESSAGE_HEADER + (u8(bytes, 1) << 16) + (u8(bytes, 2) << 8) + u8(bytes, 3);
