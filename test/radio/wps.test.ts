import t from 'tap';
import { saysPushed, wpsElements } from '../../runtime/radio/wps.ts';
import { emitIeee80211, type MacAddress, parseIeee80211 } from '../../runtime/wire/index.ts';

t.test('a pressed button is an element of beacons', async (t) => {
  for (const pushed of [true, false]) {
    const bytes = emitIeee80211({
      type: 'beacon',
      da: 0xffffffffffff as MacAddress,
      sa: 1 as MacAddress,
      bssid: 1 as MacAddress,
      sequence: 1,
      timestamp: 0,
      interval: 100,
      capabilities: 0,
      elements: { ssid: 'home', ...wpsElements(pushed) },
    });
    const beacon = parseIeee80211(bytes);
    if (!beacon.ok || beacon.value.type !== 'beacon') throw new Error('no beacon');
    t.equal(saysPushed(beacon.value), pushed);
  }
});
