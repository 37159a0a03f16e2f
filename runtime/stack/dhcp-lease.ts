/** What a DHCP server offered, and the defaults lwIP fills in (dhcp.c dhcp_handle_ack, dhcp_bind). */
import { IPV4_ANY, type Ipv4Address, ipv4 } from '../wire/index.ts';
import type { DhcpReply } from './dhcp-reply.ts';

export interface DhcpLease {
  /** The server whose offer was taken, 0.0.0.0 while there is none. */
  readonly serverAddr: Ipv4Address;
  /** The address offered or leased, 0.0.0.0 while there is none. */
  readonly addr: Ipv4Address;
  readonly netmask: Ipv4Address;
  readonly gateway: Ipv4Address;
  /** First server of option 42, 0.0.0.0 without one. */
  readonly ntpAddr: Ipv4Address;
  readonly leaseSecs: number;
  /** T1 and T2. */
  readonly renewalSecs: number;
  readonly rebindingSecs: number;
}

export const NO_LEASE: DhcpLease = {
  serverAddr: IPV4_ANY,
  addr: IPV4_ANY,
  netmask: IPV4_ANY,
  gateway: IPV4_ANY,
  ntpAddr: IPV4_ANY,
  leaseSecs: 0,
  renewalSecs: 0,
  rebindingSecs: 0,
};

/** The lease of an ACK. Without a lease time the one before counts on; T1 defaults to half of it, T2 to all of it. */
export function acknowledgedLease(
  { yiaddr, options }: Pick<DhcpReply, 'yiaddr' | 'options'>,
  before: DhcpLease,
): DhcpLease {
  const leaseSecs = options.leaseTime ?? before.leaseSecs;
  const netmask = options.subnetMask ?? classMask(yiaddr);
  const router = options.routers?.[0] ?? IPV4_ANY;
  return {
    serverAddr: before.serverAddr,
    addr: yiaddr,
    netmask,
    // lwIP: the first address of the network stands in for a gateway nobody named.
    gateway: router === IPV4_ANY ? ((((yiaddr & netmask) | 1) >>> 0) as Ipv4Address) : router,
    ntpAddr: options.ntpServers?.[0] ?? IPV4_ANY,
    leaseSecs,
    renewalSecs: options.renewalTime ?? Math.floor(leaseSecs / 2),
    rebindingSecs: options.rebindingTime ?? leaseSecs,
  };
}

/** dhcp.c counts coarse ticks in u16_t. */
const MAX_TICKS = 0xffff;
const INFINITE_SECS = 0xffffffff;

/** A time of a lease in ticks of `tickSecs`, rounded, at least one; undefined for ever. */
export function leaseTicks(secs: number, tickSecs: number): number | undefined {
  if (secs === INFINITE_SECS) return undefined;
  return Math.min(MAX_TICKS, Math.max(1, Math.floor((secs + Math.floor(tickSecs / 2)) / tickSecs)));
}

function classMask(addr: Ipv4Address): Ipv4Address {
  const first = addr >>> 24;
  if (first <= 127) return ipv4(255, 0, 0, 0);
  return first >= 192 ? ipv4(255, 255, 255, 0) : ipv4(255, 255, 0, 0);
}
