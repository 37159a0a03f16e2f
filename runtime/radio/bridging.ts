/** Between Ethernet II frames and 802.11 data frames (IEEE 802.11-2016 annex K, RFC 1042): the payload is copied. */
import { once, u16 } from '../core/index.ts';
import {
  type DataFrame,
  type DsDirection,
  ETHERNET_HLEN,
  emitEthernet,
  emitIeee80211,
  type MacAddress,
  parseIeee80211,
  readMac,
} from '../wire/index.ts';

/** Undefined for what is shorter than an Ethernet header. */
export function toAir(
  ethernet: Uint8Array,
  direction: DsDirection,
  bssid: MacAddress,
  sequence: number,
): Uint8Array | undefined {
  if (ethernet.length < ETHERNET_HLEN) return undefined;
  return emitIeee80211({
    type: 'data',
    direction,
    da: readMac(ethernet, 0),
    sa: readMac(ethernet, 6),
    bssid,
    sequence,
    etherType: u16(ethernet, 12),
    payload: ethernet.subarray(ETHERNET_HLEN),
  });
}

/** A frame that an antenna heard; shared by all that hear it. */
export const heard = once(parseIeee80211);

/** Shared by all that get the same frame. */
export const toEthernet = once(
  ({ da, sa, etherType, payload }: DataFrame): Uint8Array => emitEthernet({ dst: da, src: sa, etherType, payload }),
);
