import t from 'tap';
import { seconds } from '../../runtime/core/index.ts';
import { AccessPoint, REASON } from '../../runtime/radio/index.ts';
import {
  type Beacon,
  MAC_BROADCAST,
  multicastMac,
  parseIeee80211,
  parseIpv4,
  readMac,
} from '../../runtime/wire/index.ts';
import { Air, AP, ethernet, HOST, numbers, OTHER, STA } from '../helpers/air.ts';

/** An access point with two joined stations. */
function two(): {
  air: Air;
  ap: ReturnType<Air['ap']>;
  one: ReturnType<Air['joined']>;
  other: ReturnType<Air['joined']>;
} {
  const air = new Air();
  const ap = air.ap();
  return { air, ap, one: air.joined(), other: air.joined({ ssid: 'home' }, OTHER) };
}

/** Beacons and probe responses that the air carries while `act` runs. */
function shown(air: Air, act: () => void): Beacon[] {
  const out: Beacon[] = [];
  const stop = air.medium.tap((_at, bytes) => {
    const parsed = parseIeee80211(bytes);
    if (parsed.ok && (parsed.value.type === 'beacon' || parsed.value.type === 'probe-response')) out.push(parsed.value);
  });
  act();
  stop();
  return out;
}

t.test('between stations a frame is relayed and stays off the wired side', async (t) => {
  const { air, ap, one, other } = two();
  one.station.send(ethernet(OTHER, STA, 1));
  air.run(1);
  t.same([numbers(other.frames), numbers(ap.wiredFrames)], [[1], []]);
  t.equal(readMac(other.frames[0] ?? new Uint8Array(12), 6), STA, 'the sender keeps its address');
});

t.test('a group frame of a station reaches the wired side and the other stations', async (t) => {
  const { air, ap, one, other } = two();
  const group = multicastMac(parseIpv4('224.0.0.251') as never);
  one.station.send(ethernet(group, STA, 1));
  one.station.send(ethernet(MAC_BROADCAST, STA, 2));
  air.run(1);
  t.same([numbers(ap.wiredFrames), numbers(other.frames), numbers(one.frames)], [[1, 2], [1, 2], []]);
});

t.test('the access point’s own address belongs to its wired side, for a softAP', async (t) => {
  const { air, ap, one } = two();
  one.station.send(ethernet(AP, STA, 1));
  ap.wired.send(ethernet(STA, AP, 2));
  air.run(1);
  t.same([numbers(ap.wiredFrames), numbers(one.frames)], [[1], [2]]);
  t.same([readMac(ap.wired.hwaddr, 0), ap.wired.up], [AP, true]);
});

t.test('wired frames for nobody here take no airtime', async (t) => {
  const air = new Air();
  const ap = air.ap();
  ap.wired.send(ethernet(STA, HOST, 1));
  ap.wired.send(ethernet(MAC_BROADCAST, HOST, 2));
  ap.wired.send(new Uint8Array(5));
  t.same(air.clock.pending(), []);
});

t.test('an access point for every name takes any name and password', async (t) => {
  const air = new Air();
  const ap = air.ap({ ssid: '*' });
  const probe = air.joined({ ssid: 'MyHomeNet', password: 'correct horse' });
  t.same(probe.told, ['link up', 'joined MyHomeNet 6']);
  t.equal(ap.clients.length, 1);
  t.equal(ap.authMode, 'OPEN');
});

t.test('down it is silent and forgets; up again it starts anew', async (t) => {
  const { air, ap } = two();
  const link: boolean[] = [];
  ap.wired.attach({ onFrame: () => {}, onLinkChange: (up) => link.push(up) });
  ap.setUp(false);
  ap.setUp(false);
  t.same([ap.up, ap.wired.up, ap.clients, link], [false, false, [], [false]]);
  t.same(
    shown(air, () => air.run(1)),
    [],
  );
  ap.setUp(true);
  const beacons = shown(air, () => air.run(1));
  t.ok(beacons.length >= 9 && (beacons[0]?.timestamp ?? 1e9) < 110_000, 'its clock starts again');
  t.same(link, [false, true]);
});

t.test('a hidden network shows no name and does not answer to every name', async (t) => {
  const air = new Air();
  air.ap({ hidden: true });
  const probe = air.station();
  const frames = shown(air, () => {
    probe.station.scan({ channel: 6 });
    air.run(1);
  });
  t.ok(frames.length >= 9);
  t.ok(frames.every((frame) => frame.type === 'beacon' && frame.elements.ssid === ''));
});

t.test('a beacon tells name, channel, interval and security', async (t) => {
  const air = new Air();
  air.ap({ password: 'secret123', channel: 11, beaconInterval: 200 });
  const [beacon] = shown(air, () => air.run(0.5));
  t.match(beacon, {
    bssid: AP,
    interval: 200,
    capabilities: 0x0411,
    elements: { ssid: 'home', channel: 11, rsn: { akms: [0x000fac02] } },
  });
});

t.test('its stations follow it to another channel', async (t) => {
  const { air, ap, one, other } = two();
  ap.setChannel(11);
  air.run(1);
  t.same([one.station.network?.channel, other.station.network?.channel, ap.channel], [11, 11, 11]);
  one.station.send(ethernet(HOST, STA, 1));
  ap.wired.send(ethernet(OTHER, HOST, 2));
  air.run(10);
  t.same([numbers(ap.wiredFrames), numbers(other.frames)], [[1], [2]]);
  t.same(air.clock.pending(), []);
  one.station.leave();
  one.station.join({ ssid: 'home' });
  air.run(0.2);
  t.equal(one.station.state, 'JOINED', 'it remembers the new channel');
});

t.test('who misses the channel switch loses the beacons', async (t) => {
  const { air, ap, one } = two();
  air.medium.rules.add({ effect: 'drop', match: { frames: 'management', station: STA } });
  ap.setChannel(11);
  air.run(7);
  t.equal(one.told.at(-1), `lost ${REASON.BEACON_TIMEOUT}`);
});

t.test('new settings send the stations away and take effect', async (t) => {
  const { air, ap, one } = two();
  ap.configure({ ssid: 'renamed', bssid: HOST, channel: 3, password: 'secret123' });
  air.run(1);
  t.equal(one.told.at(-1), `lost ${REASON.AUTH_LEAVE}`);
  t.same([ap.bssid, ap.channel, ap.authMode, ap.options.ssid], [HOST, 3, 'WPA2_PSK', 'renamed']);
  one.station.join({ ssid: 'renamed', password: 'secret123' });
  air.run(3);
  t.same(one.station.network, { ssid: 'renamed', bssid: HOST, channel: 3 });
});

t.test('after shutdown nothing is left of it', async (t) => {
  const { air, ap, one } = two();
  const told: string[] = [];
  ap.handlers = { onStationLeft: () => told.push('left') };
  ap.shutdown();
  air.run(7);
  t.equal(one.told.at(-1), `lost ${REASON.BEACON_TIMEOUT}`);
  t.same([told, air.clock.pending()], [[], []]);
  ap.setUp(false);
  t.notOk(ap.deauth(STA));
});

t.test('an access point that nobody looks at costs nothing', async (t) => {
  const air = new Air();
  for (let i = 0; i < 10; i++)
    new AccessPoint(air.medium, { ssid: `net${i}`, bssid: (AP + i) as never, channel: i + 1 });
  air.clock.runUntil(seconds(86_400));
  t.same(air.clock.pending(), []);
});
