/** A frame as fault rules see it, read off its bytes without parsing all of it. */
import { u8, u16 } from '../core/index.ts';
import {
  dissectIpv4,
  dissectTcp,
  ETHERTYPE_IPV4,
  emitEthernet,
  emitIeee80211,
  emitIpv4,
  emitTcp,
  IEEE80211_HLEN,
  isGroupMac,
  LLC_SNAP_HLEN,
  type MacAddress,
  PROTO_TCP,
  parseIeee80211,
  readMac,
  receiverOf,
  seqAdd,
  TCP_FIN,
  TCP_PSH,
} from '../wire/index.ts';
import type { FaultSubject } from './rules.ts';

const TYPE_MASK = 0x0c;
const TYPE_DATA = 0x08;
const TO_DS = 0x01;

/** Where the payload of the data frames that this room makes begins. */
export const PAYLOAD_OFFSET = IEEE80211_HLEN + LLC_SNAP_HLEN;

/** `receiver` stands in for the station in group-addressed frames; `relayed`: whether that address is a station of this air. */
export function subjectOf(
  frame: Uint8Array,
  receiver: MacAddress,
  relayed: (sender: MacAddress) => boolean = () => false,
): FaultSubject {
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
    ethernet: () => {
      const parsed = parseIeee80211(frame);
      if (!parsed.ok || parsed.value.type !== 'data') return undefined;
      const { da, sa, etherType, payload } = parsed.value;
      return !toAp && relayed(sa) ? undefined : emitEthernet({ dst: da, src: sa, etherType, payload });
    },
  };
}

/** A TCP segment in two, the first with so many bytes of its payload; anything else, or what is too short, as it is. */
export function splitSegment(frame: Uint8Array, bytes: number): Uint8Array[] {
  const outer = parseIeee80211(frame);
  if (!outer.ok || outer.value.type !== 'data' || outer.value.etherType !== ETHERTYPE_IPV4) return [frame];
  const packet = dissectIpv4(outer.value.payload);
  if (!packet.ok || packet.value.protocol !== PROTO_TCP) return [frame];
  const { value: ip } = packet;
  const segment = dissectTcp(ip.payload);
  if (!segment.ok || segment.value.payload.length < 2) return [frame];
  const { value: tcp } = segment;
  const data = outer.value;
  const at = Math.min(bytes, tcp.payload.length - 1);
  const piece = (id: number, part: typeof tcp): Uint8Array => {
    const payload = emitIpv4({ ...ip, id: id & 0xffff, payload: emitTcp(part, ip.src, ip.dst) });
    return emitIeee80211({ ...data, payload });
  };
  const flags = tcp.flags & ~(TCP_FIN | TCP_PSH);
  return [
    piece(ip.id, { ...tcp, flags, payload: tcp.payload.subarray(0, at) }),
    piece(ip.id + 1, { ...tcp, seq: seqAdd(tcp.seq, at), payload: tcp.payload.subarray(at) }),
  ];
}

/** A copy with these bits of the payload turned over. */
export function flipBits(frame: Uint8Array, bits: readonly number[]): Uint8Array {
  const out = frame.slice();
  for (const bit of bits) out[PAYLOAD_OFFSET + (bit >> 3)] = u8(out, PAYLOAD_OFFSET + (bit >> 3)) ^ (0x80 >> (bit & 7));
  return out;
}
