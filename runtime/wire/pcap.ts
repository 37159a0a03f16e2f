/** Capture files as tcpdump writes them: libpcap 2.4, little endian, microseconds. One link type a file; see pcapng.ts for more. */
import type { Micros } from '../core/index.ts';

export const LINKTYPE_ETHERNET = 1;
export const LINKTYPE_IEEE802_11 = 105;

const MAGIC_MICROSECONDS = 0xa1b2c3d4;
/** tcpdump's own limit (MAXIMUM_SNAPLEN); frames are never cut here. */
const SNAPLEN = 262144;

/** The 24 bytes at the start of a file. */
export function pcapHeader(linkType: number = LINKTYPE_ETHERNET): Uint8Array {
  const out = new Uint8Array(24);
  const view = new DataView(out.buffer);
  view.setUint32(0, MAGIC_MICROSECONDS, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, SNAPLEN, true);
  view.setUint32(20, linkType, true);
  return out;
}

/** One record: 16 bytes of header and the frame. */
export function pcapRecord(at: Micros, frame: Uint8Array): Uint8Array {
  const out = new Uint8Array(16 + frame.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, Math.floor(at / 1_000_000), true);
  view.setUint32(4, at % 1_000_000, true);
  view.setUint32(8, frame.length, true);
  view.setUint32(12, frame.length, true);
  out.set(frame, 16);
  return out;
}
