/**
 * Reassembly of IPv4 fragments (RFC 791 section 3.2, RFC 815 in spirit): for hosts, the ESP8266 drops fragments.
 * Overlapping fragments drop the whole datagram (RFC 5722's rule), duplicates are ignored.
 */
import { type Clock, EMPTY, type Micros, ms, type Timer } from '../core/index.ts';
import { IPV4_HLEN, type Ipv4 } from '../wire/index.ts';
import type { StackOptions } from './opts.ts';
import type { DropCounters } from './stats.ts';

interface Hole {
  readonly expiresAt: Micros;
  /** Header of the fragment at offset 0. */
  first: Ipv4 | undefined;
  /** Length of the whole payload, known from the last fragment. */
  total: number | undefined;
  /** Disjoint, in order of their offset. */
  readonly parts: { readonly at: number; readonly bytes: Uint8Array }[];
}

/** Datagrams in the making at the same time; the oldest goes first. */
const MAX_DATAGRAMS = 16;
const MAX_PAYLOAD = 0xffff - IPV4_HLEN;

export class Reassembler {
  readonly #clock: Clock;
  readonly #lifetime: Micros;
  readonly #drops: DropCounters;
  readonly #timer: Timer;
  /** In order of arrival, which is the order of expiry. */
  readonly #datagrams = new Map<string, Hole>();

  constructor(clock: Clock, opts: StackOptions, drops: DropCounters) {
    this.#clock = clock;
    this.#lifetime = ms(opts.ipReassemblyMs);
    this.#drops = drops;
    this.#timer = clock.timer('ip4.reassembly', () => this.#expire());
  }

  /** Takes a fragment; returns the datagram it completes. */
  add(fragment: Ipv4): Ipv4 | undefined {
    const key = `${fragment.src} ${fragment.dst} ${fragment.protocol} ${fragment.id}`;
    const datagram = this.#datagrams.get(key) ?? this.#begin(key);
    const refusal = insert(datagram, fragment);
    if (refusal === 'duplicate') return undefined;
    if (refusal !== undefined) return this.#discard(key, refusal);
    const whole = join(datagram);
    if (whole !== undefined) this.#discard(key);
    return whole;
  }

  clear(): void {
    this.#datagrams.clear();
    this.#timer.cancel();
  }

  #begin(key: string): Hole {
    const [oldest] = this.#datagrams.keys();
    if (oldest !== undefined && this.#datagrams.size >= MAX_DATAGRAMS) this.#discard(oldest, 'reassembly-full');
    const datagram: Hole = {
      expiresAt: (this.#clock.now() + this.#lifetime) as Micros,
      first: undefined,
      total: undefined,
      parts: [],
    };
    this.#datagrams.set(key, datagram);
    if (!this.#timer.armed) this.#timer.arm(this.#lifetime);
    return datagram;
  }

  #discard(key: string, reason?: string): undefined {
    this.#datagrams.delete(key);
    if (this.#datagrams.size === 0) this.#timer.cancel();
    if (reason !== undefined) this.#drops.drop('ip4', reason);
  }

  #expire(): void {
    const now = this.#clock.now();
    for (const [key, { expiresAt }] of this.#datagrams) {
      if (expiresAt > now) {
        this.#timer.arm((expiresAt - now) as Micros);
        return;
      }
      this.#discard(key, 'reassembly-timeout');
    }
  }
}

/** Sorts the fragment in; the name of the reason if it does not fit. */
function insert(datagram: Hole, fragment: Ipv4): string | undefined {
  const { fragOffset: at, payload: bytes, flags } = fragment;
  const end = at + bytes.length;
  if (end > MAX_PAYLOAD) return 'fragment-too-long';
  if (flags.mf && (bytes.length === 0 || bytes.length % 8 !== 0)) return 'fragment-bad-length';
  const { parts } = datagram;
  if (parts.some((p) => p.at === at && p.bytes.length === bytes.length)) return 'duplicate';
  if (parts.some((p) => p.at < end && at < p.at + p.bytes.length)) return 'fragment-overlap';
  const furthest = parts.reduce((n, p) => Math.max(n, p.at + p.bytes.length), end);
  if (!flags.mf) {
    if (datagram.total !== undefined || furthest > end) return 'fragment-overlap';
    datagram.total = end;
  } else if (datagram.total !== undefined && end > datagram.total) {
    return 'fragment-overlap';
  }
  if (at === 0) datagram.first = fragment;
  const place = parts.findIndex((p) => p.at > at);
  parts.splice(place < 0 ? parts.length : place, 0, { at, bytes });
  return undefined;
}

function join({ first, total, parts }: Hole): Ipv4 | undefined {
  if (first === undefined || total === undefined) return undefined;
  const held = parts.reduce((n, p) => n + p.bytes.length, 0);
  if (held !== total) return undefined;
  const payload = total === 0 ? EMPTY : new Uint8Array(total);
  for (const part of parts) payload.set(part.bytes, part.at);
  return { ...first, flags: { df: first.flags.df, mf: false }, fragOffset: 0, payload };
}
