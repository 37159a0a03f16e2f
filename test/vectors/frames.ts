/** Frames of a vector as bytes: everything a recorded peer sends to the device. */
import { concat, EMPTY, err, ok, type Result } from '../../runtime/core/index.ts';
import {
  type DhcpOptions,
  DNS_CLASS_IN,
  type DnsQuestionType,
  type DnsRecord,
  dnsMessage,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  emitArp,
  emitDhcp,
  emitDns,
  emitEthernet,
  emitIcmp,
  emitIgmp,
  emitIpv4,
  emitTcp,
  emitUdp,
  type Ipv4Address,
  MAC_ZERO,
  type MacAddress,
  PROTO_ICMP,
  PROTO_IGMP,
  PROTO_TCP,
  PROTO_UDP,
  parseIpv4,
  parseMac,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
} from '../../runtime/wire/index.ts';
import { buildData } from './data.ts';
import { type Flows, flowKey } from './flows.ts';
import type { ArpForm, DhcpForm, DnsForm, Frame, IcmpForm, IgmpForm, TcpForm, UdpForm } from './format.ts';
import type { Symbols } from './symbols.ts';

/** What building needs of the running vector. */
export interface BuildContext {
  readonly deviceMac: MacAddress;
  readonly symbols: Symbols;
  readonly flows: Flows;
  /** The frame is a SYN of the peer that the device will answer with SYN+ACK. */
  readonly restart: boolean;
}

/** TTL of a peer's packet unless the vector says otherwise. */
const PEER_TTL = 64;

const FLAG_BITS: Readonly<Record<string, number>> = {
  S: TCP_SYN,
  F: TCP_FIN,
  R: TCP_RST,
  P: TCP_PSH,
  A: TCP_ACK,
};

export const DHCP_TYPES = ['', 'DISCOVER', 'OFFER', 'REQUEST', 'DECLINE', 'ACK', 'NAK', 'RELEASE', 'INFORM'];

/** Name of a DHCP option in a vector -> member of our options, and whether the value is a list. */
const DHCP_OPTIONS: Readonly<Record<string, keyof DhcpOptions>> = {
  serverId: 'serverId',
  leaseTime: 'leaseTime',
  renewalTime: 'renewalTime',
  rebindingTime: 'rebindingTime',
  t1: 'renewalTime',
  t2: 'rebindingTime',
  subnetMask: 'subnetMask',
  requestedIp: 'requestedIp',
  router: 'routers',
  dns: 'dnsServers',
  ntp: 'ntpServers',
  domain: 'domainName',
  hostName: 'hostName',
  message: 'message',
  maxSize: 'maxMessageSize',
  paramList: 'paramList',
};
const LISTS: ReadonlySet<string> = new Set(['routers', 'dnsServers', 'ntpServers', 'paramList']);

/** Bits of `SFRPA` text. */
export const flagBits = (text: string): number => [...text].reduce((bits, c) => bits | (FLAG_BITS[c] ?? 0), 0);

/** An address, or 0.0.0.0 for what is none. */
export const addressOf = (text: string | undefined): Ipv4Address => parseIpv4(text ?? '') ?? (0 as Ipv4Address);
export const macOf = (text: string | undefined): MacAddress => parseMac(text ?? '') ?? MAC_ZERO;

/** `address:port` where the port may be a symbol; port undefined while that symbol is unbound. */
export function endOf(text: string, symbols: Symbols): { addr: Ipv4Address; port: number | undefined; symbol: string } {
  const colon = text.lastIndexOf(':');
  const symbol = text.slice(colon + 1);
  const value = symbol.startsWith('$') ? symbols.get(symbol) : Number(symbol);
  return { addr: addressOf(text.slice(0, colon)), port: typeof value === 'number' ? value : undefined, symbol };
}

/** The bytes of an `in` frame, or the symbol that is still unbound. */
export function buildFrame(frame: Frame, context: BuildContext): Result<Uint8Array, string> {
  const src = macOf(frame.mac);
  const dst = frame.dmac === undefined ? context.deviceMac : macOf(frame.dmac);
  if (frame.arp !== undefined)
    return ok(emitEthernet({ dst, src, etherType: ETHERTYPE_ARP, payload: arpBytes(frame.arp) }));
  const transport = transportOf(frame, context);
  if (!transport.ok) return transport;
  const { protocol, from, to, payload } = transport.value;
  const packet = emitIpv4({
    tos: 0,
    id: 1,
    flags: { df: false, mf: frame.frag?.more ?? false },
    fragOffset: frame.frag?.offset ?? 0,
    ttl: frame.ttl ?? PEER_TTL,
    protocol,
    src: from,
    dst: to,
    options: EMPTY,
    payload,
  });
  return ok(emitEthernet({ dst, src, etherType: ETHERTYPE_IPV4, payload: packet }));
}

interface Transport {
  readonly protocol: number;
  readonly from: Ipv4Address;
  readonly to: Ipv4Address;
  readonly payload: Uint8Array;
}

function transportOf(frame: Frame, context: BuildContext): Result<Transport, string> {
  if (frame.tcp !== undefined) return tcpOf(frame.tcp, context);
  if (frame.udp !== undefined) return udpOf(frame.udp, context);
  const form = frame.icmp ?? frame.igmp;
  const ends = { from: addressOf(form?.from), to: addressOf(form?.to) };
  if (frame.icmp !== undefined) return ok({ protocol: PROTO_ICMP, ...ends, payload: icmpBytes(frame.icmp, context) });
  return ok({ protocol: PROTO_IGMP, ...ends, payload: igmpBytes(frame.igmp as IgmpForm) });
}

function tcpOf(form: TcpForm, context: BuildContext): Result<Transport, string> {
  const from = endOf(form.from, context.symbols);
  const to = endOf(form.to, context.symbols);
  if (from.port === undefined) return err(`${from.symbol} is not known yet`);
  if (to.port === undefined) return err(`${to.symbol} is not known yet`);
  const payload = payloadOf(form, context.symbols);
  if (payload === undefined) return err('a symbol in the data is not known yet');
  const flags = flagBits(form.flags);
  const flow = context.flows.flow(flowKey(to.addr, to.port, from.addr, from.port));
  const { seq, ack } = context.flows.toDevice(flow, flags, form.seq, form.ack ?? 0, context.restart);
  const tcp = {
    srcPort: from.port,
    dstPort: to.port,
    seq,
    ack: form.ack === undefined ? 0 : ack,
    flags,
    window: form.win ?? 0,
    urgent: 0,
    options: form.mss === undefined ? {} : { mss: form.mss },
    payload,
  };
  return ok({ protocol: PROTO_TCP, from: from.addr, to: to.addr, payload: emitTcp(tcp, from.addr, to.addr) });
}

function payloadOf(form: TcpForm | UdpForm | IcmpForm, symbols: Symbols): Uint8Array | undefined {
  return form.data === undefined ? new Uint8Array(form.len ?? 0) : buildData(form.data, symbols);
}

function udpOf(form: UdpForm, context: BuildContext): Result<Transport, string> {
  const from = endOf(form.from, context.symbols);
  const to = endOf(form.to, context.symbols);
  if (from.port === undefined) return err(`${from.symbol} is not known yet`);
  if (to.port === undefined) return err(`${to.symbol} is not known yet`);
  const payload =
    form.dns !== undefined
      ? dnsBytes(form.dns, context.symbols)
      : form.dhcp !== undefined
        ? dhcpBytes(form.dhcp, context.symbols)
        : payloadOf(form, context.symbols);
  if (payload === undefined) return err('a symbol in the datagram is not known yet');
  const datagram = emitUdp({ srcPort: from.port, dstPort: to.port, payload }, from.addr, to.addr);
  if (form.badChecksum) datagram[6] = (datagram[6] ?? 0) ^ 0x55;
  return ok({ protocol: PROTO_UDP, from: from.addr, to: to.addr, payload: datagram });
}

function numberOf(value: string | number, symbols: Symbols): number | undefined {
  if (typeof value === 'number') return value;
  const bound = symbols.get(value);
  return typeof bound === 'number' ? bound : undefined;
}

/** Stands for "no data"; its values mean nothing to a resolver without a cache. */
const SOA_DATA = {
  mname: 'ns.example',
  rname: 'root.example',
  serial: 1,
  refresh: 1,
  retry: 1,
  expire: 1,
  minimum: 1,
};

function dnsBytes(form: DnsForm, symbols: Symbols): Uint8Array | undefined {
  const id = numberOf(form.id, symbols);
  if (id === undefined) return undefined;
  let owner = form.qname;
  const answers: DnsRecord[] = [];
  for (const answer of form.answers ?? []) {
    const record = { name: owner, ttl: answer.ttl };
    if (answer.type === 'A') answers.push({ ...record, type: 'A', data: addressOf(answer.ip) });
    else answers.push({ ...record, type: 'CNAME', data: answer.name ?? '' });
    if (answer.type === 'CNAME') owner = answer.name ?? owner;
  }
  const authorities: DnsRecord[] =
    form.authority === 'SOA' ? [{ name: form.qname, type: 'SOA', ttl: 60, data: SOA_DATA }] : [];
  return emitDns(
    dnsMessage({
      id,
      response: form.qr === 1,
      rcode: form.rcode ?? 0,
      recursionDesired: true,
      recursionAvailable: true,
      questions: [{ name: form.qname, type: form.qtype as DnsQuestionType, class: DNS_CLASS_IN }],
      answers,
      authorities,
    }),
  );
}

function dhcpBytes(form: DhcpForm, symbols: Symbols): Uint8Array | undefined {
  const xid = numberOf(form.xid, symbols);
  if (xid === undefined) return undefined;
  const options: Record<string, unknown> = { other: new Map() };
  for (const [name, value] of Object.entries(form.options)) {
    if (name === 'type') options.messageType = DHCP_TYPES.indexOf(String(value));
    const member = DHCP_OPTIONS[name];
    if (member === undefined) continue;
    const converted = [value].flat().map((v) => (typeof v === 'string' ? (parseIpv4(v) ?? v) : v));
    options[member] = LISTS.has(member) ? converted : converted[0];
  }
  return emitDhcp({
    op: form.op,
    xid,
    secs: 0,
    broadcast: false,
    ciaddr: addressOf(form.ciaddr),
    yiaddr: addressOf(form.yiaddr),
    siaddr: 0 as Ipv4Address,
    giaddr: 0 as Ipv4Address,
    chaddr: macOf(form.chaddr),
    sname: '',
    file: '',
    options: options as unknown as DhcpOptions,
  });
}

function icmpBytes(form: IcmpForm, context: BuildContext): Uint8Array {
  const data = payloadOf(form, context.symbols) ?? EMPTY;
  if (form.type === 8 || form.type === 0) {
    const type = form.type === 8 ? 'echo-request' : 'echo-reply';
    return emitIcmp({ type, id: form.id ?? 0, seq: form.seq ?? 0, data });
  }
  return emitIcmp({ type: 'other', icmpType: form.type, code: form.code, body: quoteOf(form, context, data) });
}

/** RFC 792: four unused octets, then the quoted IP header and the first eight octets behind it. */
function quoteOf(form: IcmpForm, context: BuildContext, data: Uint8Array): Uint8Array {
  if (form.quotes === undefined) return concat(new Uint8Array(4), data);
  const from = endOf(form.quotes.from, context.symbols);
  const to = endOf(form.quotes.to, context.symbols);
  const ports = new Uint8Array(8);
  new DataView(ports.buffer).setUint16(0, from.port ?? 0);
  new DataView(ports.buffer).setUint16(2, to.port ?? 0);
  const packet = emitIpv4({
    tos: 0,
    id: 1,
    flags: { df: false, mf: false },
    fragOffset: 0,
    ttl: PEER_TTL,
    protocol: form.quotes.proto,
    src: from.addr,
    dst: to.addr,
    options: EMPTY,
    payload: ports,
  });
  return concat(new Uint8Array(4), packet);
}

function igmpBytes(form: IgmpForm): Uint8Array {
  const group = addressOf(form.group);
  return emitIgmp({ type: form.type, maxRespTenths: form.maxResp ?? 0, group } as Parameters<typeof emitIgmp>[0]);
}

function arpBytes(form: ArpForm): Uint8Array {
  return emitArp({
    op: form.op === 'request' ? 1 : 2,
    senderMac: macOf(form.smac),
    senderIp: addressOf(form.sip),
    targetMac: macOf(form.tmac),
    targetIp: addressOf(form.tip),
  });
}
