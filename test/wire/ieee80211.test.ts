import fc from 'fast-check';
import t from 'tap';
import { MAC_BROADCAST } from '../../runtime/wire/address.ts';
import {
  emitIeee80211,
  IEEE80211_HLEN,
  type Ieee80211Frame,
  isProbeRequest,
  parseIeee80211,
  receiverOf,
} from '../../runtime/wire/ieee80211.ts';
import { AKM_PSK, CIPHER_CCMP } from '../../runtime/wire/ieee80211-elements.ts';
import { mac } from '../helpers/air.ts';
import { arbBytes, arbMac, arbText, arbU16, record } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';
import { codecLaws } from '../helpers/codec-laws.ts';

const AP = mac('02:00:00:00:01:00');
const STA = mac('5c:cf:7f:12:34:56');
const HOST = mac('02:00:00:00:00:01');

const BEACON = bytes(`
  8000 0000                     | beacon, no duration
  ffffffffffff 020000000100 020000000100 a003 | to all, from and in this network, sequence 58
  0102030000000000 6400 1104    | time 197121 us, every 100 TU, ESS, privacy, short slot
  0004 686f6d65                 | SSID home
  0108 82848b960c121824         | 1, 2, 5.5 and 11 Mbit/s basic, up to 18
  0301 06                       | channel 6
  0504 00010000                 | TIM: DTIM now and in every beacon, nothing buffered
  3204 3048606c                 | up to 54 Mbit/s
  3014 0100 000fac04 0100 000fac04 0100 000fac02 0000 | RSN: CCMP, PSK
`);
const beacon: Ieee80211Frame = {
  type: 'beacon',
  da: MAC_BROADCAST,
  sa: AP,
  bssid: AP,
  sequence: 58,
  timestamp: 0x030201,
  interval: 100,
  capabilities: 0x0411,
  elements: {
    ssid: 'home',
    rates: [0x82, 0x84, 0x8b, 0x96, 0x0c, 0x12, 0x18, 0x24],
    channel: 6,
    tim: { dtimCount: 0, dtimPeriod: 1, control: 0, bitmap: bytes('00') },
    extendedRates: [0x30, 0x48, 0x60, 0x6c],
    rsn: { groupCipher: CIPHER_CCMP, pairwiseCiphers: [CIPHER_CCMP], akms: [AKM_PSK], capabilities: 0 },
  },
};

const DATA = bytes(`
  0801 2c00                     | data, to the access point, 44 us for the acknowledgement
  020000000100 5ccf7f123456 020000000001 1000 | BSSID, sender, destination, sequence 1
  aaaa03000000 0806             | LLC/SNAP: ARP
  0001
`);
const data: Ieee80211Frame = {
  type: 'data',
  direction: 'to-ap',
  da: HOST,
  sa: STA,
  bssid: AP,
  sequence: 1,
  etherType: 0x0806,
  payload: bytes('0001'),
};

const ASSOCIATION = bytes(`
  1000 3a01                     | association response
  5ccf7f123456 020000000100 020000000100 f0ff
  0104 0000 01c0                | capabilities, success, number 1 with its mark
  0101 82
`);
const association: Ieee80211Frame = {
  type: 'association-response',
  da: STA,
  sa: AP,
  bssid: AP,
  sequence: 4095,
  capabilities: 0x0401,
  status: 0,
  aid: 1,
  elements: { rates: [0x82] },
};

const header = { da: arbMac, sa: arbMac, bssid: arbMac, sequence: fc.integer({ min: 0, max: 4095 }) };
const elements = fc.oneof(
  record({ ssid: arbText(32) }),
  record({
    ssid: arbText(32),
    channel: fc.integer({ min: 1, max: 14 }),
    rates: fc.array(fc.nat(255), { maxLength: 8 }),
  }),
);
const direction = fc.constantFrom('to-ap' as const, 'from-ap' as const, 'direct' as const);
const aid = fc.integer({ min: 0, max: 2007 });

const frames: fc.Arbitrary<Ieee80211Frame> = fc.oneof(
  record({
    type: fc.constantFrom('beacon' as const, 'probe-response' as const),
    ...header,
    timestamp: fc.maxSafeNat(),
    interval: arbU16,
    capabilities: arbU16,
    elements,
  }),
  record({ type: fc.constant('probe-request' as const), ...header, elements }),
  record({
    type: fc.constant('authentication' as const),
    ...header,
    algorithm: arbU16,
    transaction: arbU16,
    status: arbU16,
  }),
  record({
    type: fc.constant('association-request' as const),
    ...header,
    capabilities: arbU16,
    listenInterval: arbU16,
    elements,
  }),
  record({
    type: fc.constant('reassociation-request' as const),
    ...header,
    capabilities: arbU16,
    listenInterval: arbU16,
    currentAp: arbMac,
    elements,
  }),
  record({
    type: fc.constantFrom('association-response' as const, 'reassociation-response' as const),
    ...header,
    capabilities: arbU16,
    status: arbU16,
    aid,
    elements,
  }),
  record({ type: fc.constantFrom('disassociation' as const, 'deauthentication' as const), ...header, reason: arbU16 }),
  record({ type: fc.constant('data' as const), direction, ...header, etherType: arbU16, payload: arbBytes(1500) }),
  record({ type: fc.constant('null' as const), direction, ...header }),
);

codecLaws(
  t,
  {
    parse: parseIeee80211,
    emit: emitIeee80211,
    reasons: ['truncated', 'bad-version', 'unsupported', 'fragment', 'protected', 'bad-snap'],
    shortest: IEEE80211_HLEN,
  },
  frames,
  [
    { what: 'a WPA2 beacon', bytes: BEACON, value: beacon },
    { what: 'a data frame', bytes: DATA, value: data },
    { what: 'an association response', bytes: ASSOCIATION, value: association },
  ],
);

t.test('the receiver on the air is the access point of a frame to it, else the destination', async (t) => {
  t.equal(receiverOf(DATA), AP);
  t.equal(receiverOf(BEACON), MAC_BROADCAST);
  t.equal(receiverOf(ASSOCIATION), STA);
});

t.test('a probe request is known by its first byte', async (t) => {
  const header = { da: MAC_BROADCAST, sa: STA, bssid: MAC_BROADCAST, sequence: 0 };
  t.ok(isProbeRequest(emitIeee80211({ type: 'probe-request', ...header, elements: { ssid: '' } })));
  t.notOk(isProbeRequest(BEACON) || isProbeRequest(DATA));
});

t.test('a QoS data frame is read like a plain one', async (t) => {
  const qos = Uint8Array.from([...DATA.subarray(0, 24), 0, 0, ...DATA.subarray(24)]);
  qos[0] = 0x88;
  t.same(parseIeee80211(qos), { ok: true, value: data });
});

t.test('what is wrong is said by name', async (t) => {
  const changed = (at: number, value: number) => {
    const frame = DATA.slice();
    frame[at] = value;
    const result = parseIeee80211(frame);
    return result.ok ? undefined : result.error;
  };
  t.equal(changed(0, 0x09), 'bad-version');
  t.equal(changed(0, 0xd4), 'unsupported', 'an acknowledgement');
  t.equal(changed(0, 0x18), 'unsupported', 'a data frame with an acknowledgement in it');
  t.equal(changed(1, 0x03), 'unsupported', 'four addresses');
  t.equal(changed(1, 0x41), 'protected');
  t.equal(changed(1, 0x05), 'fragment');
  t.equal(changed(22, 0x11), 'fragment');
  t.equal(changed(24, 0x42), 'bad-snap');
});
