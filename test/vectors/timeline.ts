/** The two timelines of a failed vector side by side: what was recorded on the left, what happened on the right. */
import { EMPTY } from '../../runtime/core/index.ts';
import { type Dhcp, formatIpv4, formatMac, formatTcpFlags, parseDhcp, parseDns } from '../../runtime/wire/index.ts';
import { buildData, dataText } from './data.ts';
import type { Relative } from './flows.ts';
import type { Data, Frame, Step } from './format.ts';
import { DHCP_TYPES } from './frames.ts';
import type { SentFrame } from './sent.ts';
import { Symbols } from './symbols.ts';

const LEFT_WIDTH = 76;
const UNBOUND = new Symbols({});

/** One line: a recorded step, something that happened, or both when they were found equal. */
export interface Row {
  readonly expected?: string;
  readonly actual?: string;
  /** The first difference. */
  readonly differs?: boolean;
}

export function renderTimeline(rows: readonly Row[]): string[] {
  const head = `  ${'recorded'.padEnd(LEFT_WIDTH)} | actual`;
  return [head, ...rows.map(renderRow)];
}

function renderRow(row: Row): string {
  const left = clip(row.expected ?? '', LEFT_WIDTH).padEnd(LEFT_WIDTH);
  return `${row.differs ? '>' : ' '} ${left} | ${row.actual ?? ''}`.trimEnd();
}

const clip = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 3)}...` : text);
const at = (t: number): string => t.toFixed(0).padStart(6);

/** A recorded step as text. */
export function stepText(step: Step): string {
  return `${at(step.t)} ${step.optional ? '(opt) ' : ''}${stepBody(step)}`;
}

function stepBody(step: Step): string {
  if (step.lua !== undefined) return `lua ${clip(step.lua.join(' '), 60)}`;
  if (step.in !== undefined) return `in  ${frameText(step.in)}`;
  if (step.out !== undefined) return `out ${frameText(step.out)}`;
  if (step.ctl !== undefined) return `ctl ${step.ctl}`;
  if (step.print !== undefined) return `print ${JSON.stringify(step.print)}`;
  if (step.console !== undefined) return `console ${JSON.stringify(step.console)}`;
  if (step.panic !== undefined) return `panic ${JSON.stringify(step.panic)}`;
  if (step.onerror !== undefined) return `onerror ${JSON.stringify(step.onerror)}`;
  if (step.error !== undefined) return `error ${JSON.stringify(step.error)}`;
  if (step.event !== undefined) return `event ${step.event}`;
  if (step.restart) return 'restart';
  return `state ${(step.state?.tcp ?? []).map((c) => `${c.state} ${c.local} ${c.remote}`).join(', ') || 'no connections'}`;
}

/** Something that happened at a time, as text. */
export const happened = (t: number, text: string): string => `${at(t)} ${text}`;

function frameText(frame: Frame): string {
  const { tcp, udp, icmp, igmp, arp } = frame;
  if (tcp !== undefined) {
    const numbers = `seq ${tcp.seq}${tcp.ack === undefined ? '' : ` ack ${tcp.ack}`} win ${tcp.win ?? '-'}`;
    const mss = tcp.mss === undefined ? '' : ` mss ${tcp.mss}`;
    return `tcp ${tcp.from} > ${tcp.to} ${tcp.flags} ${numbers}${mss}${payloadText(tcp.len, tcp.data)}`;
  }
  if (udp !== undefined) {
    const ends = `udp ${udp.from} > ${udp.to}`;
    if (udp.dns !== undefined) {
      const answers = (udp.dns.answers ?? []).map((a) => a.ip ?? a.name).join(',');
      return `${ends} dns ${udp.dns.qr === 1 ? `answer ${udp.dns.rcode} [${answers}]` : 'query'} ${udp.dns.id} ${udp.dns.qname}`;
    }
    if (udp.dhcp !== undefined) return `${ends} dhcp ${udp.dhcp.options.type} ${udp.dhcp.xid}`;
    return `${ends}${payloadText(udp.len, udp.data)}`;
  }
  if (icmp !== undefined)
    return `icmp ${icmp.from} > ${icmp.to} type ${icmp.type} code ${icmp.code} seq ${icmp.seq ?? '-'}${payloadText(icmp.len, icmp.data)}`;
  if (igmp !== undefined) return `igmp ${igmp.from} > ${igmp.to} ${igmp.type} ${igmp.group}`;
  return arp === undefined ? '?' : `arp ${arp.op} ${arp.sip} asks ${arp.tip}`;
}

function payloadText(length: number | undefined, data: Data | undefined): string {
  if (length === undefined && data === undefined) return '';
  const bytes = data === undefined ? EMPTY : buildData(data, UNBOUND);
  const text = bytes === undefined ? JSON.stringify(data) : dataText(bytes);
  return ` len ${length ?? bytes?.length} ${text}`;
}

const bytesText = (bytes: Uint8Array): string => (bytes.length === 0 ? '' : ` len ${bytes.length} ${dataText(bytes)}`);

/** A frame of the device as text, ports and numbers in the vector's terms as far as known. */
export function sentText(sent: SentFrame, relative: Relative | undefined, symbols: Symbols): string {
  const { ip, tcp, udp, icmp, igmp, arp } = sent;
  const port = (value: number, kind: string): string => symbols.nameOf(value, kind) ?? String(value);
  if (arp !== undefined)
    return `arp ${arp.op === 1 ? 'request' : 'reply'} ${formatIpv4(arp.senderIp)} asks ${formatIpv4(arp.targetIp)}`;
  if (ip === undefined) return `${formatMac(sent.dst)} ${sent.problem ?? '?'}`;
  const src = formatIpv4(ip.src);
  const dst = formatIpv4(ip.dst);
  if (tcp !== undefined) {
    const ack = (tcp.flags & 16) === 0 ? '' : ` ack ${relative?.ack}`;
    const mss = tcp.options.mss === undefined ? '' : ` mss ${tcp.options.mss}`;
    const numbers = `seq ${relative?.seq}${ack} win ${tcp.window}${mss}`;
    return `tcp ${src}:${port(tcp.srcPort, '$p')} > ${dst}:${tcp.dstPort} ${formatTcpFlags(tcp.flags)} ${numbers}${bytesText(tcp.payload)}`;
  }
  if (udp !== undefined) {
    const ends = `udp ${src}:${port(udp.srcPort, '$d')} > ${dst}:${udp.dstPort}`;
    return `${ends}${udpText(udp.dstPort, udp.payload)}`;
  }
  if (icmp !== undefined)
    return `icmp ${src} > ${dst} ${icmp.type}${'seq' in icmp ? ` seq ${icmp.seq}${bytesText(icmp.data)}` : ''}`;
  if (igmp !== undefined) return `igmp ${src} > ${dst} ${igmp.type} ${formatIpv4(igmp.group)}`;
  return `${src} > ${dst} ${sent.problem ?? '?'}`;
}

function udpText(dstPort: number, payload: Uint8Array): string {
  if (dstPort === 53) {
    const message = parseDns(payload);
    if (message.ok) return ` dns query ${message.value.id} ${message.value.questions[0]?.name}`;
  }
  if (dstPort === 67) {
    const message = parseDhcp(payload);
    if (message.ok) return dhcpText(message.value);
  }
  return bytesText(payload);
}

const dhcpText = (message: Dhcp): string => ` dhcp ${DHCP_TYPES[message.options.messageType ?? 0]} ${message.xid}`;
