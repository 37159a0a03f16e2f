import t from 'tap';
import { ms } from '../../runtime/core/index.ts';
import type { ScanOptions } from '../../runtime/radio/index.ts';
import { parseIeee80211 } from '../../runtime/wire/index.ts';
import { Air, AP, HOST, OTHER } from '../helpers/air.ts';

/** Names found, and how long it took in ms. */
function scan(air: Air, options: ScanOptions = {}): { names: string[]; tookMs: number } {
  const probe = air.station();
  let doneAt = 0;
  const from = air.clock.now();
  const names: string[] = [];
  probe.station.handlers = {
    onScanDone: (results) => {
      doneAt = air.clock.now();
      names.push(...results.map((r) => r.ssid));
    },
  };
  probe.station.scan(options);
  air.run(5);
  return { names, tookMs: (doneAt - from) / 1000 };
}

const threeNetworks = (): Air => {
  const air = new Air();
  air.ap({ ssid: 'near', rssi: -40, channel: 1 });
  air.ap({ ssid: 'far', rssi: -80, channel: 13, bssid: OTHER });
  air.ap({ ssid: 'secret', rssi: -60, channel: 6, bssid: HOST, hidden: true });
  return air;
};

t.test('all channels take about two seconds; the strongest network comes first', async (t) => {
  t.same(scan(threeNetworks()), { names: ['near', 'far'], tookMs: 1950 });
});

t.test('hidden networks are shown on demand, without their names', async (t) => {
  t.same(scan(threeNetworks(), { showHidden: true }).names, ['near', '', 'far']);
});

t.test('asked by its name a hidden network answers with it', async (t) => {
  t.same(scan(threeNetworks(), { ssid: 'secret' }).names, ['secret']);
});

t.test('a scan may be for one channel, one address or one name', async (t) => {
  t.same(scan(threeNetworks(), { channel: 13 }), { names: ['far'], tookMs: 150 });
  t.same(scan(threeNetworks(), { channel: 12 }).names, []);
  t.same(scan(threeNetworks(), { bssid: AP }).names, ['near']);
  t.same(scan(threeNetworks(), { ssid: 'far' }).names, ['far']);
  t.same(scan(threeNetworks(), { ssid: '' }).names, ['near', 'far'], 'no name is every name');
});

t.test('dwell times: the longer one where something is heard (wifi.c: 60 to 120 ms a channel)', async (t) => {
  const air = new Air();
  air.ap({ channel: 6 });
  t.equal(scan(air, { minDwell: ms(60), maxDwell: ms(120) }).tookMs, 12 * 60 + 120);
});

t.test('out of range is not found, down is not found', async (t) => {
  const air = new Air();
  const ap = air.ap({ rssi: -92 });
  t.same(scan(air).names, []);
  ap.setRssi(-91);
  t.same(scan(air).names, ['home']);
  ap.setUp(false);
  t.same(scan(air).names, []);
});

t.test('an access point that answers to every name shows one of its own, and takes the one asked for', async (t) => {
  const air = new Air();
  air.ap({ ssid: '*' });
  t.same(scan(air).names, ['mcubox']);
  t.same(scan(air, { ssid: 'Somebody’s'.replace('’', "'") }).names, ["Somebody's"]);
});

t.test('authentication modes are told apart', async (t) => {
  const air = new Air();
  const modes = ['OPEN', 'WPA_PSK', 'WPA2_PSK', 'WPA_WPA2_PSK'] as const;
  modes.forEach((authMode, i) => {
    air.ap({ ssid: authMode, bssid: (AP + i) as never, authMode, password: authMode === 'OPEN' ? '' : 'secret123' });
  });
  const probe = air.station();
  probe.station.scan();
  air.run(3);
  t.same(
    probe.scanned?.map(({ ssid, authMode }) => [ssid, authMode]),
    modes.map((mode) => [mode, mode]),
  );
});

t.test('one probe request a channel, and beacons only from where the station listens', async (t) => {
  const air = new Air();
  air.ap({ channel: 6 });
  const probes: number[] = [];
  const beacons: number[] = [];
  air.medium.tap((_at, frame, channel) => {
    const parsed = parseIeee80211(frame);
    if (parsed.ok && parsed.value.type === 'probe-request') probes.push(channel);
    if (parsed.ok && parsed.value.type === 'beacon') beacons.push(channel);
  });
  scan(air);
  t.same(probes, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  t.ok(beacons.every((channel) => channel === 6));
});

t.test('a beacon is found even when every answer is lost', async (t) => {
  const air = new Air();
  air.ap();
  air.medium.rules.add({ effect: 'drop', match: { frames: 'management', direction: 'to-ap' } });
  t.same(scan(air).names, ['home']);
});
