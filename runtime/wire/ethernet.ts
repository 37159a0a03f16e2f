/** Ethernet II frames, without FCS. Not here: 802.3 length frames and 802.1Q tags, which pass as an unknown etherType. */
import { err, ok, put16, type Result, u16 } from '../core/index.ts';
import { type MacAddress, putMac, readMac } from './address.ts';

export const ETHERNET_HLEN = 14;
export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_ARP = 0x0806;
export const ETHERTYPE_EAPOL = 0x888e;

export interface Ethernet {
  readonly dst: MacAddress;
  readonly src: MacAddress;
  readonly etherType: number;
  /** Aliases the frame on parse; may carry padding behind a short packet. */
  readonly payload: Uint8Array;
}

export type EthernetError = 'truncated';

export function parseEthernet(bytes: Uint8Array): Result<Ethernet, EthernetError> {
  if (bytes.length < ETHERNET_HLEN) return err('truncated');
  return ok({
    dst: readMac(bytes, 0),
    src: readMac(bytes, 6),
    etherType: u16(bytes, 12),
    payload: bytes.subarray(ETHERNET_HLEN),
  });
}

export const ethernetLength = (frame: Ethernet): number => ETHERNET_HLEN + frame.payload.length;

/** A new frame; short ones are not padded to 60 bytes, as an 802.11 station does not pad either. */
export function emitEthernet(frame: Ethernet): Uint8Array {
  const out = new Uint8Array(ethernetLength(frame));
  putMac(out, 0, frame.dst);
  putMac(out, 6, frame.src);
  put16(out, 12, frame.etherType);
  out.set(frame.payload, ETHERNET_HLEN);
  return out;
}
