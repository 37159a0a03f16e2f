/**
 * DNS and multicast DNS messages (RFC 1035, RFC 6762). Names and record data go through dns-packet, this being its only
 * import; the message around them is laid out here, because dns-packet knows no mDNS questions and trusts data lengths.
 * dns-packet requires Node's `buffer` when it loads but, handed DnsBytes, never uses it: a bundle for browsers may alias
 * `buffer` to an empty module. Not here: compression on emit, EDNS (an OPT record is a `TYPE41`), the Z, AD and CD bits.
 */
import * as packet from 'dns-packet';
import {
  concat,
  err,
  fromLatin1,
  invariant,
  ok,
  put16,
  put32,
  type Result,
  SimulatorFault,
  toLatin1,
} from '../core/index.ts';
import { IPV4_LENGTH, putIpv4, readIpv4 } from './address.ts';
import { DnsBytes } from './dns-bytes.ts';
import {
  DNS_CLASS_IN,
  type DnsQuestion,
  type DnsQuestionType,
  type DnsRecord,
  type DnsSoa,
  type DnsSrv,
  dnsTypeCode,
  dnsTypeName,
} from './dns-record.ts';

export const DNS_PORT = 53;
export const MDNS_PORT = 5353;
export const DNS_HLEN = 12;
/** Most bytes of a message over UDP without EDNS (RFC 1035 section 2.3.4). */
export const DNS_UDP_MAX = 512;

/** Values of {@link DnsMessage.rcode}. */
export const RCODE_NOERROR = 0;
export const RCODE_FORMERR = 1;
export const RCODE_SERVFAIL = 2;
export const RCODE_NXDOMAIN = 3;
export const RCODE_NOTIMP = 4;
export const RCODE_REFUSED = 5;

const QR = 0x8000;
const AA = 0x0400;
const TC = 0x0200;
const RD = 0x0100;
const RA = 0x0080;
/** The top bit of a class: QU in questions, cache flush in records (RFC 6762 sections 5.4 and 10.2). */
const MDNS_BIT = 0x8000;

export interface DnsMessage {
  readonly id: number;
  readonly response: boolean;
  /** 0 is a standard query. */
  readonly opcode: number;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  readonly rcode: number;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

export type DnsError = 'malformed';

/** A whole message from the fields that matter; the rest is zero, false and empty. */
export const dnsMessage = (fields: Partial<DnsMessage>): DnsMessage => ({
  id: 0,
  response: false,
  opcode: 0,
  authoritative: false,
  truncated: false,
  recursionDesired: false,
  recursionAvailable: false,
  rcode: RCODE_NOERROR,
  questions: [],
  answers: [],
  authorities: [],
  additionals: [],
  ...fields,
});

/** True when {@link emitDns} can write the name: labels of 1 to 63 bytes, 255 bytes together (RFC 1035 section 2.3.4). */
export function isDnsName(name: string): boolean {
  if (name === '.') return true;
  const labels = (name.endsWith('.') ? name.slice(0, -1) : name).split('.');
  return labels.every((label) => label.length >= 1 && label.length <= 63) && name.length <= 253;
}

/** Bytes behind the last record are ignored. */
export function parseDns(bytes: Uint8Array): Result<DnsMessage, DnsError> {
  try {
    return ok(new Reader(bytes).message());
  } catch (error) {
    // dns-packet reports what it cannot decode by throwing; a fault of ours has to go on.
    if (error instanceof SimulatorFault) throw error;
    return err('malformed');
  }
}

/** Reads from left to right; throws where the message does not hold what it promises. */
class Reader {
  readonly #bytes: DnsBytes;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = DnsBytes.over(bytes);
  }

  message(): DnsMessage {
    const id = this.#u16();
    const flags = this.#u16();
    const counts = [this.#u16(), this.#u16(), this.#u16(), this.#u16()] as const;
    return {
      id,
      response: (flags & QR) !== 0,
      opcode: (flags >> 11) & 15,
      authoritative: (flags & AA) !== 0,
      truncated: (flags & TC) !== 0,
      recursionDesired: (flags & RD) !== 0,
      recursionAvailable: (flags & RA) !== 0,
      rcode: flags & 15,
      questions: this.#list(counts[0], () => this.#question()),
      answers: this.#list(counts[1], () => this.#record()),
      authorities: this.#list(counts[2], () => this.#record()),
      additionals: this.#list(counts[3], () => this.#record()),
    };
  }

  #list<T>(count: number, read: () => T): T[] {
    const list: T[] = [];
    for (let i = 0; i < count; i++) list.push(read());
    return list;
  }

  #question(): DnsQuestion {
    const name = this.#name();
    const type = dnsTypeName(this.#u16());
    const bits = this.#u16();
    return { name, type, class: bits & ~MDNS_BIT, ...(bits & MDNS_BIT ? { unicast: true } : {}) };
  }

  #record(): DnsRecord {
    const name = this.#name();
    const type = dnsTypeName(this.#u16());
    const bits = this.#u16();
    const ttl = this.#bytes.readUInt32BE(this.#at);
    this.#at += 4;
    const inClass = (bits & ~MDNS_BIT) === DNS_CLASS_IN;
    return {
      name,
      ttl,
      ...(inClass ? {} : { class: bits & ~MDNS_BIT }),
      ...(bits & MDNS_BIT ? { flush: true } : {}),
      ...this.#data(type),
    } as DnsRecord;
  }

  /** Type and data; stands behind the data afterwards. */
  #data(type: DnsQuestionType): Pick<DnsRecord, 'type' | 'data'> {
    const bytes = this.#bytes;
    const lengthAt = this.#at;
    const start = lengthAt + 2;
    const end = start + this.#u16();
    if (end > bytes.length) throw new RangeError('data beyond the message');
    this.#at = end;
    switch (type) {
      case 'A':
        if (end - start !== IPV4_LENGTH) throw new RangeError('length of an address');
        return { type, data: readIpv4(bytes, start) };
      case 'AAAA':
      case 'CNAME':
      case 'NS':
      case 'PTR':
      case 'SOA':
      case 'SRV':
      case 'TXT': {
        const part = packet.record(type);
        const data = part.decode(bytes, lengthAt);
        if (lengthAt + part.decode.bytes !== end) throw new RangeError('length of the data');
        return { type, data: type === 'TXT' ? (data as Uint8Array[]).map(toLatin1) : data } as DnsRecord;
      }
      case 'ANY':
        return { type: 'TYPE255', data: bytes.subarray(start, end) };
      default:
        return { type, data: bytes.subarray(start, end) };
    }
  }

  #name(): string {
    const name = packet.name.decode(this.#bytes, this.#at);
    this.#at += packet.name.decode.bytes;
    return name;
  }

  #u16(): number {
    const value = this.#bytes.readUInt16BE(this.#at);
    this.#at += 2;
    return value;
  }
}

/** Names have to be as {@link isDnsName} says; a last dot is dropped. */
export function emitDns(message: DnsMessage): Uint8Array {
  const head = new Uint8Array(DNS_HLEN);
  put16(head, 0, message.id);
  put16(
    head,
    2,
    (message.response ? QR : 0) |
      ((message.opcode & 15) << 11) |
      (message.authoritative ? AA : 0) |
      (message.truncated ? TC : 0) |
      (message.recursionDesired ? RD : 0) |
      (message.recursionAvailable ? RA : 0) |
      (message.rcode & 15),
  );
  put16(head, 4, message.questions.length);
  put16(head, 6, message.answers.length);
  put16(head, 8, message.authorities.length);
  put16(head, 10, message.additionals.length);
  const { answers, authorities, additionals } = message;
  return concat(
    head,
    ...message.questions.map(emitQuestion),
    ...[...answers, ...authorities, ...additionals].map(emitRecord),
  );
}

function emitQuestion(question: DnsQuestion): Uint8Array {
  const tail = new Uint8Array(4);
  put16(tail, 0, dnsTypeCode(question.type));
  put16(tail, 2, question.class | (question.unicast ? MDNS_BIT : 0));
  return concat(emitName(question.name), tail);
}

function emitRecord(record: DnsRecord): Uint8Array {
  const fixed = new Uint8Array(8);
  put16(fixed, 0, dnsTypeCode(record.type));
  put16(fixed, 2, (record.class ?? DNS_CLASS_IN) | (record.flush ? MDNS_BIT : 0));
  put32(fixed, 4, record.ttl);
  return concat(emitName(record.name), fixed, emitData(record));
}

/** The data with its length in front. */
function emitData(record: DnsRecord): Uint8Array {
  switch (record.type) {
    case 'A': {
      const address = new Uint8Array(IPV4_LENGTH);
      putIpv4(address, 0, record.data);
      return withLength(address);
    }
    case 'AAAA':
      return encode(record.type, record.data, 16);
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return encode(record.type, checked(record.data), nameRoom(record.data));
    case 'SRV':
      checked(record.data.target);
      return encode(record.type, record.data satisfies DnsSrv, 6 + nameRoom(record.data.target));
    case 'SOA': {
      const { mname, rname } = record.data satisfies DnsSoa;
      return encode(record.type, record.data, nameRoom(checked(mname)) + nameRoom(checked(rname)) + 20);
    }
    case 'TXT':
      // Not dns-packet's: its encoder takes Buffers only.
      return withLength(concat(...record.data.map(emitText)));
    default:
      return withLength(record.data);
  }
}

function emitText(text: string): Uint8Array {
  invariant(text.length <= 255, `DNS text of ${text.length} bytes`);
  return fromLatin1(String.fromCharCode(text.length) + text);
}

function withLength(data: Uint8Array): Uint8Array {
  const length = new Uint8Array(2);
  put16(length, 0, data.length);
  return concat(length, data);
}

function encode(type: string, data: unknown, room: number): Uint8Array {
  const out = new DnsBytes(2 + room);
  const part = packet.record(type);
  part.encode(data, out, 0);
  return out.subarray(0, part.encode.bytes);
}

function emitName(name: string): Uint8Array {
  const out = new DnsBytes(nameRoom(checked(name)));
  packet.name.encode(name, out, 0);
  return out.subarray(0, packet.name.encode.bytes);
}

/** Enough bytes for any name: a length byte more than its text, and the root. */
const nameRoom = (name: string): number => name.length + 2;

function checked(name: string): string {
  invariant(isDnsName(name), `not a DNS name: ${name}`);
  return name;
}
