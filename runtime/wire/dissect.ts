/**
 * A frame taken apart for people: every field with its name, its value as text and its place in the bytes, as protocol
 * analysers show it. Names are Wireshark's. Reads what can be read; a layer that cannot be understood stays bytes.
 */
import { u8, u16, u32 } from '../core/index.ts';
import { formatIpv4, formatMac, readIpv4, readMac } from './address.ts';
import { ARP_LENGTH, ARP_REPLY, ARP_REQUEST } from './arp.ts';
import { type Field, field, rest } from './dissect-field.ts';
import { dissectPayload } from './dissect-payload.ts';
import { ETHERNET_HLEN, ETHERTYPE_ARP, ETHERTYPE_EAPOL, ETHERTYPE_IPV4 } from './ethernet.ts';
import { ICMP_HLEN } from './icmp.ts';
import { dissectIpv4, PROTO_ICMP, PROTO_IGMP, PROTO_TCP, PROTO_UDP, parseIpv4Packet } from './ipv4.ts';
import { dissectTcp, TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN, TCP_URG } from './tcp.ts';
import { dissectUdp, UDP_HLEN } from './udp.ts';

const ETHERTYPES: Readonly<Record<number, string>> = {
  [ETHERTYPE_IPV4]: 'IPv4',
  [ETHERTYPE_ARP]: 'ARP',
  [ETHERTYPE_EAPOL]: '802.1X',
};
const PROTOCOLS: Readonly<Record<number, string>> = {
  [PROTO_ICMP]: 'ICMP',
  [PROTO_IGMP]: 'IGMP',
  [PROTO_TCP]: 'TCP',
  [PROTO_UDP]: 'UDP',
};
const FLAGS: readonly (readonly [bit: number, name: string])[] = [
  [TCP_URG, 'URG'],
  [TCP_ACK, 'ACK'],
  [TCP_PSH, 'PSH'],
  [TCP_RST, 'RST'],
  [TCP_SYN, 'SYN'],
  [TCP_FIN, 'FIN'],
];

/** The layers of an Ethernet frame without FCS, from the outside in. */
export function dissectFrame(frame: Uint8Array): Field[] {
  if (frame.length < ETHERNET_HLEN) return [field('Data', `${frame.length} bytes`, 0, frame.length)];
  const etherType = u16(frame, 12);
  const ethernet: Field = {
    label: 'Ethernet II',
    value: '',
    from: 0,
    to: ETHERNET_HLEN,
    fields: [
      field('Destination', formatMac(readMac(frame, 0)), 0, 6),
      field('Source', formatMac(readMac(frame, 6)), 6, 12),
      field('Type', named(etherType, ETHERTYPES), 12, 14),
    ],
  };
  if (etherType === ETHERTYPE_ARP && frame.length >= ETHERNET_HLEN + ARP_LENGTH) return [ethernet, arp(frame)];
  if (etherType === ETHERTYPE_IPV4) return [ethernet, ...ip(frame)];
  return [ethernet, rest(frame, ETHERNET_HLEN, frame.length)];
}

const hexNumber = (value: number, digits = 4): string => `0x${value.toString(16).padStart(digits, '0')}`;

const named = (value: number, names: Readonly<Record<number, string>>): string =>
  names[value] === undefined ? hexNumber(value) : `${names[value]} (${hexNumber(value)})`;

function arp(frame: Uint8Array): Field {
  const at = ETHERNET_HLEN;
  const op = u16(frame, at + 6);
  const kind = op === ARP_REQUEST ? 'request' : op === ARP_REPLY ? 'reply' : `opcode ${op}`;
  return {
    label: 'Address Resolution Protocol',
    value: kind,
    from: at,
    to: at + ARP_LENGTH,
    fields: [
      field('Hardware type', u16(frame, at), at, at + 2),
      field('Protocol type', hexNumber(u16(frame, at + 2)), at + 2, at + 4),
      field('Opcode', `${kind} (${op})`, at + 6, at + 8),
      field('Sender MAC', formatMac(readMac(frame, at + 8)), at + 8, at + 14),
      field('Sender IP', formatIpv4(readIpv4(frame, at + 14)), at + 14, at + 18),
      field('Target MAC', formatMac(readMac(frame, at + 18)), at + 18, at + 24),
      field('Target IP', formatIpv4(readIpv4(frame, at + 24)), at + 24, at + 28),
    ],
  };
}

function ip(frame: Uint8Array): Field[] {
  const at = ETHERNET_HLEN;
  const bytes = frame.subarray(at);
  const parsed = dissectIpv4(bytes);
  if (!parsed.ok) return [rest(frame, at, frame.length)];
  const { src, dst, protocol, flags, fragOffset, ttl, id, tos, payload } = parsed.value;
  const header = (u8(frame, at) & 15) * 4;
  const end = at + header + payload.length;
  const marks = [flags.df && 'DF', flags.mf && 'MF'].filter(Boolean).join(' ');
  const layer: Field = {
    label: 'Internet Protocol Version 4',
    value: '',
    from: at,
    to: at + header,
    fields: [
      field('Header Length', `${header} bytes`, at, at + 1),
      field('Type of Service', hexNumber(tos, 2), at + 1, at + 2),
      field('Total Length', u16(frame, at + 2), at + 2, at + 4),
      field('Identification', hexNumber(id), at + 4, at + 6),
      field('Flags, Fragment Offset', `${marks || 'none'}, ${fragOffset}`, at + 6, at + 8),
      field('Time to Live', ttl, at + 8, at + 9),
      field('Protocol', PROTOCOLS[protocol] ?? protocol, at + 9, at + 10),
      field('Header Checksum', checked(u16(frame, at + 10), parseIpv4Packet(bytes).ok), at + 10, at + 12),
      field('Source Address', formatIpv4(src), at + 12, at + 16),
      field('Destination Address', formatIpv4(dst), at + 16, at + 20),
    ],
  };
  const inner = at + header;
  if (fragOffset > 0 || payload.length === 0) return [layer, rest(frame, inner, end)];
  if (protocol === PROTO_TCP) return [layer, ...tcp(frame, inner, end)];
  if (protocol === PROTO_UDP) return [layer, ...udp(frame, inner, end)];
  if (protocol === PROTO_ICMP && payload.length >= ICMP_HLEN) return [layer, icmp(frame, inner, end)];
  return [layer, rest(frame, inner, end)];
}

const checked = (sum: number, good: boolean): string => `${hexNumber(sum)}${good ? '' : ' (wrong)'}`;

function tcp(frame: Uint8Array, at: number, end: number): Field[] {
  const parsed = dissectTcp(frame.subarray(at, end));
  if (!parsed.ok) return [rest(frame, at, end)];
  const { srcPort, dstPort, seq, ack, flags, window, options, payload } = parsed.value;
  const header = end - at - payload.length;
  const names = FLAGS.filter(([bit]) => flags & bit).map(([, name]) => name);
  const layer: Field = {
    label: 'Transmission Control Protocol',
    value: names.join(' '),
    from: at,
    to: at + header,
    fields: [
      field('Source Port', srcPort, at, at + 2),
      field('Destination Port', dstPort, at + 2, at + 4),
      field('Sequence Number', seq, at + 4, at + 8),
      field('Acknowledgment Number', ack, at + 8, at + 12),
      field('Header Length', `${header} bytes`, at + 12, at + 13),
      field('Flags', `${hexNumber(flags, 2)} (${names.join(' ')})`, at + 13, at + 14),
      field('Window', window, at + 14, at + 16),
      field('Checksum', hexNumber(u16(frame, at + 16)), at + 16, at + 18),
      field('Urgent Pointer', u16(frame, at + 18), at + 18, at + 20),
      ...(header > 20 ? [field('Options', optionsText(options), at + 20, at + header)] : []),
    ],
  };
  return payload.length === 0 ? [layer] : [layer, ...dissectPayload(frame, at + header, end, srcPort, dstPort)];
}

function optionsText(options: object): string {
  const parts = Object.entries(options).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return parts.join(', ') || 'padding';
}

function udp(frame: Uint8Array, at: number, end: number): Field[] {
  const parsed = dissectUdp(frame.subarray(at, end));
  if (!parsed.ok) return [rest(frame, at, end)];
  const { srcPort, dstPort, payload } = parsed.value;
  const layer: Field = {
    label: 'User Datagram Protocol',
    value: '',
    from: at,
    to: at + UDP_HLEN,
    fields: [
      field('Source Port', srcPort, at, at + 2),
      field('Destination Port', dstPort, at + 2, at + 4),
      field('Length', u16(frame, at + 4), at + 4, at + 6),
      field('Checksum', hexNumber(u16(frame, at + 6)), at + 6, at + 8),
    ],
  };
  const inner = at + UDP_HLEN;
  return payload.length === 0
    ? [layer]
    : [layer, ...dissectPayload(frame, inner, inner + payload.length, srcPort, dstPort)];
}

function icmp(frame: Uint8Array, at: number, end: number): Field {
  const type = u8(frame, at);
  const echo = type === 0 || type === 8;
  const name = type === 8 ? 'echo request' : type === 0 ? 'echo reply' : type === 3 ? 'unreachable' : '';
  return {
    label: 'Internet Control Message Protocol',
    value: name,
    from: at,
    to: end,
    fields: [
      field('Type', type, at, at + 1),
      field('Code', u8(frame, at + 1), at + 1, at + 2),
      field('Checksum', hexNumber(u16(frame, at + 2)), at + 2, at + 4),
      ...(echo
        ? [
            field('Identifier', u16(frame, at + 4), at + 4, at + 6),
            field('Sequence Number', u16(frame, at + 6), at + 6, at + 8),
          ]
        : [field('Rest of Header', hexNumber(u32(frame, at + 4), 8), at + 4, at + 8)]),
      ...(end > at + ICMP_HLEN ? [rest(frame, at + ICMP_HLEN, end)] : []),
    ],
  };
}
