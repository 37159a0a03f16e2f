/** A frame as fault rules see it, read off its bytes without parsing all of it. */
import { u8, u16 } from '../core/index.ts';
import { IEEE80211_HLEN, isGroupMac, LLC_SNAP_HLEN, type MacAddress, readMac, receiverOf } from '../wire/index.ts';
import type { FaultSubject } from './rules.ts';

const TYPE_MASK = 0x0c;
const TYPE_DATA = 0x08;
const TO_DS = 0x01;

/** Where the payload of the data frames that this room makes begins. */
export const PAYLOAD_OFFSET = IEEE80211_HLEN + LLC_SNAP_HLEN;

/** `receiver` stands in for the station in group-addressed frames. */
export function subjectOf(frame: Uint8Array, receiver: MacAddress): FaultSubject {
  const sender = readMac(frame, 10);
  const isData = (u8(frame, 0) & TYPE_MASK) === TYPE_DATA;
  const toAp = isData ? (u8(frame, 1) & TO_DS) !== 0 : sender !== readMac(frame, 16);
  const to = isGroupMac(receiverOf(frame)) ? receiver : receiverOf(frame);
  return {
    frames: isData ? 'data' : 'management',
    direction: toAp ? 'to-ap' : 'from-ap',
    station: toAp ? sender : to,
    bssid: toAp ? to : sender,
    etherType: isData && frame.length >= PAYLOAD_OFFSET ? u16(frame, PAYLOAD_OFFSET - 2) : 0,
    payloadLength: isData ? Math.max(0, frame.length - PAYLOAD_OFFSET) : 0,
  };
}

/** A copy with these bits of the payload turned over. */
export function flipBits(frame: Uint8Array, bits: readonly number[]): Uint8Array {
  const out = frame.slice();
  for (const bit of bits) out[PAYLOAD_OFFSET + (bit >> 3)] = u8(out, PAYLOAD_OFFSET + (bit >> 3)) ^ (0x80 >> (bit & 7));
  return out;
}
