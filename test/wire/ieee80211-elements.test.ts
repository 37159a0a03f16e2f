import fc from 'fast-check';
import t from 'tap';
import { hex } from '../../runtime/core/index.ts';
import {
  AKM_PSK,
  CIPHER_CCMP,
  CIPHER_TKIP,
  type Elements,
  emitElements,
  emitRsnElement,
  emitWpaElement,
  parseElements,
  type SecurityElement,
  WPA_AKM_PSK,
  WPA_CIPHER_TKIP,
} from '../../runtime/wire/ieee80211-elements.ts';
import { arbByte, arbBytes, arbText, arbU16, arbU32, compact, record } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';
import { codecLaws } from '../helpers/codec-laws.ts';

const MIXED = bytes(`
  0000                          | a hidden name
  2503 00 0b 01                 | moves to channel 11 with the next beacon
  3014 0100 000fac02 0100 000fac04 0100 000fac02 0c00 | RSN: groups with TKIP, CCMP, PSK, capabilities 000c
  dd16 0050f201 0100 0050f202 0100 0050f202 0100 0050f202 | WPA: TKIP, PSK
  dd05 0050f204 10              | another vendor element (WPS)
`);
const mixed: Elements = {
  ssid: '',
  channelSwitch: { mode: 0, channel: 11, count: 1 },
  rsn: { groupCipher: CIPHER_TKIP, pairwiseCiphers: [CIPHER_CCMP], akms: [AKM_PSK], capabilities: 0x000c },
  wpa: { groupCipher: WPA_CIPHER_TKIP, pairwiseCiphers: [WPA_CIPHER_TKIP], akms: [WPA_AKM_PSK] },
  other: [{ id: 221, body: bytes('0050f20410') }],
};

const suites = fc.array(arbU32, { maxLength: 4 });
const wpa = record<SecurityElement>({ groupCipher: arbU32, pairwiseCiphers: suites, akms: suites });
const rsn = fc.oneof(
  wpa,
  record<SecurityElement>({ groupCipher: arbU32, pairwiseCiphers: suites, akms: suites, capabilities: arbU16 }),
);
const rates = fc.array(arbByte, { maxLength: 8 });
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
/** Ids that are no fields. */
const unknown = record({ id: fc.integer({ min: 51, max: 220 }), body: arbBytes(255) });

const elements = record({
  ssid: maybe(arbText(32)),
  rates: maybe(rates),
  extendedRates: maybe(rates),
  channel: maybe(arbByte),
  tim: maybe(record({ dtimCount: arbByte, dtimPeriod: arbByte, control: arbByte, bitmap: arbBytes(251, 1) })),
  channelSwitch: maybe(record({ mode: arbByte, channel: arbByte, count: arbByte })),
  rsn: maybe(rsn),
  wpa: maybe(wpa),
  other: maybe(fc.array(unknown, { minLength: 1, maxLength: 3 })),
}).map((value) => compact<Elements>(value as never));

codecLaws(t, { parse: parseElements, emit: emitElements, reasons: ['truncated'], shortest: 0 }, elements, [
  { what: 'a mixed network', bytes: MIXED, value: mixed },
]);

t.test('an element that reaches behind the end is truncated', async (t) => {
  t.same(parseElements(bytes('0004 686f6d')), { ok: false, error: 'truncated' });
  t.same(parseElements(bytes('00')), { ok: false, error: 'truncated' });
});

t.test('of a repeated element the first counts', async (t) => {
  const parsed = parseElements(bytes('0301 01  0301 02'));
  t.same(parsed, { ok: true, value: { channel: 1, other: [{ id: 3, body: bytes('02') }] } });
});

t.test('malformed elements stay as they came', async (t) => {
  const all = `0021${'41'.repeat(33)}`;
  for (const text of ['0302 0101', '3006 0200 000fac04', '3008 0100 000fac04 ff00', '0503 000100', all]) {
    const parsed = parseElements(bytes(text));
    t.ok(parsed.ok && parsed.value.other?.length === 1, text);
  }
});

t.test('a security element keeps its two-byte head for the handshake', async (t) => {
  t.equal(hex(emitRsnElement(mixed.rsn as SecurityElement)), hex(MIXED.subarray(7, 29)));
  t.equal(hex(emitWpaElement(mixed.wpa as SecurityElement)), hex(MIXED.subarray(29, 53)));
});
