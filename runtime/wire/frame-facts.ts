/**
 * What filters and summaries ask of a frame: addresses, ports, flags and payload of the common protocols in one flat
 * record. Reads what can be read: a wrong checksum is no obstacle, and what is missing stays undefined.
 */
import { EMPTY } from '../core/index.ts';
import type { Ipv4Address, MacAddress } from './address.ts';
import { parseArp } from './arp.ts';
import { ETHERTYPE_ARP, ETHERTYPE_IPV4, parseEthernet } from './ethernet.ts';
import { dissectIpv4, PROTO_TCP, PROTO_UDP } from './ipv4.ts';
import { dissectTcp } from './tcp.ts';
import { dissectUdp } from './udp.ts';

export interface FrameFacts {
  /** Bytes of the frame, without FCS. */
  readonly length: number;
  readonly srcMac: MacAddress;
  readonly dstMac: MacAddress;
  readonly etherType: number;
  /** Of IPv4, and the protocol addresses of ARP. */
  readonly src?: Ipv4Address;
  readonly dst?: Ipv4Address;
  /** IPv4's protocol number. */
  readonly protocol?: number;
  /** Of TCP and UDP. */
  readonly srcPort?: number;
  readonly dstPort?: number;
  /** TCP's flag bits and numbers. */
  readonly flags?: number;
  readonly seq?: number;
  readonly ack?: number;
  /** Behind the innermost header that was understood; aliases the frame. */
  readonly payload: Uint8Array;
}

/** Undefined for what is shorter than an Ethernet header. */
export function frameFacts(frame: Uint8Array): FrameFacts | undefined {
  const ethernet = parseEthernet(frame);
  if (!ethernet.ok) return undefined;
  const { src: srcMac, dst: dstMac, etherType, payload } = ethernet.value;
  const link = { length: frame.length, srcMac, dstMac, etherType };
  if (etherType === ETHERTYPE_ARP) {
    const arp = parseArp(payload);
    if (!arp.ok) return { ...link, payload };
    return { ...link, src: arp.value.senderIp, dst: arp.value.targetIp, payload: EMPTY };
  }
  const packet = etherType === ETHERTYPE_IPV4 ? dissectIpv4(payload) : undefined;
  if (packet?.ok !== true) return { ...link, payload };
  const { src, dst, protocol, fragOffset, payload: inner } = packet.value;
  const ip = { ...link, src, dst, protocol };
  // Only the first fragment has the ports.
  if (fragOffset > 0) return { ...ip, payload: inner };
  const tcp = protocol === PROTO_TCP ? dissectTcp(inner) : undefined;
  if (tcp?.ok) {
    const { srcPort, dstPort, flags, seq, ack, payload: data } = tcp.value;
    return { ...ip, srcPort, dstPort, flags, seq, ack, payload: data };
  }
  const udp = protocol === PROTO_UDP ? dissectUdp(inner) : undefined;
  if (udp?.ok) {
    const { srcPort, dstPort, payload: data } = udp.value;
    return { ...ip, srcPort, dstPort, payload: data };
  }
  return { ...ip, payload: inner };
}
