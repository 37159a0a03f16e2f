/** Membership in multicast groups: the host side of IGMP version 2 as lwIP 1.4 does it (igmp.c; RFC 2236). */
import { type Clock, type Micros, ms, once, type Rng } from '../core/index.ts';
import {
  emitIgmp,
  formatIpv4,
  type Igmp,
  IPV4_ANY,
  type Ipv4Address,
  ipv4,
  isMulticastIpv4,
  PROTO_IGMP,
  parseIgmp,
} from '../wire/index.ts';
import { ERR, type LwipErr } from './err.ts';
import type { Ip4, IpInput } from './ip4.ts';
import type { Netif } from './netif.ts';
import type { StackOptions } from './opts.ts';
import type { DropCounters } from './stats.ts';
import { TickTimer } from './ticks.ts';

export interface IgmpEnv {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly drops: DropCounters;
  readonly opts: StackOptions;
  readonly ip: Ip4;
  /** Newest first. */
  netifs(): readonly Netif[];
}

interface Group {
  readonly netif: Netif;
  readonly addr: Ipv4Address;
  /** RFC 2236 section 6; DELAYING while a report is due. */
  state: 'NON-MEMBER' | 'DELAYING' | 'IDLE';
  /** Ticks until the report, 0 while none is due. */
  ticksLeft: number;
  /** We were the last to report: a leave has to be sent. */
  lastReporter: boolean;
  useCount: number;
}

const decode = once(parseIgmp);

const ALL_SYSTEMS = ipv4(224, 0, 0, 1);
const ALL_ROUTERS = ipv4(224, 0, 0, 2);
/** RFC 2113: every router on the way looks at the packet. */
const ROUTER_ALERT = Uint8Array.of(0x94, 4, 0, 0);
/** Delay for a version 1 query, which names none (IGMP_V1_DELAYING_MEMBER_TMR). */
const V1_RESPONSE_MS = 1000;

export class IgmpLayer {
  readonly #env: IgmpEnv;
  readonly #ticks: TickTimer;
  /** Newest first, as igmp_group_list. */
  #groups: Group[] = [];

  constructor(env: IgmpEnv) {
    this.#env = env;
    this.#ticks = new TickTimer(env.clock, 'igmp', ms(env.opts.igmpTickMs), () => this.#onTick());
  }

  /** Time from now to the next 100 ms tick. */
  setPhase(delay: Micros): void {
    this.#ticks.setPhase(delay);
  }

  /** Time since the last tick, whether or not it did anything. */
  get sinceTick(): Micros {
    return this.#ticks.elapsed;
  }

  shutdown(): void {
    this.#ticks.cancel();
    this.#groups = [];
  }

  /** igmp_start: every interface is in 224.0.0.1. */
  start(netif: Netif): void {
    const group = this.#lookup(netif, ALL_SYSTEMS) ?? this.#create(netif, ALL_SYSTEMS);
    group.state = 'IDLE';
    group.useCount++;
  }

  isMember(netif: Netif, addr: Ipv4Address): boolean {
    return this.#lookup(netif, addr) !== undefined;
  }

  /** Groups of the interface, newest first. */
  groupsOf(netif: Netif): Ipv4Address[] {
    return this.#groups.filter((g) => g.netif === netif).map((g) => g.addr);
  }

  /** igmp_report_groups: the interface came up, all its groups are reported soon. */
  reportAll(netif: Netif): void {
    for (const group of this.#groups) {
      if (group.netif !== netif) continue;
      if (group.addr === ALL_SYSTEMS && !this.#env.opts.igmpReportsAllSystems) continue;
      this.#delay(group, this.#inTicks(this.#env.opts.igmpJoinDelayMs));
    }
  }

  /**
   * Joins on the interface with address `ifAddr`, or on all with 0.0.0.0. Reports at once and again soon.
   * ERR.VAL for an address that is no group, for 224.0.0.1, and when no interface matches.
   */
  join(ifAddr: Ipv4Address, addr: Ipv4Address): LwipErr {
    return this.#onInterfaces(ifAddr, addr, (netif) => {
      const group = this.#lookup(netif, addr) ?? this.#create(netif, addr);
      if (group.state === 'NON-MEMBER') {
        this.#report(group);
        this.#schedule(group, this.#inTicks(this.#env.opts.igmpJoinDelayMs));
        group.state = 'DELAYING';
      }
      group.useCount++;
      return true;
    });
  }

  /** Undoes one join. The last one of a group sends a leave, if we reported last. ERR.VAL when nothing was joined. */
  leave(ifAddr: Ipv4Address, addr: Ipv4Address): LwipErr {
    return this.#onInterfaces(ifAddr, addr, (netif) => {
      const group = this.#lookup(netif, addr);
      if (group === undefined) return false;
      if (group.useCount > 1) {
        group.useCount--;
        return true;
      }
      if (group.lastReporter) this.#send(group, 'leave', ALL_ROUTERS);
      this.#groups = this.#groups.filter((g) => g !== group);
      return true;
    });
  }

  /** igmp_input. */
  input({ netif, packet }: IpInput): void {
    const parsed = decode(packet.payload);
    if (!parsed.ok) {
      this.#env.drops.drop('igmp', parsed.error);
      return;
    }
    const group = this.#lookup(netif, packet.dst);
    if (group === undefined) {
      this.#env.drops.drop('igmp', 'no-group', () => formatIpv4(packet.dst));
      return;
    }
    if (parsed.value.type === 'query') {
      this.#onQuery(netif, packet.dst, group, parsed.value);
      return;
    }
    if (parsed.value.type !== 'report-v2') {
      this.#env.drops.drop('igmp', 'bad-type');
      return;
    }
    // Somebody else reported: once is enough (RFC 2236 section 3).
    if (group.state !== 'DELAYING') return;
    group.ticksLeft = 0;
    group.state = 'IDLE';
    group.lastReporter = false;
  }

  #onQuery(netif: Netif, dst: Ipv4Address, addressed: Group, query: Igmp): void {
    const limitMs = query.maxRespTenths * 100;
    if (query.group === IPV4_ANY) {
      const delay = this.#inTicks(query.maxRespTenths === 0 ? V1_RESPONSE_MS : limitMs);
      if (dst !== ALL_SYSTEMS) {
        this.#env.drops.drop('igmp', 'bad-query');
        return;
      }
      for (const group of this.#groups) {
        if (group.netif === netif && group.addr !== ALL_SYSTEMS) this.#delay(group, delay);
      }
      return;
    }
    const group = dst === ALL_SYSTEMS ? this.#lookup(netif, query.group) : addressed;
    if (group === undefined) {
      this.#env.drops.drop('igmp', 'no-group', () => formatIpv4(query.group));
      return;
    }
    this.#delay(group, this.#inTicks(limitMs));
  }

  #onInterfaces(ifAddr: Ipv4Address, addr: Ipv4Address, act: (netif: Netif) => boolean): LwipErr {
    if (!isMulticastIpv4(addr) || addr === ALL_SYSTEMS) return ERR.VAL;
    let result: LwipErr = ERR.VAL;
    for (const netif of this.#env.netifs()) {
      if ((ifAddr === IPV4_ANY || ifAddr === netif.addr) && act(netif)) result = ERR.OK;
    }
    return result;
  }

  #lookup(netif: Netif, addr: Ipv4Address): Group | undefined {
    return this.#groups.find((g) => g.netif === netif && g.addr === addr);
  }

  #create(netif: Netif, addr: Ipv4Address): Group {
    const group: Group = { netif, addr, state: 'NON-MEMBER', ticksLeft: 0, lastReporter: false, useCount: 0 };
    this.#groups.unshift(group);
    return group;
  }

  #inTicks(durationMs: number): number {
    return Math.floor(durationMs / this.#env.opts.igmpTickMs);
  }

  /** igmp_delaying_member: a report is due within `ticks`, unless one is due sooner. */
  #delay(group: Group, ticks: number): void {
    const idle = group.state === 'IDLE';
    const later = group.state === 'DELAYING' && (group.ticksLeft === 0 || ticks < group.ticksLeft);
    if (!idle && !later) return;
    this.#schedule(group, ticks);
    group.state = 'DELAYING';
  }

  /** igmp_start_timer: 1 … ticks - 1, at random. */
  #schedule(group: Group, ticks: number): void {
    group.ticksLeft = ticks <= 1 ? 1 : 1 + this.#env.rng.below(ticks - 1);
    if (!this.#ticks.armed) this.#ticks.after(1);
  }

  #onTick(): void {
    for (const group of this.#groups) {
      if (group.ticksLeft === 0) continue;
      group.ticksLeft--;
      // lwIP: the group stays DELAYING after its report, with no timer running.
      if (group.ticksLeft === 0 && group.state === 'DELAYING') this.#report(group);
    }
    if (this.#groups.some((g) => g.ticksLeft > 0)) this.#ticks.after(1);
  }

  #report(group: Group): void {
    group.lastReporter = true;
    this.#send(group, 'report-v2', group.addr);
  }

  #send({ netif, addr }: Group, type: 'report-v2' | 'leave', dst: Ipv4Address): void {
    this.#env.ip.outputIf(netif, {
      protocol: PROTO_IGMP,
      dst,
      ttl: this.#env.opts.igmpTtl,
      options: ROUTER_ALERT,
      payload: emitIgmp({ type, maxRespTenths: 0, group: addr }),
    });
  }
}
