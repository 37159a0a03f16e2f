/** ARP for IPv4 over Ethernet (RFC 826). Other hardware and protocol kinds are refused by name. */
import { err, ok, put8, put16, type Result, u8, u16 } from '../core/index.ts';
import {
  IPV4_LENGTH,
  type Ipv4Address,
  MAC_LENGTH,
  type MacAddress,
  putIpv4,
  putMac,
  readIpv4,
  readMac,
} from './address.ts';
import { ETHERTYPE_IPV4 } from './ethernet.ts';

export const ARP_LENGTH = 28;
export const ARP_REQUEST = 1;
export const ARP_REPLY = 2;
const HARDWARE_ETHERNET = 1;

export interface Arp {
  /** {@link ARP_REQUEST} or {@link ARP_REPLY}; other values of the field are kept. */
  readonly op: number;
  readonly senderMac: MacAddress;
  readonly senderIp: Ipv4Address;
  readonly targetMac: MacAddress;
  readonly targetIp: Ipv4Address;
}

export type ArpError = 'truncated' | 'bad-hardware' | 'bad-protocol';

/** Bytes behind the message (Ethernet padding) are ignored. */
export function parseArp(bytes: Uint8Array): Result<Arp, ArpError> {
  if (bytes.length < ARP_LENGTH) return err('truncated');
  if (u16(bytes, 0) !== HARDWARE_ETHERNET || u8(bytes, 4) !== MAC_LENGTH) return err('bad-hardware');
  if (u16(bytes, 2) !== ETHERTYPE_IPV4 || u8(bytes, 5) !== IPV4_LENGTH) return err('bad-protocol');
  return ok({
    op: u16(bytes, 6),
    senderMac: readMac(bytes, 8),
    senderIp: readIpv4(bytes, 14),
    targetMac: readMac(bytes, 18),
    targetIp: readIpv4(bytes, 24),
  });
}

export function emitArp(message: Arp): Uint8Array {
  const out = new Uint8Array(ARP_LENGTH);
  put16(out, 0, HARDWARE_ETHERNET);
  put16(out, 2, ETHERTYPE_IPV4);
  put8(out, 4, MAC_LENGTH);
  put8(out, 5, IPV4_LENGTH);
  put16(out, 6, message.op);
  putMac(out, 8, message.senderMac);
  putIpv4(out, 14, message.senderIp);
  putMac(out, 18, message.targetMac);
  putIpv4(out, 24, message.targetIp);
  return out;
}
