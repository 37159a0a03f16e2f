import t from 'tap';
import { flipBits, PAYLOAD_OFFSET, subjectOf } from '../../runtime/radio/subject.ts';
import { emitIeee80211, type Ieee80211Frame, MAC_BROADCAST } from '../../runtime/wire/index.ts';
import { AP, HOST, OTHER, STA } from '../helpers/air.ts';

const HEADER = { bssid: AP, sequence: 0 };
const subject = (frame: Ieee80211Frame) => subjectOf(emitIeee80211(frame), OTHER);
const data = { etherType: 0x0800, payload: new Uint8Array(9) };

t.test('a data frame to the access point is its sender’s', async (t) => {
  t.same(subject({ type: 'data', direction: 'to-ap', ...HEADER, da: HOST, sa: STA, ...data }), {
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
  t.same(subject(up), { ...management, direction: 'to-ap', station: STA });
  t.same(subject({ ...up, da: STA, sa: AP }), { ...management, direction: 'from-ap', station: STA });
  const beacon = { type: 'beacon', timestamp: 0, interval: 1, capabilities: 0, elements: {} } as const;
  t.match(subject({ ...beacon, ...HEADER, da: MAC_BROADCAST, sa: AP }), { direction: 'from-ap', station: OTHER });
});

t.test('bits are counted from the payload’s first, highest', async (t) => {
  const frame = new Uint8Array(PAYLOAD_OFFSET + 2);
  t.same([...flipBits(frame, [0, 15]).subarray(PAYLOAD_OFFSET)], [0x80, 0x01]);
  t.same([...frame.subarray(PAYLOAD_OFFSET)], [0, 0], 'the frame itself stays');
});
