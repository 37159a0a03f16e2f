/**
 * ARP as lwIP 1.4 does it (etharp.c; RFC 826): one table for all interfaces, addresses learnt only when they are asked
 * for or known already, a short queue per address, no retry of a request but by the next packet.
 * Ages are read off the tick grid; ticks cost an event only while packets wait.
 */
import { type Clock, concat, EMPTY, type Micros, ms, once } from '../core/index.ts';
import {
  ARP_LENGTH,
  ARP_REPLY,
  ARP_REQUEST,
  type Arp,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  emitArp,
  formatIpv4,
  IPV4_ANY,
  type Ipv4Address,
  isMulticastIpv4,
  MAC_BROADCAST,
  MAC_ZERO,
  type MacAddress,
  multicastMac,
  parseArp,
} from '../wire/index.ts';
import { ERR, type LwipErr } from './err.ts';
import type { Netif } from './netif.ts';
import type { StackOptions } from './opts.ts';
import type { DropCounters } from './stats.ts';
import { TickTimer } from './ticks.ts';

interface ArpEntry {
  readonly ip: Ipv4Address;
  /** Undefined while the answer is awaited. */
  mac: MacAddress | undefined;
  /** Tick from which its age counts. */
  bornAt: number;
  /** Tick in which it was last asked for again; lwIP's state STABLE_REREQUESTING ends with the next one. */
  askedAgainAt: number;
  /** IP packets waiting for the answer. */
  queue: Uint8Array[];
}

const decode = once(parseArp);

/** A reply: of those the DHCP client is told. */
export function isArpReply(payload: Uint8Array): boolean {
  const parsed = decode(payload);
  return parsed.ok && parsed.value.op === ARP_REPLY;
}

const bitOf = (addr: Ipv4Address): number => 1 << (addr & 31);

/** 169.254.0.0/16 is never behind a gateway (ip_addr.h ip_addr_islinklocal). */
const isLinkLocal = (addr: Ipv4Address): boolean => addr >>> 16 === 0xa9fe;

export class EthArp {
  readonly #opts: StackOptions;
  readonly #drops: DropCounters;
  readonly #ticks: TickTimer;
  readonly #table: (ArpEntry | undefined)[];
  /** Tick whose ageing the table shows. */
  #sweptAt = 0;
  /** Packets wait in the table. */
  #waiting = false;
  /** Bit n: an address that ends with these five bits has been in the table. */
  #everHeld = 0;

  constructor(clock: Clock, opts: StackOptions, drops: DropCounters) {
    this.#opts = opts;
    this.#drops = drops;
    this.#table = new Array<ArpEntry | undefined>(opts.arpTableSize).fill(undefined);
    this.#ticks = new TickTimer(clock, 'arp', ms(opts.arpTickMs), () => this.#sweep());
  }

  /** Time from now to the next 5 s tick. */
  setPhase(delay: Micros): void {
    this.#ticks.setPhase(delay);
  }

  /** What is known, in table order; a pending entry has no `mac`. */
  entries(): { readonly ip: Ipv4Address; readonly mac: MacAddress | undefined; readonly queued: number }[] {
    this.#sweep();
    return this.#table.flatMap((e) => (e === undefined ? [] : [{ ip: e.ip, mac: e.mac, queued: e.queue.length }]));
  }

  lookup(ip: Ipv4Address): MacAddress | undefined {
    return this.#find(ip)?.mac;
  }

  /** The hardware address of a machine or of the gateway to it. */
  neighbour(netif: Netif | undefined, dst: Ipv4Address): MacAddress | undefined {
    return netif && this.lookup(hopTo(netif, dst));
  }

  shutdown(): void {
    this.#ticks.cancel();
    this.#table.fill(undefined);
  }

  /** etharp_output: finds the hardware address of the destination or of the gateway to it, and sends or queues. */
  output(netif: Netif, packet: Uint8Array, dst: Ipv4Address): LwipErr {
    if (netif.isBroadcast(dst)) return sendIp(netif, MAC_BROADCAST, packet);
    if (isMulticastIpv4(dst)) return sendIp(netif, multicastMac(dst), packet);
    const hop = hopTo(netif, dst);
    if (hop === IPV4_ANY) return ERR.RTE;
    const entry = this.#find(hop);
    if (entry?.mac === undefined) return this.query(netif, hop, packet);
    this.#refresh(netif, entry);
    return sendIp(netif, entry.mac, packet);
  }

  /** etharp_query: asks for `ip` if it is unknown (or no packet is given) and sends or queues `packet`. */
  query(netif: Netif, ip: Ipv4Address, packet?: Uint8Array): LwipErr {
    if (netif.isBroadcast(ip) || isMulticastIpv4(ip)) return ERR.ARG;
    const entry = this.#find(ip) ?? this.#create(ip);
    if (entry.mac === undefined || packet === undefined) this.request(netif, ip);
    if (packet === undefined) return ERR.OK;
    if (entry.mac !== undefined) return sendIp(netif, entry.mac, packet);
    entry.queue.push(packet);
    this.#drops.trace.keep(packet);
    this.#armForWaiting();
    if (entry.queue.length > this.#opts.arpQueueLength) {
      entry.queue.shift();
      this.#drops.drop('arp', 'queue-full', () => formatIpv4(ip));
    }
    return ERR.OK;
  }

  /** Broadcasts a request. For the own address it is the gratuitous one. */
  request(netif: Netif, ip: Ipv4Address): void {
    const message: Arp = {
      op: ARP_REQUEST,
      senderMac: netif.mac,
      senderIp: netif.addr,
      targetMac: MAC_ZERO,
      targetIp: ip,
    };
    netif.send(MAC_BROADCAST, ETHERTYPE_ARP, emitArp(message));
  }

  /** An ARP message arrived. Answers, learns, and tells the DHCP client about claims. */
  input(netif: Netif, payload: Uint8Array): void {
    const parsed = decode(payload);
    if (!parsed.ok) {
      this.#drops.drop('arp', parsed.error);
      return;
    }
    const { op, senderMac, senderIp, targetIp } = parsed.value;
    const forUs = netif.addr !== IPV4_ANY && targetIp === netif.addr;
    this.#update(netif, senderIp, senderMac, forUs);
    if (op === ARP_REPLY) {
      netif.dhcp?.onArpReply(senderIp);
      return;
    }
    if (op !== ARP_REQUEST) {
      this.#drops.drop('arp', 'bad-op');
      return;
    }
    if (!forUs) return;
    const reply: Arp = {
      op: ARP_REPLY,
      senderMac: netif.mac,
      senderIp: netif.addr,
      targetMac: senderMac,
      targetIp: senderIp,
    };
    const padding = this.#opts.arpReturnsPadding ? payload.subarray(ARP_LENGTH) : EMPTY;
    netif.send(senderMac, ETHERTYPE_ARP, concat(emitArp(reply), padding));
  }

  /** ETHARP_TRUST_IP_MAC: an IP packet from the own network renews what is known about its sender. */
  learnFromIp(netif: Netif, src: Ipv4Address, mac: MacAddress): void {
    if (netif.isOnLink(src)) this.#update(netif, src, mac, false);
  }

  /** Puts a pair into the table, as a DHCP server has to before it can send to a client without address. */
  insert(netif: Netif, ip: Ipv4Address, mac: MacAddress): void {
    this.#update(netif, ip, mac, true);
  }

  /** update_arp_entry: renews an entry (or makes one) and sends what waited for it. */
  #update(netif: Netif, ip: Ipv4Address, mac: MacAddress, create: boolean): void {
    // Nearly all that is overheard is about strangers, and nothing waits for any of them.
    if (!create && !this.#waiting && (this.#everHeld & bitOf(ip)) === 0) return;
    if (netif.isBroadcast(ip) || isMulticastIpv4(ip)) return;
    const entry = this.#find(ip) ?? (create ? this.#create(ip) : undefined);
    if (entry === undefined) return;
    entry.mac = mac;
    entry.bornAt = this.#ticks.count;
    entry.askedAgainAt = -1;
    const queue = entry.queue;
    if (queue.length === 0) return;
    entry.queue = [];
    this.#armForWaiting();
    const { trace } = this.#drops;
    for (const packet of queue) {
      const before = trace.recall(packet);
      sendIp(netif, mac, packet);
      trace.restore(before);
    }
  }

  /** In its last minute an entry in use is asked for again, once per tick. */
  #refresh(netif: Netif, entry: ArpEntry): void {
    const now = this.#ticks.count;
    if (entry.askedAgainAt === now || now - entry.bornAt < this.#opts.arpRerequestTicks) return;
    entry.askedAgainAt = now;
    this.request(netif, entry.ip);
  }

  #find(ip: Ipv4Address): ArpEntry | undefined {
    this.#sweep();
    return this.#table.find((entry) => entry?.ip === ip);
  }

  /** find_entry with TRY_HARD: an empty place, else the oldest stable, idle pending or pending entry goes. */
  #create(ip: Ipv4Address): ArpEntry {
    let place = this.#table.indexOf(undefined);
    if (place < 0) {
      place = this.#victim();
      this.#drops.drop('arp', 'evicted', () => formatIpv4((this.#table[place] as ArpEntry).ip));
    }
    const entry = { ip, mac: undefined, bornAt: this.#ticks.count, askedAgainAt: -1, queue: [] };
    this.#table[place] = entry;
    this.#everHeld |= bitOf(ip);
    return entry;
  }

  #victim(): number {
    const rank = (e: ArpEntry): number => (e.mac !== undefined ? 2 : e.queue.length === 0 ? 1 : 0);
    let best = 0;
    this.#table.forEach((entry, i) => {
      const champion = this.#table[best];
      if (entry === undefined || champion === undefined) return;
      const lead = rank(entry) - rank(champion);
      // Of equal age the later place goes, as in lwIP's sweep.
      if (lead > 0 || (lead === 0 && entry.bornAt <= champion.bornAt)) best = i;
    });
    return best;
  }

  /** etharp_tmr, run when the table is looked at and while packets wait. */
  #sweep(): void {
    const now = this.#ticks.count;
    if (now === this.#sweptAt) return;
    this.#sweptAt = now;
    this.#table.forEach((entry, i) => {
      if (entry === undefined) return;
      const limit = entry.mac === undefined ? this.#opts.arpMaxPendingTicks : this.#opts.arpMaxAgeTicks;
      if (now - entry.bornAt < limit) return;
      this.#table[i] = undefined;
      for (const _ of entry.queue) this.#drops.drop('arp', 'unanswered', () => formatIpv4(entry.ip));
    });
    this.#armForWaiting();
  }

  /** The loss of packets is to be seen when it happens. */
  #armForWaiting(): void {
    const pending = this.#table.flatMap((e) => (e !== undefined && e.queue.length > 0 ? [e.bornAt] : []));
    this.#waiting = pending.length > 0;
    if (!this.#waiting) {
      this.#ticks.cancel();
      return;
    }
    this.#ticks.after(Math.min(...pending) + this.#opts.arpMaxPendingTicks - this.#ticks.count);
  }
}

/** Whom a packet to one machine is handed to: that machine, or the gateway, which is 0.0.0.0 if there is none. */
const hopTo = (netif: Netif, dst: Ipv4Address): Ipv4Address =>
  netif.isOnLink(dst) || isLinkLocal(dst) ? dst : netif.gateway;

function sendIp(netif: Netif, dst: MacAddress, packet: Uint8Array): LwipErr {
  netif.send(dst, ETHERTYPE_IPV4, packet);
  return ERR.OK;
}
