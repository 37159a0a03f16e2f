/** TLS records in a piece of a TCP stream, for describe.ts. What is encrypted is only counted. */
import { EMPTY, u8 } from '../core/index.ts';
import { printable } from './printable.ts';
import { parseTlsRecord, TLS_1_0, TLS_ALERT, TLS_RECORD, type TlsRecord, tlsRecordLength } from './tls.ts';
import {
  parseTlsMessage,
  TLS_MESSAGE,
  TLS_MESSAGE_HEADER,
  tlsAnnouncedLength,
  tlsMessageLength,
} from './tls-handshake.ts';
import { parseTlsClientHello, parseTlsServerHello, tlsServerName } from './tls-hello.ts';

/** Whoever announces more is encrypted: a certificate chain is shorter. */
const MAX_MESSAGE = 0xffff;
const VERSIONS = ['SSL 3.0', 'TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.3'];

const nameOf = (table: Readonly<Record<string, number>>, value: number): string | undefined =>
  Object.entries(table).find(([, number]) => number === value)?.[0];

/** `CLIENT_HELLO` is written ClientHello, as in the RFC. */
const camel = (name: string): string =>
  name
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** `TLS 1.2 ClientHello SNI tls.test`: the whole records from the beginning of `bytes` on; undefined if there is none. */
export function describeTls(bytes: Uint8Array): string | undefined {
  const found: string[] = [];
  let version = TLS_1_0;
  let rest = bytes;
  let readable = true;
  for (let record = parseTlsRecord(rest); record.ok; record = parseTlsRecord(rest)) {
    version = Math.max(version, record.value.version);
    found.push(...inShort(record.value, readable));
    if (record.value.type === TLS_RECORD.CHANGE_CIPHER_SPEC) readable = false;
    rest = rest.subarray(tlsRecordLength(record.value));
  }
  if (found.length === 0) return undefined;
  return `${VERSIONS[version & 0xff] ?? 'TLS'} ${found.join(', ')}${rest.length === 0 ? '' : ', ...'}`;
}

/** `readable`: no keys are in use yet, as far as these bytes tell. */
function inShort({ type, payload }: TlsRecord, readable: boolean): string[] {
  switch (type) {
    case TLS_RECORD.CHANGE_CIPHER_SPEC:
      return ['ChangeCipherSpec'];
    case TLS_RECORD.ALERT:
      return [alert(payload)];
    case TLS_RECORD.DATA:
      return [`Data (${payload.length})`];
    default:
      return (readable ? messages(payload) : undefined) ?? [`Encrypted Handshake (${payload.length})`];
  }
}

function alert(payload: Uint8Array): string {
  if (payload.length !== 2) return `Encrypted Alert (${payload.length})`;
  const name = nameOf(TLS_ALERT, u8(payload, 1))?.toLowerCase() ?? String(u8(payload, 1));
  return `Alert ${u8(payload, 0) === 2 ? 'fatal' : 'warning'} ${name}`;
}

/** Undefined when one of them is no message of a handshake: it is encrypted then. */
function messages(payload: Uint8Array): string[] | undefined {
  const found: string[] = [];
  let rest = payload;
  while (rest.length > 0) {
    const message = parseTlsMessage(rest);
    const type = u8(rest, 0);
    const name = nameOf(TLS_MESSAGE, type);
    const announced = tlsAnnouncedLength(rest) ?? 0;
    if (name === undefined || announced > MAX_MESSAGE || (type === 0 && payload.length > TLS_MESSAGE_HEADER))
      return undefined;
    if (!message.ok) return [...found, `${camel(name)} ...`];
    found.push(`${camel(name)}${detail(type, message.value.body)}`);
    rest = rest.subarray(tlsMessageLength(message.value));
  }
  return found;
}

function detail(type: number, body: Uint8Array): string {
  if (type === TLS_MESSAGE.CLIENT_HELLO) {
    const hello = parseTlsClientHello(body);
    const name = hello.ok ? tlsServerName(hello.value) : undefined;
    return name === undefined ? '' : ` SNI ${printable(name)}`;
  }
  const hello = parseTlsServerHello(type === TLS_MESSAGE.SERVER_HELLO ? body : EMPTY);
  return hello.ok ? ` suite 0x${hello.value.suite.toString(16).padStart(4, '0')}` : '';
}
