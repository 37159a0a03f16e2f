/** What DNS messages are made of: questions and resource records, as values (RFC 1035 sections 4.1.2 and 4.1.3). */
import type { Ipv4Address } from './address.ts';

export const DNS_CLASS_IN = 1;
export const DNS_CLASS_ANY = 255;

/** A type we have no name for, in the notation of RFC 3597. */
export type DnsUnknownType = `TYPE${number}`;
export type DnsRecordType = 'A' | 'AAAA' | 'CNAME' | 'NS' | 'PTR' | 'SOA' | 'SRV' | 'TXT' | DnsUnknownType;
export type DnsQuestionType = DnsRecordType | 'ANY';

export interface DnsQuestion {
  /** Labels joined by dots, without the last dot; `.` is the root. One character per byte. */
  readonly name: string;
  readonly type: DnsQuestionType;
  readonly class: number;
  /** Multicast DNS: a unicast answer is welcome (RFC 6762 section 5.4). Absent when not set. */
  readonly unicast?: true;
}

interface DnsRecordBase {
  readonly name: string;
  /** Seconds. */
  readonly ttl: number;
  /** Absent for {@link DNS_CLASS_IN}. */
  readonly class?: number;
  /** Multicast DNS: forget what you know of this name (RFC 6762 section 10.2). Absent when not set. */
  readonly flush?: true;
}

export interface DnsSoa {
  readonly mname: string;
  /** Mailbox as a name; dots of its first label carry a backslash. */
  readonly rname: string;
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  readonly minimum: number;
}

export interface DnsSrv {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

export type DnsRecord = DnsRecordBase &
  (
    | { readonly type: 'A'; readonly data: Ipv4Address }
    /** Text with `::` for a run of zeros, for example `fe80::1`. */
    | { readonly type: 'AAAA'; readonly data: string }
    | { readonly type: 'CNAME' | 'NS' | 'PTR'; readonly data: string }
    | { readonly type: 'SOA'; readonly data: DnsSoa }
    | { readonly type: 'SRV'; readonly data: DnsSrv }
    /** Byte strings of up to 255 characters each. */
    | { readonly type: 'TXT'; readonly data: readonly string[] }
    /** Raw data; names inside it may point into the message it came from. */
    | { readonly type: DnsUnknownType; readonly data: Uint8Array }
  );

const TYPE_CODES: ReadonlyMap<string, number> = new Map([
  ['A', 1],
  ['NS', 2],
  ['CNAME', 5],
  ['SOA', 6],
  ['PTR', 12],
  ['TXT', 16],
  ['AAAA', 28],
  ['SRV', 33],
  ['ANY', 255],
]);
const TYPE_NAMES: ReadonlyMap<number, DnsQuestionType> = new Map(
  [...TYPE_CODES].map(([name, code]) => [code, name as DnsQuestionType]),
);

/** `TYPE65` for code 65, but `A` for code 1. */
export const dnsTypeName = (code: number): DnsQuestionType => TYPE_NAMES.get(code) ?? `TYPE${code}`;
export const dnsTypeCode = (type: DnsQuestionType): number => TYPE_CODES.get(type) ?? Number(type.slice(4));
