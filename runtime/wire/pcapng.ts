/**
 * Capture files of the newer kind (draft-ietf-opsawg-pcapng): several interfaces of different link types in one file,
 * comments on packets (ASCII), and the keys of TLS. Little endian, microseconds. A file is the header, then interfaces, then packets.
 */
import { fromLatin1, type Micros } from '../core/index.ts';
import { LINKTYPE_ETHERNET } from './pcap.ts';

const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const DECRYPTION_SECRETS = 10;
const TLS_KEY_LOG = 0x544c534b;

const OPT_COMMENT = 1;
const IF_NAME = 2;
const TWO_32 = 2 ** 32;

/** The section header that starts a file. */
export function pcapngHeader(): Uint8Array {
  const body = new Uint8Array(16);
  const view = new DataView(body.buffer);
  view.setUint32(0, BYTE_ORDER_MAGIC, true);
  view.setUint16(4, 1, true);
  view.setUint16(6, 0, true);
  // A section length of all ones: unknown, read to the end of the file.
  view.setUint32(8, 0xffffffff, true);
  view.setUint32(12, 0xffffffff, true);
  return block(SECTION_HEADER, body);
}

/** Describes the next interface; the first one written has id 0. */
export function pcapngInterface(linkType: number = LINKTYPE_ETHERNET, name?: string): Uint8Array {
  const options = name === undefined ? [] : [option(IF_NAME, name)];
  const body = join(8, options);
  // Timestamps are microseconds unless an option says otherwise; a snap length of 0 is "no limit".
  new DataView(body.buffer).setUint16(0, linkType, true);
  return block(INTERFACE_DESCRIPTION, body);
}

/** One packet, with an optional comment that Wireshark shows beside it. */
export function pcapngPacket(interfaceId: number, at: Micros, frame: Uint8Array, comment?: string): Uint8Array {
  const options = comment === undefined ? [] : [option(OPT_COMMENT, comment)];
  const body = join(20 + padded(frame.length), options);
  const view = new DataView(body.buffer);
  view.setUint32(0, interfaceId, true);
  view.setUint32(4, Math.floor(at / TWO_32), true);
  view.setUint32(8, at % TWO_32, true);
  view.setUint32(12, frame.length, true);
  view.setUint32(16, frame.length, true);
  body.set(frame, 20);
  return block(ENHANCED_PACKET, body);
}

/** Lines of a TLS key log, with which Wireshark reads the packets that come after them in the file. */
export function pcapngSecrets(lines: string): Uint8Array {
  const text = fromLatin1(lines);
  const body = new Uint8Array(8 + padded(text.length));
  const view = new DataView(body.buffer);
  view.setUint32(0, TLS_KEY_LOG, true);
  view.setUint32(4, text.length, true);
  body.set(text, 8);
  return block(DECRYPTION_SECRETS, body);
}

/** Blocks and options are aligned to 32 bits. */
const padded = (length: number): number => (length + 3) & ~3;

/** A body of `fixed` zero bytes and the options with their end mark, when there are any. */
function join(fixed: number, options: readonly Uint8Array[]): Uint8Array {
  const end = options.length > 0 ? 4 : 0;
  const out = new Uint8Array(fixed + options.reduce((n, part) => n + part.length, 0) + end);
  let at = fixed;
  for (const part of options) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function option(code: number, text: string): Uint8Array {
  const value = fromLatin1(text);
  const out = new Uint8Array(4 + padded(value.length));
  const view = new DataView(out.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  out.set(value, 4);
  return out;
}

function block(type: number, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + body.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, out.length, true);
  out.set(body, 8);
  view.setUint32(8 + body.length, out.length, true);
  return out;
}
