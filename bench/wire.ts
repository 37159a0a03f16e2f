/**
 * What a frame costs in runtime/wire: nanoseconds for parsing, emitting and describing one.
 * Each row of parsing and emitting is compared, in the same run, with the plain way of a DataView per layer.
 */
import { EMPTY } from '../runtime/core/index.ts';
import {
  describeFrame,
  dissectIpv4,
  dissectTcp,
  ETHERTYPE_IPV4,
  emitEthernet,
  emitIpv4,
  emitTcp,
  type Ipv4Address,
  ipv4,
  type MacAddress,
  PROTO_TCP,
  parseEthernet,
  parseIpv4Packet,
  parseTcp,
  type Tcp,
} from '../runtime/wire/index.ts';

export interface WireRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The baseline of the same run and how many times the row is faster. */
  readonly versus?: string;
}

const SRC = ipv4(192, 168, 1, 50);
const DST = ipv4(192, 168, 1, 1);
const SRC_MAC = 0x5ccf7f123456 as MacAddress;
const DST_MAC = 0x021122334455 as MacAddress;
/** A full segment of an Ethernet MTU. */
const PAYLOAD = new Uint8Array(1460).map((_, i) => i);
const ROUNDS = 7;

export function wireBench(): WireRow[] {
  const frame = emitFrame(segment(PAYLOAD));
  const rows: WireRow[] = [
    compare(
      'parse headers of Eth+IPv4+TCP',
      100_000,
      () => headers(frame),
      () => viewHeaders(frame),
    ),
    compare(
      'parse 1514 bytes with checksums',
      20_000,
      () => parse(frame),
      () => viewParse(frame),
    ),
    compare(
      'emit 1514 bytes with checksums',
      10_000,
      () => emitFrame(segment(PAYLOAD)).length,
      () => viewEmit(PAYLOAD).length,
    ),
    { name: 'describe 1514 bytes', value: time(10_000, () => describeFrame(frame).length), unit: 'ns/frame' },
  ];
  return rows;
}

function compare(name: string, times: number, ours: () => number, theirs: () => number): WireRow {
  if (ours() !== theirs()) throw new Error(`${name}: the baseline does something else`);
  const value = time(times, ours);
  const base = time(times, theirs);
  return { name, value, unit: 'ns/frame', versus: `DataView per layer ${base} ns, ${(base / value).toFixed(1)}x` };
}

/** Nanoseconds per call: the best of several rounds, the first one warming up. */
function time(times: number, run: () => number): number {
  let best = Number.POSITIVE_INFINITY;
  let guard = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < times; i++) guard += run();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / times);
  }
  if (guard === 0) throw new Error('nothing was measured');
  return Math.round(best);
}

const segment = (payload: Uint8Array): Tcp => ({
  srcPort: 49153,
  dstPort: 80,
  seq: 0xfffffff0,
  ack: 6512,
  flags: 24,
  window: 5840,
  urgent: 0,
  options: {},
  payload,
});

function emitFrame(tcp: Tcp): Uint8Array {
  const payload = emitIpv4({
    tos: 0,
    id: 7,
    flags: { df: false, mf: false },
    fragOffset: 0,
    ttl: 64,
    protocol: PROTO_TCP,
    src: SRC,
    dst: DST,
    options: EMPTY,
    payload: emitTcp(tcp, SRC, DST),
  });
  return emitEthernet({ dst: DST_MAC, src: SRC_MAC, etherType: ETHERTYPE_IPV4, payload });
}

function headers(frame: Uint8Array): number {
  const ethernet = parseEthernet(frame);
  const packet = ethernet.ok ? dissectIpv4(ethernet.value.payload) : ethernet;
  const tcp = packet.ok ? dissectTcp(packet.value.payload) : packet;
  return tcp.ok ? tcp.value.seq : 0;
}

function parse(frame: Uint8Array): number {
  const ethernet = parseEthernet(frame);
  const packet = ethernet.ok ? parseIpv4Packet(ethernet.value.payload) : ethernet;
  if (!packet.ok) return 0;
  const tcp = parseTcp(packet.value.payload, packet.value.src, packet.value.dst);
  return tcp.ok ? tcp.value.seq : 0;
}

interface ViewLayers {
  readonly eth: { dst: number; src: number; type: number };
  readonly ip: { length: number; id: number; ttl: number; protocol: number; src: number; dst: number };
  readonly tcp: { srcPort: number; dstPort: number; seq: number; ack: number; flags: number; window: number };
  readonly ipView: DataView;
  readonly tcpView: DataView;
}

function viewLayers(frame: Uint8Array): ViewLayers {
  const eth = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const ip = new DataView(frame.buffer, frame.byteOffset + 14, frame.byteLength - 14);
  const headerLength = (ip.getUint8(0) & 15) * 4;
  const length = ip.getUint16(2);
  const tcp = new DataView(frame.buffer, ip.byteOffset + headerLength, length - headerLength);
  return {
    eth: {
      dst: eth.getUint16(0) * 2 ** 32 + eth.getUint32(2),
      src: eth.getUint16(6) * 2 ** 32 + eth.getUint32(8),
      type: eth.getUint16(12),
    },
    ip: {
      length,
      id: ip.getUint16(4),
      ttl: ip.getUint8(8),
      protocol: ip.getUint8(9),
      src: ip.getUint32(12),
      dst: ip.getUint32(16),
    },
    tcp: {
      srcPort: tcp.getUint16(0),
      dstPort: tcp.getUint16(2),
      seq: tcp.getUint32(4),
      ack: tcp.getUint32(8),
      flags: tcp.getUint8(13),
      window: tcp.getUint16(14),
    },
    ipView: ip,
    tcpView: tcp,
  };
}

const viewHeaders = (frame: Uint8Array): number => viewLayers(frame).tcp.seq;

function viewSum(view: DataView, end: number, initial: number): number {
  let total = initial;
  for (let at = 0; at + 1 < end; at += 2) total += view.getUint16(at);
  if (end % 2 === 1) total += view.getUint8(end - 1) << 8;
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}

const viewPseudo = (src: Ipv4Address | number, dst: Ipv4Address | number, length: number): number =>
  (src >>> 16) + (src & 0xffff) + (dst >>> 16) + (dst & 0xffff) + PROTO_TCP + length;

function viewParse(frame: Uint8Array): number {
  const { ip, tcp, ipView, tcpView } = viewLayers(frame);
  if (viewSum(ipView, 20, 0) !== 0xffff) return 0;
  const length = tcpView.byteLength;
  return viewSum(tcpView, length, viewPseudo(ip.src, ip.dst, length)) === 0xffff ? tcp.seq : 0;
}

function viewEmit(payload: Uint8Array): Uint8Array {
  const segment = new Uint8Array(20 + payload.length);
  const tcp = new DataView(segment.buffer);
  tcp.setUint16(0, 49153);
  tcp.setUint16(2, 80);
  tcp.setUint32(4, 0xfffffff0);
  tcp.setUint32(8, 6512);
  tcp.setUint16(12, 0x5018);
  tcp.setUint16(14, 5840);
  segment.set(payload, 20);
  tcp.setUint16(16, ~viewSum(tcp, segment.length, viewPseudo(SRC, DST, segment.length)));
  const packet = new Uint8Array(20 + segment.length);
  const ip = new DataView(packet.buffer);
  ip.setUint16(0, 0x4500);
  ip.setUint16(2, packet.length);
  ip.setUint16(4, 7);
  ip.setUint16(8, 0x4006);
  ip.setUint32(12, SRC);
  ip.setUint32(16, DST);
  ip.setUint16(10, ~viewSum(ip, 20, 0));
  packet.set(segment, 20);
  const frame = new Uint8Array(14 + packet.length);
  const eth = new DataView(frame.buffer);
  eth.setUint16(0, Math.floor(DST_MAC / 2 ** 32));
  eth.setUint32(2, DST_MAC % 2 ** 32);
  eth.setUint16(6, Math.floor(SRC_MAC / 2 ** 32));
  eth.setUint32(8, SRC_MAC % 2 ** 32);
  eth.setUint16(12, ETHERTYPE_IPV4);
  frame.set(packet, 14);
  return frame;
}
