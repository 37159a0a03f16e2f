/**
 * What lwIP 1.4 reads in the answer of a DNS server (dns.c dns_recv, dns_compare_name, dns_parse_name), byte for byte:
 * it counts on well-formed names and looks neither at the end of the message nor at what follows a pointer, so answers
 * that a strict parser refuses still have an address in them. Messages for the pages of Wireshark are `wire/dns.ts`.
 */
import { u8, u16, u32 } from '../core/index.ts';
import { DNS_CLASS_IN, DNS_HLEN, type Ipv4Address } from '../wire/index.ts';

const TYPE_A = 1;
const QUESTION_LENGTH = 4;
const RECORD_LENGTH = 10;
const ADDRESS_LENGTH = 4;
/** The two upper bits of a length mark a pointer (RFC 1035 section 4.1.4). */
const POINTER = 0xc0;
const RESPONSE = 0x8000;
const RCODE = 0x000f;

/** Shortest answer looked at: header, question and record without names. */
export const SHORTEST_ANSWER = DNS_HLEN + QUESTION_LENGTH + RECORD_LENGTH;

/** The first address, and how long it may be kept in seconds. */
export interface DnsAddress {
  readonly addr: Ipv4Address;
  readonly ttl: number;
}

/** An answer in the buffer that dns_recv copies it to: zeros follow it. */
export class DnsAnswer {
  readonly id: number;
  /** An answer that counts: a response without error to exactly one question. */
  readonly usable: boolean;
  readonly #bytes: Uint8Array;

  /** @param size of the buffer, DNS_MSG_SIZE; `data` is not longer */
  constructor(data: Uint8Array, size: number) {
    this.#bytes = new Uint8Array(size);
    this.#bytes.set(data);
    this.id = u16(data, 0);
    const flags = u16(data, 2);
    this.usable = (flags & RESPONSE) !== 0 && (flags & RCODE) === 0 && u16(data, 4) === 1;
  }

  /** The first A record of class IN, whatever its name; undefined without one, or when the question is another one. */
  find(name: string): DnsAddress | undefined {
    if (!this.#asks(name)) return undefined;
    let at = this.#skipName(DNS_HLEN) + QUESTION_LENGTH;
    for (let left = u16(this.#bytes, 6); left > 0; left--) {
      at = this.#skipName(at);
      if (at + RECORD_LENGTH + ADDRESS_LENGTH > this.#bytes.length) return undefined;
      const length = u16(this.#bytes, at + 8);
      const isAddress = u16(this.#bytes, at) === TYPE_A && u16(this.#bytes, at + 2) === DNS_CLASS_IN;
      at += RECORD_LENGTH;
      if (isAddress && length === ADDRESS_LENGTH)
        return { addr: u32(this.#bytes, at) as Ipv4Address, ttl: u32(this.#bytes, at - 6) };
      at += length;
    }
    return undefined;
  }

  /** A question that is only the beginning of the name, or ends in a pointer, counts as the same. */
  #asks(name: string): boolean {
    let at = DNS_HLEN;
    let i = 0;
    do {
      const length = this.#at(at++);
      if ((length & POINTER) === POINTER) return true;
      for (const end = i + length; i < end; i++) if (name.charCodeAt(i) !== this.#at(at++)) return false;
      i++; // the dot
    } while (this.#at(at) !== 0);
    return true;
  }

  /** Where the name at `at` ends. The root's empty name takes one byte too many. */
  #skipName(at: number): number {
    let next = at;
    do {
      const length = this.#at(next++);
      if ((length & POINTER) === POINTER) break;
      next += length;
    } while (this.#at(next) !== 0);
    return next + 1;
  }

  #at(at: number): number {
    return at < this.#bytes.length ? u8(this.#bytes, at) : 0;
  }
}
