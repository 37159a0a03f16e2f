/** A frame in the columns of the list: who, to whom, what. Made only for rows that are looked at. */
import { describeFrame, type FrameFacts, formatIpv4, formatMac, frameFacts } from '../../runtime/index.ts';
import type { FrameRecord } from '../world/protocol.ts';

export interface Row {
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly summary: string;
}

const ARP = 0x0806;
const IPV4 = 0x0800;
const ALL = 0xffffffff;
const BROADCAST = 0xffffffffffff;
const PORTS: Readonly<Record<number, string>> = {
  53: 'DNS',
  67: 'DHCP',
  68: 'DHCP',
  123: 'NTP',
  1883: 'MQTT',
  5353: 'mDNS',
  5683: 'CoAP',
};
const PROTOCOLS: Readonly<Record<number, string>> = { 1: 'ICMP', 2: 'IGMP', 6: 'TCP', 17: 'UDP' };
const HTTP = /^(?:(?:GET|POST|PUT|DELETE|HEAD|PATCH|OPTIONS) \S+ HTTP\/1\.[01]|HTTP\/1\.[01] \d{3}[^\r\n]*)/;

/** Names of addresses, as far as they are known. */
export class Names {
  readonly #names = new Map<string, string>();
  /** Counts what has changed. */
  revision = 0;

  set(address: string, name: string): void {
    if (this.#names.get(address) === name) return;
    this.#names.set(address, name);
    this.revision++;
  }

  clear(): void {
    this.#names.clear();
  }

  of(address: string): string {
    return this.#names.get(address) ?? address;
  }

  /** The name, if there is one. */
  known(address: string): string | undefined {
    return this.#names.get(address);
  }

  /** The other way round; what is no name comes back. */
  addressOf(name: string): string {
    for (const [address, one] of this.#names) if (one === name && address.includes('.')) return address;
    return name;
  }
}

export function rowOf({ bytes }: FrameRecord, names: Names): Row {
  const facts = frameFacts(bytes);
  if (facts === undefined) return { from: '', to: '', protocol: '?', summary: describeFrame(bytes) };
  const [from, to] = endsOf(facts, names);
  return { from, to, protocol: protocolOf(facts), summary: summaryOf(facts, bytes) };
}

/** The two machines of a frame, without ports. */
export function endsOf({ src, dst, srcMac, dstMac, etherType }: FrameFacts, names: Names): readonly [string, string] {
  if (etherType === IPV4 && src !== undefined && dst !== undefined)
    return [
      src === 0 ? names.of(formatMac(srcMac)) : names.of(formatIpv4(src)),
      dst === ALL ? 'everybody' : names.of(formatIpv4(dst)),
    ];
  return [names.of(formatMac(srcMac)), dstMac === BROADCAST ? 'everybody' : names.of(formatMac(dstMac))];
}

function protocolOf({ etherType, protocol, srcPort = 0, dstPort = 0, payload }: FrameFacts): string {
  if (etherType === ARP) return 'ARP';
  if (etherType !== IPV4) return `0x${etherType.toString(16)}`;
  const known = PORTS[dstPort] ?? PORTS[srcPort];
  if (protocol === 6 && payload.length > 0) return HTTP.test(latin1(payload, 200)) ? 'HTTP' : (known ?? 'TCP');
  return (protocol === 17 ? known : undefined) ?? PROTOCOLS[protocol ?? 0] ?? 'IP';
}

function summaryOf(facts: FrameFacts, bytes: Uint8Array): string {
  const { protocol, payload, srcPort, dstPort } = facts;
  const http = protocol === 6 ? HTTP.exec(latin1(payload, 400))?.[0] : undefined;
  if (http !== undefined) return http.replace(/ HTTP\/1\.[01]$/, '');
  const text = describeFrame(bytes)
    .replace(/^ARP, /, '')
    .replace(/^IP [\d.]+ > [\d.]+: /, '');
  const tcp = /^Flags \[([^\]]*)\], (.*)$/.exec(text);
  const ports = srcPort === undefined || PORTS[dstPort ?? 0] || PORTS[srcPort] ? '' : `${srcPort} → ${dstPort}  `;
  if (tcp === null) return `${ports}${text.replace(/^(DNS|DHCP|UDP,|ICMP|igmp) ?/, '')}`;
  return `${ports}${flagNames(tcp[1] ?? '')}  ${tcp[2]}`;
}

const FLAGS: Readonly<Record<string, string>> = { S: 'SYN', F: 'FIN', R: 'RST', P: 'PSH', A: 'ACK', U: 'URG' };

const flagNames = (letters: string): string => [...letters].map((letter) => FLAGS[letter] ?? letter).join(' ');

export function latin1(bytes: Uint8Array, most: number): string {
  return String.fromCharCode(...bytes.subarray(0, most));
}

/** `12.345678`, seconds since the world began. */
export const timeOf = (at: number): string => (at / 1e6).toFixed(6);
