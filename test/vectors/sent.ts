/** Frames the device sent, taken apart. What cannot be parsed keeps the reason and never matches anything. */
import {
  type Arp,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  type Icmp,
  type Igmp,
  IPV4_ANY,
  type Ipv4,
  type MacAddress,
  PROTO_ICMP,
  PROTO_IGMP,
  PROTO_TCP,
  PROTO_UDP,
  parseArp,
  parseEthernet,
  parseIcmp,
  parseIgmp,
  parseIpv4Packet,
  parseTcp,
  parseUdp,
  type Tcp,
  type Udp,
} from '../../runtime/wire/index.ts';
import { type Flow, type Flows, flowKey, type Relative } from './flows.ts';

export interface SentFrame {
  readonly dst: MacAddress;
  readonly arp?: Arp;
  readonly ip?: Ipv4;
  readonly tcp?: Tcp;
  readonly udp?: Udp;
  readonly icmp?: Icmp;
  readonly igmp?: Igmp;
  /** Why it is not one of the above. */
  readonly problem?: string;
}

export function parseSent(bytes: Uint8Array): SentFrame {
  const frame = parseEthernet(bytes);
  if (!frame.ok) return { dst: 0 as MacAddress, problem: frame.error };
  const { dst, etherType, payload } = frame.value;
  if (etherType === ETHERTYPE_ARP) {
    const arp = parseArp(payload);
    return arp.ok ? { dst, arp: arp.value } : { dst, problem: `arp: ${arp.error}` };
  }
  if (etherType !== ETHERTYPE_IPV4) return { dst, problem: `ethertype ${etherType.toString(16)}` };
  const packet = parseIpv4Packet(payload);
  if (!packet.ok) return { dst, problem: `ip: ${packet.error}` };
  const ip = packet.value;
  if (ip.protocol === PROTO_TCP) {
    const whole = parseTcp(ip.payload, ip.src, ip.dst);
    // A connection that has no address yet: lwIP makes the checksum without one.
    const tcp = whole.ok ? whole : parseTcp(ip.payload, IPV4_ANY, ip.dst);
    return tcp.ok ? { dst, ip, tcp: tcp.value } : { dst, ip, problem: `tcp: ${tcp.error}` };
  }
  if (ip.protocol === PROTO_UDP) {
    const udp = parseUdp(ip.payload, ip.src, ip.dst);
    return udp.ok ? { dst, ip, udp: udp.value } : { dst, ip, problem: `udp: ${udp.error}` };
  }
  if (ip.protocol === PROTO_ICMP) {
    const icmp = parseIcmp(ip.payload);
    return icmp.ok ? { dst, ip, icmp: icmp.value } : { dst, ip, problem: `icmp: ${icmp.error}` };
  }
  if (ip.protocol === PROTO_IGMP) {
    const igmp = parseIgmp(ip.payload);
    return igmp.ok ? { dst, ip, igmp: igmp.value } : { dst, ip, problem: `igmp: ${igmp.error}` };
  }
  return { dst, ip, problem: `ip protocol ${ip.protocol}` };
}

/** The 4-tuple of a segment of the device. */
export const flowOf = (flows: Flows, ip: Ipv4, tcp: Tcp): Flow =>
  flows.flow(flowKey(ip.src, tcp.srcPort, ip.dst, tcp.dstPort));

/** Relative numbers of a sent segment. */
export const relativeOf = (flows: Flows, sent: SentFrame): Relative | undefined =>
  sent.ip === undefined || sent.tcp === undefined
    ? undefined
    : flows.fromDevice(flowOf(flows, sent.ip, sent.tcp), sent.tcp);
