/**
 * The resolver of lwIP 1.4 as the firmware has it (dns.c; RFC 1035): a few slots, no cache, a 1 s tick. Its own ways:
 * the random part of the query id is shared and drawn anew for every query, so only the last query can be answered;
 * errors of the server count as silence; an answer that repeats another question ends the lookup.
 */
import { type Clock, concat, fromLatin1, type Micros, ms, put16, type Rng } from '../core/index.ts';
import { DNS_CLASS_IN, DNS_HLEN, IPV4_ANY, IPV4_BROADCAST, type Ipv4Address } from '../wire/index.ts';
import { ipaddrAton } from './aton.ts';
import { DnsAnswer, SHORTEST_ANSWER } from './dns-answer.ts';
import { ERR, type LwipErr } from './err.ts';
import type { StackOptions } from './opts.ts';
import type { DropCounters } from './stats.ts';
import { TickTimer } from './ticks.ts';
import type { UdpLayer, UdpPcb } from './udp.ts';

/** Called once with the address, or with undefined when there is none to be had. */
export type DnsFound = (addr: Ipv4Address | undefined) => void;

export type DnsLookup =
  | { readonly status: 'literal'; readonly addr: Ipv4Address }
  | { readonly status: 'pending' }
  | { readonly status: 'error'; readonly code: LwipErr };

export interface DnsEnv {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly opts: StackOptions;
  readonly drops: DropCounters;
  readonly udp: UdpLayer;
}

interface Slot {
  state: 'UNUSED' | 'ASKING' | 'DONE';
  name: string;
  /** Index of the server that is asked. */
  server: number;
  /** Ticks to the next query. */
  ticksLeft: number;
  retries: number;
  /** Order of use, a u8_t. */
  seq: number;
  found: DnsFound | undefined;
  /** Tick at which a finished slot counts as unused: lwIP keeps it as long as the answer lives. */
  freeAt: number;
}

/** dns.c DNS_MAX_TTL: a week. */
const MAX_TTL = 604_800;
const TYPE_A = 1;

export class DnsClient {
  readonly #env: DnsEnv;
  readonly #pcb: UdpPcb;
  readonly #ticks: TickTimer;
  readonly #slots: Slot[];
  readonly #servers: Ipv4Address[];
  #nextSeq = 0;
  /** Added to the slot number to make the id of the query sent last. */
  #random = 0;

  constructor(env: DnsEnv) {
    this.#env = env;
    const { opts, rng } = env;
    this.#pcb = env.udp.newPcb();
    this.#pcb.internal = true;
    this.#pcb.bind(IPV4_ANY, opts.udpPortFirst + rng.below(opts.udpPortLast - opts.udpPortFirst));
    this.#pcb.recv = (data) => this.#onAnswer(data);
    this.#ticks = new TickTimer(env.clock, 'dns', ms(opts.dnsTickMs), () => this.#onTick());
    this.#servers = new Array<Ipv4Address>(opts.dnsMaxServers).fill(IPV4_ANY);
    this.#servers[0] = opts.dnsDefaultServer as Ipv4Address;
    this.#slots = Array.from({ length: opts.dnsTableSize }, () => ({
      state: 'UNUSED',
      name: '',
      server: 0,
      ticksLeft: 0,
      retries: 0,
      seq: 0,
      found: undefined,
      freeAt: 0,
    }));
  }

  /** Local port of all queries, fixed for as long as the stack lives. */
  get localPort(): number {
    return this.#pcb.localPort;
  }

  /** By index; 0.0.0.0 where none was set. */
  get servers(): readonly Ipv4Address[] {
    return this.#servers;
  }

  /** Names being asked for. */
  get pending(): readonly string[] {
    return this.#slots.filter((slot) => slot.state === 'ASKING').map((slot) => slot.name);
  }

  /** Time from now to the next 1 s tick. */
  setPhase(delay: Micros): void {
    this.#ticks.setPhase(delay);
  }

  shutdown(): void {
    this.#ticks.cancel();
    for (const slot of this.#slots) this.#flush(slot);
  }

  /** Ignores 0.0.0.0 and an index out of range: a server cannot be taken away (dns_setserver). */
  setServer(index: number, addr: Ipv4Address): void {
    if (addr !== IPV4_ANY && this.#servers[index] !== undefined) this.#servers[index] = addr;
  }

  /**
   * dns_gethostbyname. ERR.ARG for an empty or too long name, ERR.MEM when all slots are busy.
   * `onFound` is called only for a pending lookup, later.
   */
  resolve(host: string, onFound: DnsFound): DnsLookup {
    if (host === '' || host.length >= this.#env.opts.dnsMaxName) return { status: 'error', code: ERR.ARG };
    const literal = ipaddrAton(host);
    // lwIP: 255.255.255.255 is also the mark of "no address" (ipaddr_addr), so it is asked for as a name.
    if (literal !== undefined && literal !== IPV4_BROADCAST) return { status: 'literal', addr: literal };
    const index = this.#freeSlot();
    const slot = this.#slots[index];
    if (slot === undefined) return { status: 'error', code: ERR.MEM };
    slot.name = host;
    slot.found = onFound;
    this.#env.drops.trace.keep(slot);
    slot.seq = this.#nextSeq;
    this.#nextSeq = (this.#nextSeq + 1) & 0xff;
    slot.state = 'ASKING';
    slot.server = 0;
    slot.retries = 0;
    slot.ticksLeft = 1;
    this.#ask(index, slot);
    if (!this.#ticks.armed) this.#ticks.after(1);
    return { status: 'pending' };
  }

  /** The first unused slot, else the one finished longest ago; the length of the table when all are busy. */
  #freeSlot(): number {
    const now = this.#ticks.count;
    const slots = this.#slots;
    for (const slot of slots) if (slot.state === 'DONE' && slot.freeAt <= now) this.#flush(slot);
    const unused = slots.findIndex((slot) => slot.state === 'UNUSED');
    if (unused >= 0) return unused;
    let oldest = 0;
    let greatest = 0;
    slots.forEach((slot, i) => {
      // lwIP (dns_enqueue): the difference is not taken modulo 256, so after a wrap slot 0 counts as the oldest.
      const age = this.#nextSeq - slot.seq;
      if (slot.state !== 'DONE' || age <= greatest) return;
      greatest = age;
      oldest = i;
    });
    return slots[oldest]?.state === 'DONE' ? oldest : slots.length;
  }

  #ask(index: number, slot: Slot): void {
    this.#random = this.#env.rng.u32() >>> 16;
    const server = this.#servers[slot.server] ?? IPV4_ANY;
    const { dnsPort } = this.#env.opts;
    this.#pcb.connect(server, dnsPort);
    // An error is silence to the caller: the next try comes with the tick (dns_check_entry).
    this.#pcb.sendTo(encodeQuery((index + this.#random) & 0xffff, slot.name), server, dnsPort);
  }

  #onTick(): void {
    this.#slots.forEach((slot, index) => {
      if (slot.state === 'ASKING' && --slot.ticksLeft === 0) this.#retry(index, slot);
    });
    if (this.#slots.some((slot) => slot.state === 'ASKING')) this.#ticks.after(1);
  }

  #retry(index: number, slot: Slot): void {
    slot.retries++;
    if (slot.retries < this.#env.opts.dnsMaxRetries) {
      slot.ticksLeft = slot.retries;
      this.#because(slot, () => this.#ask(index, slot));
      return;
    }
    if ((this.#servers[slot.server + 1] ?? IPV4_ANY) !== IPV4_ANY) {
      slot.server++;
      slot.ticksLeft = 1;
      slot.retries = 0;
      return;
    }
    // The slot is busy while its owner is told.
    this.#because(slot, () => slot.found?.(undefined));
    this.#flush(slot);
  }

  #onAnswer(data: Uint8Array): void {
    const { drops, opts } = this.#env;
    if (data.length > opts.dnsMessageSize || data.length < SHORTEST_ANSWER) {
      drops.drop('dns', 'bad-length');
      return;
    }
    const answer = new DnsAnswer(data, opts.dnsMessageSize);
    const slot = this.#slots[(answer.id - this.#random) & 0xffff];
    if (slot?.state !== 'ASKING') {
      drops.drop('dns', 'unknown-id');
      return;
    }
    if (!answer.usable) {
      drops.drop('dns', 'error-answer');
      return;
    }
    this.#finish(slot, answer);
  }

  /** The first A record wins. lwIP (dns_recv): a slot without one, or with a TTL of 0, is flushed after the call. */
  #finish(slot: Slot, answer: DnsAnswer): void {
    slot.state = 'DONE';
    const found = answer.find(slot.name);
    const ttl = Math.min(found?.ttl ?? 0, MAX_TTL);
    slot.freeAt = ttl === 0 ? Number.POSITIVE_INFINITY : this.#ticks.count + ttl;
    this.#because(slot, () => slot.found?.(found?.addr));
    if (ttl === 0) this.#flush(slot);
  }

  /** With the cause that the lookup had. */
  #because(slot: Slot, action: () => void): void {
    const { trace } = this.#env.drops;
    const before = trace.recall(slot);
    action();
    trace.restore(before);
  }

  #flush(slot: Slot): void {
    slot.state = 'UNUSED';
    slot.found = undefined;
  }
}

/** dns_send: the name goes out as it stands, label by label, without a check of their lengths. */
function encodeQuery(id: number, name: string): Uint8Array {
  const head = new Uint8Array(DNS_HLEN);
  put16(head, 0, id);
  put16(head, 2, 0x0100); // recursion desired
  put16(head, 4, 1);
  const labels = name.split('.').map((label) => concat(Uint8Array.of(label.length), fromLatin1(label)));
  return concat(head, ...labels, Uint8Array.of(0, 0, TYPE_A, 0, DNS_CLASS_IN));
}
