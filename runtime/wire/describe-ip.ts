/** The part of a described frame behind `IP `: ICMP, IGMP, UDP and TCP. See describe.ts. */
import { formatIpv4 } from './address.ts';
import { COAP_PORT, parseCoap } from './coap.ts';
import { describeCoap } from './describe-coap.ts';
import { describeDhcp } from './describe-dhcp.ts';
import { describeDns } from './describe-dns.ts';
import { describeMqtt } from './describe-mqtt.ts';
import { describeTls } from './describe-tls.ts';
import { DHCP_CLIENT_PORT, DHCP_SERVER_PORT, parseDhcp } from './dhcp.ts';
import { DNS_PORT, MDNS_PORT, parseDns } from './dns.ts';
import { dissectIcmp, type Icmp, parseIcmp } from './icmp.ts';
import { type Igmp, parseIgmp } from './igmp.ts';
import { type Ipv4, PROTO_ICMP, PROTO_IGMP, PROTO_TCP, PROTO_UDP } from './ipv4.ts';
import { MQTT_PORT } from './mqtt.ts';
import { NTP_PORT, parseNtp } from './ntp.ts';
import { dump } from './printable.ts';
import { dissectTcp, formatTcpFlags, parseTcp, TCP_ACK, TCP_URG, type Tcp, type TcpOptions } from './tcp.ts';
import { HTTPS_PORT, MQTTS_PORT } from './tls.ts';
import { dissectUdp, parseUdp, type Udp } from './udp.ts';

/** RFC 792, RFC 1122 section 3.2.2.1. */
const UNREACHABLE = ['net', 'host', 'protocol', 'port', 'need to frag', 'source route failed'];
/** RFC 5905 section 7.3, by number. */
const NTP_MODES = [
  'Unspecified',
  'Symmetric Active',
  'Symmetric Passive',
  'Client',
  'Server',
  'Broadcast',
  'Control Message',
  'Reserved',
];

/** For an unfragmented packet. */
export function describePayload(packet: Ipv4): string {
  const { src, dst, protocol, payload: bytes } = packet;
  const from = formatIpv4(src);
  const to = formatIpv4(dst);
  const broken = (name: string, reason: string): string => `${from} > ${to}: ${name} ${reason}: ${dump(bytes)}`;
  switch (protocol) {
    case PROTO_TCP: {
      const segment = dissectTcp(bytes);
      if (!segment.ok) return broken('TCP', segment.error);
      const { srcPort, dstPort } = segment.value;
      const remark = parseTcp(bytes, src, dst).ok ? '' : ' (bad tcp cksum)';
      return `${from}.${srcPort} > ${to}.${dstPort}: ${describeTcp(segment.value)}${remark}`;
    }
    case PROTO_UDP: {
      const datagram = dissectUdp(bytes);
      if (!datagram.ok) return broken('UDP', datagram.error);
      const { srcPort, dstPort } = datagram.value;
      const remark = parseUdp(bytes, src, dst).ok ? '' : ' (bad udp cksum)';
      return `${from}.${srcPort} > ${to}.${dstPort}: ${describeUdp(datagram.value)}${remark}`;
    }
    case PROTO_ICMP: {
      const message = dissectIcmp(bytes);
      if (!message.ok) return broken('ICMP', message.error);
      const remark = parseIcmp(bytes).ok ? '' : ' (bad icmp cksum)';
      return `${from} > ${to}: ICMP ${describeIcmp(message.value)}, length ${bytes.length}${remark}`;
    }
    case PROTO_IGMP: {
      const message = parseIgmp(bytes);
      return message.ok ? `${from} > ${to}: ${describeIgmp(message.value)}` : broken('IGMP', message.error);
    }
    default:
      return `${from} > ${to}: proto ${protocol}, length ${bytes.length}: ${dump(bytes)}`;
  }
}

function describeTcp(segment: Tcp): string {
  const { srcPort, dstPort, flags, seq, ack, window, urgent, options, payload } = segment;
  const parts = [`Flags [${formatTcpFlags(flags) || 'none'}]`];
  parts.push(payload.length > 0 ? `seq ${seq}:${(seq + payload.length) >>> 0}` : `seq ${seq}`);
  if (flags & TCP_ACK) parts.push(`ack ${ack}`);
  parts.push(`win ${window}`);
  if (flags & TCP_URG) parts.push(`urg ${urgent}`);
  const list = describeTcpOptions(options);
  if (list.length > 0) parts.push(`options [${list.join(',')}]`);
  parts.push(`length ${payload.length}`);
  const uses = (...ports: readonly number[]): boolean => ports.includes(srcPort) || ports.includes(dstPort);
  const text = uses(MQTT_PORT)
    ? describeMqtt(payload)
    : uses(HTTPS_PORT, MQTTS_PORT)
      ? describeTls(payload)
      : undefined;
  return `${parts.join(', ')}${text === undefined ? '' : `: ${text}`}`;
}

function describeTcpOptions(options: TcpOptions): string[] {
  const { mss, sackPermitted, timestamps, windowScale, sack } = options;
  const list: string[] = [];
  if (mss !== undefined) list.push(`mss ${mss}`);
  if (sackPermitted) list.push('sackOK');
  if (timestamps !== undefined) list.push(`TS val ${timestamps.value} ecr ${timestamps.echo}`);
  if (windowScale !== undefined) list.push(`wscale ${windowScale}`);
  if (sack !== undefined) list.push(`sack ${sack.map((block) => `{${block.left}:${block.right}}`).join('')}`);
  return list;
}

function describeUdp(datagram: Udp): string {
  const { srcPort, dstPort, payload } = datagram;
  const uses = (...ports: readonly number[]): boolean => ports.includes(srcPort) || ports.includes(dstPort);
  const length = `length ${payload.length}`;
  if (uses(DHCP_CLIENT_PORT, DHCP_SERVER_PORT)) {
    const message = parseDhcp(payload);
    return message.ok ? `${describeDhcp(message.value)}, ${length}` : `DHCP ${message.error}, ${length}`;
  }
  if (uses(DNS_PORT, MDNS_PORT)) {
    const message = parseDns(payload);
    return message.ok ? `${describeDns(message.value)}, ${length}` : `DNS ${message.error}, ${length}`;
  }
  if (uses(COAP_PORT)) {
    const message = parseCoap(payload);
    return message.ok ? `${describeCoap(message.value)}, ${length}` : `CoAP ${message.error}, ${length}`;
  }
  if (uses(NTP_PORT)) {
    const message = parseNtp(payload);
    if (!message.ok) return `NTP ${message.error}, ${length}`;
    return `NTPv${message.value.version}, ${NTP_MODES[message.value.mode]}, ${length}`;
  }
  return `UDP, ${length}`;
}

function describeIcmp(message: Icmp): string {
  switch (message.type) {
    case 'echo-request':
      return `echo request, id ${message.id}, seq ${message.seq}`;
    case 'echo-reply':
      return `echo reply, id ${message.id}, seq ${message.seq}`;
    case 'unreachable':
      return `${UNREACHABLE[message.code] ?? `code ${message.code}`} unreachable`;
    case 'time-exceeded':
      return message.code === 0 ? 'time exceeded in-transit' : 'time exceeded in reassembly';
    case 'other':
      return `type ${message.icmpType}, code ${message.code}`;
  }
}

function describeIgmp(message: Igmp): string {
  const group = formatIpv4(message.group);
  switch (message.type) {
    case 'query':
      return message.group === 0 ? 'igmp query' : `igmp query ${group}`;
    case 'report-v1':
      return `igmp v1 report ${group}`;
    case 'report-v2':
      return `igmp v2 report ${group}`;
    case 'leave':
      return `igmp leave ${group}`;
  }
}
