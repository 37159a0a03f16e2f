/**
 * Messages of the firmware's mDNS responder (app/net/nodemcu_mdns.c), byte for byte with its own name compression.
 * Not made by wire/dns.ts: the firmware puts any text on the wire label by label, too long and empty ones included, and
 * compares names by their leading labels only.
 */
import { concat, fromLatin1, put8, put16, put32, u16 } from '../core/index.ts';
import { DNS_CLASS_IN, DNS_HLEN, dnsTypeCode, type Ipv4Address, putIpv4 } from '../wire/index.ts';

/** What is announced: `host`.local offers `description`._`service`._tcp.local. */
export interface MdnsService {
  readonly host: string;
  readonly description: string;
  readonly service: string;
  readonly port: number;
  /** `key=value`. */
  readonly attributes: readonly string[];
}

/** A question as it stands in a message. */
export interface MdnsQuestion {
  /** Where its name begins. */
  readonly at: number;
  readonly type: number;
  readonly class: number;
}

/** RFC 6763 section 9. */
export const DNS_SD_SERVICES = '_services._dns-sd._udp.local';
export const TYPE = {
  A: dnsTypeCode('A'),
  PTR: dnsTypeCode('PTR'),
  TXT: dnsTypeCode('TXT'),
  SRV: dnsTypeCode('SRV'),
  ANY: dnsTypeCode('ANY'),
} as const;

const TYPE_NSEC = 47;
const CLASS_FLUSH_IN = 0x8000 | DNS_CLASS_IN;
const RESPONSE = 0x8400;
/** Room for any message: header, two names and a question. */
const MAX_MESSAGE = 12 + 2 * 256 + 4;
/** Names are put together in a buffer of so many characters. */
const MAX_NAME = 96 + 30 - 1;
/** Lifetimes in seconds; an answer to one asker lives shorter. */
const RECORD_TTL = 300;
const SERVICES_TTL = 3600;
const UNICAST_TTL = 10;
const DEFAULT_ATTRIBUTE = 'platform=nodemcu';
/** Records besides names and texts in a service message, as its size is estimated. */
const SERVICE_OVERHEAD = 98;
/** Those that are written before the size is looked at. */
const SERVICE_HEAD = 39;
/** mdns_set_servicename. */
const MAX_SERVICE_NAME = 128;

export const hostName = ({ host }: MdnsService): string => `${host}.local`.slice(0, MAX_NAME);
export const serviceName = ({ service }: MdnsService): string => `_${service}._tcp.local`;
export const instanceName = (info: MdnsService): string =>
  `${info.description}.${serviceName(info)}`.slice(0, MAX_NAME);

/** The firmware's buffers hold the names; for longer ones it writes beyond them. */
export const fitsBuffers = (info: MdnsService): boolean =>
  serviceName(info).length < MAX_SERVICE_NAME &&
  SERVICE_HEAD + serviceName(info).length + info.description.length <= MAX_MESSAGE;

/** The PTR record of the service type. */
export function servicesMessage(id: number, info: MdnsService, unicast: boolean): Uint8Array {
  const ttl = unicast ? UNICAST_TTL : SERVICES_TTL;
  const data = rawName(serviceName(info));
  return concat(header(id, 1, 0), record(rawName(DNS_SD_SERVICES), TYPE.PTR, DNS_CLASS_IN, ttl, data));
}

/** All records of the service; undefined when they are too long for the firmware's buffer. */
export function serviceMessage(
  id: number,
  info: MdnsService,
  addr: Ipv4Address,
  unicast: boolean,
): Uint8Array | undefined {
  const ttl = unicast ? UNICAST_TTL : RECORD_TTL;
  const unique = unicast ? DNS_CLASS_IN : CLASS_FLUSH_IN;
  const service = serviceName(info);
  const texts = attributesOf(info).map((text) => concat(Uint8Array.of(text.length), fromLatin1(text)));
  const text = concat(...texts);
  const lengths = service.length + info.description.length + text.length + info.host.length;
  if (MAX_MESSAGE <= SERVICE_OVERHEAD + lengths) return undefined;

  const target = rawName(hostName(info));
  const srv = new Uint8Array(6);
  put16(srv, 4, info.port);
  const instance = concat(labels(info.description), pointer(DNS_HLEN));
  const ptr = record(rawName(service), TYPE.PTR, DNS_CLASS_IN, ttl, instance);
  const instanceAt = DNS_HLEN + ptr.length - instance.length;
  const txt = record(pointer(instanceAt), TYPE.TXT, unique, ttl, text);
  const where = record(pointer(instanceAt), TYPE.SRV, unique, ttl, concat(srv, target));
  const host = pointer(DNS_HLEN + ptr.length + txt.length + where.length - target.length);
  const a = record(host, TYPE.A, unique, ttl, addressBytes(addr));
  const nsec = record(host, TYPE_NSEC, unique, ttl, concat(host, typeBitmap([TYPE.A])));
  return concat(header(id, 4, 1), ptr, txt, where, a, nsec);
}

/** The address of the host. */
export function addressMessage(id: number, info: MdnsService, addr: Ipv4Address, unicast: boolean): Uint8Array {
  const ttl = unicast ? UNICAST_TTL : RECORD_TTL;
  const a = record(rawName(hostName(info)), TYPE.A, DNS_CLASS_IN, ttl, addressBytes(addr));
  return concat(header(id, 1, 1), a, existing(pointer(DNS_HLEN), [TYPE.A], ttl));
}

/** The name exists, but only with records of other types (RFC 6762 section 6.1). */
export function noRecordMessage(id: number, name: string, types: readonly number[], unicast: boolean): Uint8Array {
  return concat(header(id, 0, 1), existing(rawName(name), types, unicast ? UNICAST_TTL : RECORD_TTL));
}

/** Questions of a message of at least a header, until it ends; what is missing at its end reads as zero. */
export function questionsOf(message: Uint8Array): MdnsQuestion[] {
  const count = u16(message, 4) & 0xff;
  const byte = (at: number): number => message[at] ?? 0;
  const questions: MdnsQuestion[] = [];
  for (let i = 0, at = DNS_HLEN; i < count && at < message.length; i++) {
    const end = at + rawNameLength(message, at);
    questions.push({ at, type: (byte(end) << 8) | byte(end + 1), class: (byte(end + 2) << 8) | byte(end + 3) });
    at = end + 4;
  }
  return questions;
}

/** Whether the name at `at` has the labels that `name` begins with, in either case. The original loops 'for ever' on one. */
export function matchesName(name: string, message: Uint8Array, at: number): boolean | 'for ever' {
  const byte = (i: number): number => message[i] ?? 0;
  const lower = asciiLower(name);
  let compared = 0;
  let next = at;
  do {
    const length = byte(next++);
    if (length >= 0xc0) {
      // nodemcu_mdns.c keeps eight bits of the pointer, and lets it point back to itself.
      const target = byte(next);
      if (target >= next) return false;
      if (target === next - 1) return 'for ever';
      next = target;
      continue;
    }
    for (let i = 0; i < length; i++)
      if (asciiLower(String.fromCharCode(byte(next++))) !== lower[compared++]) return false;
    compared++;
  } while (byte(next) !== 0);
  return true;
}

const asciiLower = (text: string): string => text.replace(/[A-Z]/g, (c) => c.toLowerCase());

/** mdns_namelen; -1 when the name leaves the message. */
function rawNameLength(message: Uint8Array, start: number): number {
  const most = message.length - start;
  const byte = (i: number): number => message[i] ?? 0;
  let at = start;
  while (byte(at) > 0 && byte(at) <= 63) {
    if (at - start > most) return -1;
    at += byte(at) + 1;
  }
  at += byte(at) >= 0xc0 ? 2 : 1;
  return at - start > most ? -1 : at - start;
}

function attributesOf({ attributes }: MdnsService): readonly string[] {
  const key = DEFAULT_ATTRIBUTE.slice(0, DEFAULT_ATTRIBUTE.indexOf('=') + 1);
  return attributes.some((text) => text.startsWith(key)) ? attributes : [...attributes, DEFAULT_ATTRIBUTE];
}

const existing = (owner: Uint8Array, types: readonly number[], ttl: number): Uint8Array =>
  record(owner, TYPE_NSEC, DNS_CLASS_IN, ttl, concat(pointer(DNS_HLEN), typeBitmap(types)));

/** RFC 4034 section 4.1.2, window 0. */
function typeBitmap(types: readonly number[]): Uint8Array {
  const bits = new Uint8Array((Math.max(...types) >> 3) + 1);
  for (const type of types) bits[type >> 3] = (bits[type >> 3] ?? 0) | (0x80 >> (type & 7));
  return concat(Uint8Array.of(0, bits.length), bits);
}

function header(id: number, answers: number, additionals: number): Uint8Array {
  const out = new Uint8Array(DNS_HLEN);
  put16(out, 0, id);
  put16(out, 2, RESPONSE);
  put16(out, 6, answers);
  put16(out, 10, additionals);
  return out;
}

function record(owner: Uint8Array, type: number, cls: number, ttl: number, data: Uint8Array): Uint8Array {
  const fixed = new Uint8Array(10);
  put16(fixed, 0, type);
  put16(fixed, 2, cls);
  put32(fixed, 4, ttl);
  put16(fixed, 8, data.length);
  return concat(owner, fixed, data);
}

/** Each label behind its length, which is a byte whatever it is. */
const labels = (name: string): Uint8Array =>
  concat(...name.split('.').map((label) => concat(Uint8Array.of(label.length), fromLatin1(label))));

const rawName = (name: string): Uint8Array => concat(labels(name), Uint8Array.of(0));

function pointer(at: number): Uint8Array {
  const out = new Uint8Array(2);
  put8(out, 0, 0xc0 | (at >> 8));
  put8(out, 1, at);
  return out;
}

function addressBytes(addr: Ipv4Address): Uint8Array {
  const out = new Uint8Array(4);
  putIpv4(out, 0, addr);
  return out;
}
