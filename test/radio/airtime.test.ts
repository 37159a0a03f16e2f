import t from 'tap';
import { us } from '../../runtime/core/index.ts';
import { acknowledgementTime, airtime, CHANNEL_ACCESS } from '../../runtime/radio/airtime.ts';
import { emitIeee80211, MAC_BROADCAST, type MacAddress } from '../../runtime/wire/index.ts';
import { AP, HOST, STA } from '../helpers/air.ts';

const data = (da: MacAddress, length: number): Uint8Array =>
  emitIeee80211({
    type: 'data',
    direction: 'from-ap',
    da,
    sa: HOST,
    bssid: AP,
    sequence: 0,
    etherType: 0x0800,
    payload: new Uint8Array(length),
  });

t.test('1500 bytes to one station last 254 us at 54 Mbit/s', async (t) => {
  // 1536 bytes with headers and FCS and 22 bits are 57.0 symbols of 216 bits: 20 + 57 * 4 + 6.
  t.equal(airtime(data(STA, 1500)), 254);
  t.equal(acknowledgementTime(data(STA, 1500)), 44);
});

t.test('a frame to a group goes at 1 Mbit/s and is not acknowledged', async (t) => {
  t.equal(airtime(data(MAC_BROADCAST, 28)), 192 + (28 + 36) * 8);
  t.equal(acknowledgementTime(data(MAC_BROADCAST, 28)), 0);
});

t.test('management goes at 1 Mbit/s and is acknowledged at 1 Mbit/s', async (t) => {
  const frame = emitIeee80211({ type: 'deauthentication', da: STA, sa: AP, bssid: AP, sequence: 0, reason: 3 });
  t.equal(airtime(frame), 192 + 30 * 8);
  t.equal(acknowledgementTime(frame), 10 + 192 + 14 * 8);
});

t.test('a stream of full frames carries about 30 Mbit/s, as 802.11g does', async (t) => {
  const frame = data(STA, 1500);
  const cycle = CHANNEL_ACCESS + airtime(frame) + acknowledgementTime(frame);
  const mbit = (1500 * 8) / cycle;
  t.ok(mbit > 28 && mbit < 32, `${mbit}`);
  t.equal(us(cycle), cycle);
});
