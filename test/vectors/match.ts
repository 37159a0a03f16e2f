/** When a frame of the device is the recorded one: hard fields must agree, soft ones only under a `focus`. */
import { equalBytes } from '../../runtime/core/index.ts';
import {
  dissectIpv4,
  formatIpv4,
  formatMac,
  formatTcpFlags,
  type Ipv4Address,
  MDNS_PORT,
  parseDhcp,
  parseDns,
  TCP_ACK,
  TCP_PSH,
  TCP_RST,
  TCP_URG,
} from '../../runtime/wire/index.ts';
import { buildData, matchData } from './data.ts';
import type { Relative } from './flows.ts';
import type { ArpForm, Data, DhcpForm, DnsForm, Frame, IcmpForm, IgmpForm, TcpForm, UdpForm } from './format.ts';
import { DHCP_TYPES, endOf, flagBits } from './frames.ts';
import type { SentFrame } from './sent.ts';
import type { Symbols } from './symbols.ts';

/** What a comparison may bind and consult. */
export interface MatchContext {
  /** Bindings to try; commit them when the answer is undefined. */
  readonly trial: Symbols;
  readonly focus: ReadonlySet<string>;
  /** Relative numbers of the sent segment, if it is one. */
  readonly relative: Relative | undefined;
  /** The frame follows a segment of the peer without flag A: the number of a RST is then the stack's own affair. */
  readonly answersWithoutAck: boolean;
}

/** undefined when equal, else what differs first. */
type Difference = string | undefined;

/** The flow a frame belongs to: frames of one lane keep their order. Symbols stay names. */
export function laneOf(frame: Frame): string {
  if (frame.tcp !== undefined) return `tcp ${frame.tcp.from} ${frame.tcp.to}`;
  if (frame.udp?.dns !== undefined) return 'resolver';
  if (frame.udp !== undefined) return `udp ${frame.udp.from} ${frame.udp.to}`;
  return frame.icmp !== undefined ? 'icmp' : frame.igmp !== undefined ? 'igmp' : 'arp';
}

export function matchFrame(expected: Frame, sent: SentFrame, context: MatchContext): Difference {
  return (
    field('mac', expected.mac, formatMac(sent.dst)) ??
    (expected.arp !== undefined ? matchArp(expected.arp, sent) : matchIp(expected, sent, context))
  );
}

function matchIp(expected: Frame, sent: SentFrame, context: MatchContext): Difference {
  const { ip } = sent;
  if (ip === undefined) return 'not an IP packet';
  if (expected.ttl !== undefined && (context.focus.has('ttl') || expected.igmp !== undefined)) {
    const ttl = field('ttl', expected.ttl, ip.ttl);
    if (ttl !== undefined) return ttl;
  }
  const frag = expected.frag ?? { more: false, offset: 0 };
  const fragment = field('frag', frag.offset, ip.fragOffset) ?? field('more fragments', frag.more, ip.flags.mf);
  if (fragment !== undefined) return fragment;
  if (expected.tcp !== undefined) return matchTcp(expected.tcp, sent, context);
  if (expected.udp !== undefined) return matchUdp(expected.udp, sent, context);
  if (expected.icmp !== undefined) return matchIcmp(expected.icmp, sent, context);
  return expected.igmp === undefined ? 'nothing to compare' : matchIgmp(expected.igmp, sent);
}

function matchTcp(
  form: TcpForm,
  sent: SentFrame,
  { trial, focus, relative, answersWithoutAck }: MatchContext,
): Difference {
  const { ip, tcp } = sent;
  if (ip === undefined || tcp === undefined || relative === undefined) return 'not a TCP segment';
  const ends = matchEnds(form, ip.src, tcp.srcPort, ip.dst, tcp.dstPort, trial);
  if (ends !== undefined) return ends;
  const flags = flagBits(form.flags) & ~TCP_PSH;
  const sentFlags = tcp.flags & ~(TCP_PSH | TCP_URG);
  if (flags !== sentFlags) return field('flags', form.flags, formatTcpFlags(tcp.flags));
  const reset = (flags & TCP_RST) !== 0;
  const acked = (flags & TCP_ACK) !== 0;
  const seq = reset && answersWithoutAck ? undefined : field('seq', form.seq, relative.seq);
  if (seq !== undefined) return seq;
  if (acked && !reset && form.ack !== relative.ack) return field('ack', form.ack, relative.ack);
  if (form.win !== undefined && !reset && (focus.has('win') || focus.has('ack'))) {
    const win = field('win', form.win, tcp.window);
    if (win !== undefined) return win;
  }
  if (focus.has('mss') && form.mss !== tcp.options.mss) return field('mss', form.mss, tcp.options.mss);
  return matchPayload(form, tcp.payload, trial);
}

function matchEnds(
  form: { readonly from: string; readonly to: string },
  src: Ipv4Address,
  srcPort: number,
  dst: Ipv4Address,
  dstPort: number,
  trial: Symbols,
): Difference {
  return end('from', form.from, src, srcPort, trial) ?? end('to', form.to, dst, dstPort, trial);
}

function end(name: string, text: string, addr: Ipv4Address, port: number, trial: Symbols): Difference {
  const expected = endOf(text, trial);
  const same =
    expected.addr === addr &&
    (expected.symbol.startsWith('$') ? trial.unify(expected.symbol, port) : expected.port === port);
  return same ? undefined : field(name, text, `${formatIpv4(addr)}:${port}`);
}

function matchPayload(
  form: { readonly len?: number; readonly data?: Data },
  payload: Uint8Array,
  trial: Symbols,
): Difference {
  const length = form.len ?? (form.data === undefined ? 0 : buildData(form.data, trial)?.length);
  if (length !== undefined && length !== payload.length) return field('len', length, payload.length);
  if (form.data === undefined || matchData(form.data, payload, trial)) return undefined;
  return 'data differs';
}

function matchUdp(form: UdpForm, sent: SentFrame, { trial }: MatchContext): Difference {
  const { ip, udp } = sent;
  if (ip === undefined || udp === undefined) return 'not a datagram';
  const ends = matchEnds(form, ip.src, udp.srcPort, ip.dst, udp.dstPort, trial);
  if (ends !== undefined) return ends;
  if (form.dns !== undefined) return matchDns(form.dns, udp.payload, trial);
  if (form.dhcp !== undefined) return matchDhcp(form.dhcp, udp.payload, trial);
  if (udp.dstPort === MDNS_PORT || udp.srcPort === MDNS_PORT) return matchMdns(form, udp.payload, trial);
  return matchPayload(form, udp.payload, trial);
}

function matchDns(form: DnsForm, payload: Uint8Array, trial: Symbols): Difference {
  const message = parseDns(payload);
  if (!message.ok) return `dns: ${message.error}`;
  const question = message.value.questions[0];
  const same =
    field('qr', form.qr === 1, message.value.response) ??
    field('qname', form.qname, question?.name) ??
    field('qtype', form.qtype, question?.type);
  if (same !== undefined) return same;
  if (form.rd !== undefined && (form.rd === 1) !== message.value.recursionDesired) return 'rd differs';
  return unifyOr('id', form.id, message.value.id, trial);
}

const unifyOr = (name: string, expected: string | number, actual: number, trial: Symbols): Difference =>
  typeof expected === 'string'
    ? trial.unify(expected, actual)
      ? undefined
      : field(name, `${expected}=${trial.get(expected)}`, actual)
    : field(name, expected, actual);

/** Message type, requested address, server and own address are hard (table of the format); the rest is free. */
function matchDhcp(form: DhcpForm, payload: Uint8Array, trial: Symbols): Difference {
  const message = parseDhcp(payload);
  if (!message.ok) return `dhcp: ${message.error}`;
  const { options } = message.value;
  const address = (value: Ipv4Address | undefined): string | undefined =>
    value === undefined ? undefined : formatIpv4(value);
  return (
    field('dhcp type', form.options.type, DHCP_TYPES[options.messageType ?? 0]) ??
    field('requestedIp', form.options.requestedIp, address(options.requestedIp)) ??
    field('serverId', form.options.serverId, address(options.serverId)) ??
    field('ciaddr', form.ciaddr ?? '0.0.0.0', address(message.value.ciaddr)) ??
    unifyOr('xid', form.xid, message.value.xid, trial)
  );
}

/** Names, types, classes, lifetimes, data, sections and order; use of name compression is free. */
function matchMdns(form: UdpForm, payload: Uint8Array, trial: Symbols): Difference {
  const expected = form.data === undefined ? undefined : buildData(form.data, trial);
  if (expected === undefined) return 'data differs';
  if (equalBytes(expected, payload)) return undefined;
  const a = parseDns(expected);
  const b = parseDns(payload);
  if (!a.ok || !b.ok) return 'data differs';
  return field('message', JSON.stringify(a.value), JSON.stringify(b.value));
}

function matchIcmp(form: IcmpForm, sent: SentFrame, { trial }: MatchContext): Difference {
  const { ip, icmp } = sent;
  if (ip === undefined || icmp === undefined) return 'not an ICMP message';
  const ends = field('from', form.from, formatIpv4(ip.src)) ?? field('to', form.to, formatIpv4(ip.dst));
  if (ends !== undefined) return ends;
  if ('id' in icmp) {
    const type = field('type', form.type, icmp.type === 'echo-request' ? 8 : 0);
    // The id of an echo request is the device's own choice.
    const id = form.type === 0 ? field('id', form.id, icmp.id) : undefined;
    return type ?? id ?? field('seq', form.seq, icmp.seq) ?? matchPayload(form, icmp.data, trial);
  }
  if ('icmpType' in icmp) return field('type', form.type, icmp.icmpType) ?? field('code', form.code, icmp.code);
  const kind = field('type', form.type, icmp.type === 'unreachable' ? 3 : 11) ?? field('code', form.code, icmp.code);
  return kind ?? matchQuote(form, icmp.original, trial);
}

function matchQuote(form: IcmpForm, original: Uint8Array, trial: Symbols): Difference {
  if (form.quotes === undefined) return undefined;
  // The quoted packet is cut short, so its total length reaches beyond its end: only header and ports count.
  const whole = new Uint8Array(65535);
  whole.set(original);
  const packet = dissectIpv4(whole);
  if (!packet.ok) return `quote: ${packet.error}`;
  const { src, dst, protocol, payload } = packet.value;
  const port = (at: number): number => ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0);
  const proto = field('quoted protocol', form.quotes.proto, protocol);
  return proto ?? matchEnds(form.quotes, src, port(0), dst, port(2), trial);
}

function matchIgmp(form: IgmpForm, sent: SentFrame): Difference {
  if (sent.ip === undefined || sent.igmp === undefined) return 'not an IGMP message';
  return (
    field('type', form.type, sent.igmp.type) ??
    field('group', form.group, formatIpv4(sent.igmp.group)) ??
    field('to', form.to, formatIpv4(sent.ip.dst))
  );
}

function matchArp(form: ArpForm, { arp }: SentFrame): Difference {
  if (arp === undefined) return 'not an ARP message';
  return (
    field('op', form.op, arp.op === 1 ? 'request' : 'reply') ??
    field('sip', form.sip, formatIpv4(arp.senderIp)) ??
    field('smac', form.smac, formatMac(arp.senderMac)) ??
    field('tip', form.tip, formatIpv4(arp.targetIp)) ??
    (form.tmac === undefined ? undefined : field('tmac', form.tmac, formatMac(arp.targetMac)))
  );
}

const field = (name: string, expected: unknown, actual: unknown): Difference =>
  expected === actual ? undefined : `${name} ${String(actual)}, recorded ${String(expected)}`;
