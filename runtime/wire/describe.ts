/**
 * One line about a frame, in the manner of tcpdump -n, for traces and consoles. Never throws: what cannot be parsed is
 * named by its reason and shown in hexadecimal, and a wrong checksum is said, not hidden.
 */
import { u8, u16 } from '../core/index.ts';
import { formatIpv4, formatMac } from './address.ts';
import { ARP_REPLY, ARP_REQUEST, type Arp, parseArp } from './arp.ts';
import { describePayload } from './describe-ip.ts';
import { ETHERTYPE_ARP, ETHERTYPE_EAPOL, ETHERTYPE_IPV4, parseEthernet } from './ethernet.ts';
import { dissectIpv4, parseIpv4Packet } from './ipv4.ts';
import { dump } from './printable.ts';

/** IEEE 802.1X-2010 table 11-3. */
const EAPOL_TYPES = ['packet', 'start', 'logoff', 'key'];

/** `frame` is a whole Ethernet frame without FCS. */
export function describeFrame(frame: Uint8Array): string {
  const ethernet = parseEthernet(frame);
  if (!ethernet.ok) return `${ethernet.error} frame, length ${frame.length}: ${dump(frame)}`;
  const { src, dst, etherType, payload } = ethernet.value;
  switch (etherType) {
    case ETHERTYPE_IPV4:
      return describeIpv4(payload);
    case ETHERTYPE_ARP: {
      const message = parseArp(payload);
      return message.ok ? `ARP, ${describeArp(message.value)}` : `ARP ${message.error}: ${dump(payload)}`;
    }
    case ETHERTYPE_EAPOL:
      return describeEapol(payload);
    default:
      return (
        `${formatMac(src)} > ${formatMac(dst)}, ethertype 0x${etherType.toString(16).padStart(4, '0')}, ` +
        `length ${payload.length}: ${dump(payload)}`
      );
  }
}

/** As {@link describeFrame}, for a packet without its Ethernet header. */
export function describeIpv4(bytes: Uint8Array): string {
  const parsed = dissectIpv4(bytes);
  if (!parsed.ok) return `IP ${parsed.error}: ${dump(bytes)}`;
  const packet = parsed.value;
  const remark = parseIpv4Packet(bytes).ok ? '' : ' (bad ip cksum)';
  const { id, flags, fragOffset, protocol, payload } = packet;
  if (flags.mf || fragOffset > 0) {
    const more = flags.mf ? '+' : '';
    return (
      `IP ${formatIpv4(packet.src)} > ${formatIpv4(packet.dst)}: ` +
      `frag (id ${id}, offset ${fragOffset}${more}), proto ${protocol}, length ${payload.length}${remark}`
    );
  }
  return `IP ${describePayload(packet)}${remark}`;
}

function describeArp(message: Arp): string {
  const { op, senderMac, senderIp, targetIp } = message;
  switch (op) {
    case ARP_REQUEST:
      return `Request who-has ${formatIpv4(targetIp)} tell ${formatIpv4(senderIp)}`;
    case ARP_REPLY:
      return `Reply ${formatIpv4(senderIp)} is-at ${formatMac(senderMac)}`;
    default:
      return `op ${op} from ${formatMac(senderMac)}`;
  }
}

/** Only the common header of IEEE 802.1X: version, type, body length. */
function describeEapol(bytes: Uint8Array): string {
  if (bytes.length < 4) return `EAPOL truncated: ${dump(bytes)}`;
  const type = u8(bytes, 1);
  return `EAPOL ${EAPOL_TYPES[type] ?? `type ${type}`} v${u8(bytes, 0)}, length ${u16(bytes, 2)}`;
}
