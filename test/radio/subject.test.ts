import t from 'tap';
import { flipBits, PAYLOAD_OFFSET, splitSegment, subjectOf } from '../../runtime/radio/subject.ts';
import {
  ETHERTYPE_IPV4,
  emitEthernet,
  emitIeee80211,
  emitIpv4,
  emitTcp,
  type Ieee80211Frame,
  ipv4,
  MAC_BROADCAST,
  PROTO_TCP,
  parseIeee80211,
  parseIpv4Packet,
  parseTcp,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
} from '../../runtime/wire/index.ts';
import { AP, HOST, OTHER, STA } from '../helpers/air.ts';

const HEADER = { bssid: AP, sequence: 0 };
const subject = (frame: Ieee80211Frame) => subjectOf(emitIeee80211(frame), OTHER);
const data = { etherType: 0x0800, payload: new Uint8Array(9) };

t.test('a data frame to the access point is its sender’s', async (t) => {
  t.has(subject({ type: 'data', direction: 'to-ap', ...HEADER, da: HOST, sa: STA, ...data }), {
    frames: 'data',
    direction: 'to-ap',
    station: STA,
    bssid: AP,
    etherType: 0x0800,
    payloadLength: 9,
  });
});

t.test('a data frame from the access point is its receiver’s; to a group, that of whoever receives it', async (t) => {
  const from = { type: 'data', direction: 'from-ap', ...HEADER, sa: HOST, ...data } as const;
  t.match(subject({ ...from, da: STA }), { direction: 'from-ap', station: STA, bssid: AP });
  t.match(subject({ ...from, da: MAC_BROADCAST }), { direction: 'from-ap', station: OTHER, bssid: AP });
});

t.test('management frames have a direction too', async (t) => {
  const up = { type: 'authentication', ...HEADER, da: AP, sa: STA, algorithm: 0, transaction: 1, status: 0 } as const;
  const management = { frames: 'management', etherType: 0, payloadLength: 0, bssid: AP } as const;
  t.has(subject(up), { ...management, direction: 'to-ap', station: STA });
  t.has(subject({ ...up, da: STA, sa: AP }), { ...management, direction: 'from-ap', station: STA });
  const beacon = { type: 'beacon', timestamp: 0, interval: 1, capabilities: 0, elements: {} } as const;
  t.match(subject({ ...beacon, ...HEADER, da: MAC_BROADCAST, sa: AP }), { direction: 'from-ap', station: OTHER });
});

t.test('bits are counted from the payload’s first, highest', async (t) => {
  const frame = new Uint8Array(PAYLOAD_OFFSET + 2);
  t.same([...flipBits(frame, [0, 15]).subarray(PAYLOAD_OFFSET)], [0x80, 0x01]);
  t.same([...frame.subarray(PAYLOAD_OFFSET)], [0, 0], 'the frame itself stays');
});

t.test(
  'a data frame is seen as Ethernet, what a station sent another only on its way to the access point',
  async (t) => {
    const frame = emitIeee80211({ type: 'data', direction: 'from-ap', ...HEADER, da: STA, sa: OTHER, ...data });
    const ethernet = emitEthernet({ dst: STA, src: OTHER, etherType: data.etherType, payload: data.payload });
    t.same(subjectOf(frame, STA).ethernet?.(), ethernet);
    t.equal(subjectOf(frame, STA, (sender) => sender === OTHER).ethernet?.(), undefined);
    const up = emitIeee80211({ type: 'data', direction: 'to-ap', ...HEADER, da: STA, sa: OTHER, ...data });
    t.same(subjectOf(up, AP, () => true).ethernet?.(), ethernet);
  },
);

t.test('a segment in two says the same bytes, with its flags on the second piece', async (t) => {
  const payload = Uint8Array.of(1, 2, 3, 4, 5);
  const flags = TCP_ACK | TCP_PSH | TCP_FIN;
  const segment = {
    srcPort: 1,
    dstPort: 2,
    seq: 0xfffffffe,
    ack: 9,
    flags,
    window: 5,
    urgent: 0,
    options: {},
    payload,
  };
  const [src, dst] = [ipv4(10, 0, 0, 1), ipv4(10, 0, 0, 2)];
  const ip = {
    tos: 0,
    id: 0xffff,
    flags: { df: false, mf: false },
    fragOffset: 0,
    ttl: 9,
    protocol: PROTO_TCP,
    src,
    dst,
  };
  const packet = emitIpv4({ ...ip, options: new Uint8Array(), payload: emitTcp(segment, src, dst) });
  const frame = { type: 'data', direction: 'to-ap', ...HEADER, da: HOST, sa: STA, etherType: ETHERTYPE_IPV4 } as const;
  const pieces = (bytes: number) =>
    splitSegment(emitIeee80211({ ...frame, payload: packet }), bytes).map((piece) => {
      const outer = parseIeee80211(piece);
      const inner = parseIpv4Packet(outer.ok && outer.value.type === 'data' ? outer.value.payload : new Uint8Array());
      if (!inner.ok) throw new Error(inner.error);
      const parsed = parseTcp(inner.value.payload, src, dst);
      if (!parsed.ok) throw new Error(parsed.error);
      return { id: inner.value.id, seq: parsed.value.seq, flags: parsed.value.flags, bytes: [...parsed.value.payload] };
    });
  t.same(pieces(3), [
    { id: 0xffff, seq: 0xfffffffe, flags: TCP_ACK, bytes: [1, 2, 3] },
    { id: 0, seq: 1, flags, bytes: [4, 5] },
  ]);
  t.same(
    pieces(100).map(({ bytes }) => bytes.length),
    [4, 1],
    'something is left for the second',
  );
  const other = emitIeee80211({ ...frame, etherType: 0x806, payload: packet });
  t.same(splitSegment(other, 3), [other]);
});
