/** Random schedules of faults for a test, made from what happened when it ran without any. Same seed, same schedules. */
import { frameFacts, type LoggedFrame, Rng, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from '../../runtime/index.ts';
import type { TestWorld } from '../testing/index.ts';
import type { Fault, FaultKind } from './faults.ts';

/** Frames of one sort. */
interface Sort {
  readonly noun: string;
  readonly filter: string;
  /** So many there were. */
  readonly count: number;
  /** Of TCP with payload: the longest. */
  readonly payload: number;
}

/** What a run without faults has shown. */
export interface Baseline {
  readonly sorts: readonly Sort[];
  /** Microseconds it took. */
  readonly lasted: number;
  /** Devices that go on by themselves after a restart. */
  readonly restartable: readonly string[];
}

export function baselineOf(net: TestWorld): Baseline {
  const macs = new Set(net.devices.map(({ device }) => device.profile.mac));
  const sorts = new Map<string, Sort>();
  for (const logged of net.log.frames) {
    const sort = sortOf(logged, macs);
    if (sort === undefined) continue;
    const known = sorts.get(sort.filter);
    const count = (known?.count ?? 0) + 1;
    sorts.set(sort.filter, { ...sort, count, payload: Math.max(sort.payload, known?.payload ?? 0) });
  }
  return {
    sorts: [...sorts.values()],
    lasted: net.now,
    restartable: net.devices.filter((device) => device.file('init.lua') !== undefined).map(({ name }) => name),
  };
}

/** DNS, DHCP and NTP by their words; other UDP by port. */
const UDP_NOUNS: Readonly<Record<number, readonly [question: string, answer: string]>> = {
  53: ['DNS question', 'DNS answer'],
  67: ['DHCP message of the device', 'DHCP answer'],
  123: ['NTP question', 'NTP answer'],
};

/** What a frame to or from a device is called, and a filter that means its like. */
function sortOf({ frame }: LoggedFrame, macs: ReadonlySet<number>): Omit<Sort, 'count'> | undefined {
  const facts = frameFacts(frame);
  if (facts === undefined || !(macs.has(facts.srcMac) || macs.has(facts.dstMac))) return undefined;
  const { srcPort, dstPort, flags, payload } = facts;
  if (srcPort === undefined || dstPort === undefined) {
    if (facts.protocol === 1) return { noun: 'ping message', filter: 'icmp', payload: 0 };
    return facts.protocol === undefined ? { noun: 'ARP message', filter: 'arp', payload: 0 } : undefined;
  }
  // The smaller port is the service's.
  const toService = dstPort < srcPort || (dstPort === srcPort && macs.has(facts.srcMac));
  const port = toService ? dstPort : srcPort;
  const side = `${toService ? 'dst' : 'src'} port ${port}`;
  if (flags === undefined) {
    // A DHCP client's port is the next one.
    const nouns = port === 67 && !toService ? UDP_NOUNS[67] : UDP_NOUNS[port];
    const noun = nouns?.[toService ? 0 : 1] ?? `datagram ${toService ? 'to' : 'from'} port ${port}`;
    return { noun, filter: `udp and ${side}`, payload: 0 };
  }
  const tcp = tcpSort(flags, payload.length);
  const noun = `${tcp.noun} ${toService ? 'to' : 'from'} port ${port}`;
  return { noun, filter: `tcp and ${side} and ${tcp.words}`, payload: payload.length };
}

/** An Ethernet, an IP and a TCP header without options are 54 bytes. */
const DATA = 'greater 55 and not syn';

function tcpSort(flags: number, length: number): { readonly noun: string; readonly words: string } {
  if ((flags & TCP_RST) !== 0) return { noun: 'RST', words: 'rst' };
  if ((flags & TCP_SYN) !== 0)
    return (flags & TCP_ACK) !== 0
      ? { noun: 'SYN-ACK', words: 'syn and ack' }
      : { noun: 'SYN', words: 'syn and not ack' };
  if (length > 0) return { noun: 'segment', words: DATA };
  if ((flags & TCP_FIN) !== 0) return { noun: 'FIN', words: 'fin and less 54' };
  return { noun: 'ACK', words: 'ack and less 54 and not fin' };
}

/** At most so many faults at once. */
const MOST = 4;

/** Schedule number `index`. */
export function schedule(baseline: Baseline, kinds: readonly FaultKind[], seed: number, index: number): Fault[] {
  const rng = new Rng(seed).fork(`explore/${index}`);
  const possible = kinds.filter((kind) => isPossible(kind, baseline));
  if (possible.length === 0) return [];
  return Array.from({ length: 1 + rng.below(MOST) }, () =>
    randomFault(possible[rng.below(possible.length)] as FaultKind, baseline, rng),
  );
}

function isPossible(kind: FaultKind, { sorts, restartable }: Baseline): boolean {
  if (kind === 'ap-down') return true;
  if (kind === 'restart') return restartable.length > 0;
  return sorts.some((sort) => kind !== 'split' || sort.payload > 1);
}

const MS = 1000;

function randomFault(kind: FaultKind, { sorts, lasted, restartable }: Baseline, rng: Rng): Fault {
  const moment = (): number => MS * rng.below(Math.ceil(lasted / MS));
  if (kind === 'ap-down') return { kind, at: moment(), lasts: 500 * MS * (1 + rng.below(20)) };
  if (kind === 'restart') return { kind, at: moment(), device: restartable[rng.below(restartable.length)] as string };
  const fitting = sorts.filter((sort) => kind !== 'split' || sort.payload > 1);
  const { noun, filter, count, payload } = fitting[rng.below(fitting.length)] as Sort;
  // Slow name servers are slow to everybody.
  const every = kind === 'delay' && rng.chance(0.25);
  return {
    kind,
    filter,
    noun,
    nth: every ? undefined : 1 + rng.below(count),
    by: kind === 'delay' ? 50 * MS * (1 + rng.below(100)) : kind === 'duplicate' ? MS * (1 + rng.below(20)) : undefined,
    bytes: kind === 'split' ? 1 + rng.below(payload - 1) : undefined,
  };
}
