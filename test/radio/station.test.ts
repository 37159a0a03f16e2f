import t from 'tap';
import { ms, seconds, us } from '../../runtime/core/index.ts';
import { REASON } from '../../runtime/radio/index.ts';
import { MAC_BROADCAST, parseIeee80211 } from '../../runtime/wire/index.ts';
import { Air, AP, ethernet, HOST, mac, numbers, OTHER, STA } from '../helpers/air.ts';

t.test('a station joins an open network, is a link, and leaves', async (t) => {
  const air = new Air();
  const ap = air.ap();
  const probe = air.station();
  const { station } = probe;
  t.same([station.state, station.up, station.network, station.rssi], ['IDLE', false, undefined, undefined]);
  station.join({ ssid: 'home', channel: 6 });
  t.equal(station.state, 'SCANNING');
  air.run(1);
  t.same(probe.told, ['link up', 'joined home 6']);
  t.same([station.state, station.up, station.rssi], ['JOINED', true, -55]);
  t.same(station.network, { ssid: 'home', bssid: AP, channel: 6 });
  station.send(ethernet(HOST, STA, 1));
  ap.wired.send(ethernet(STA, HOST, 2));
  ap.wired.send(ethernet(MAC_BROADCAST, HOST, 3));
  air.run(1);
  t.same([numbers(ap.wiredFrames), numbers(probe.frames)], [[1], [2, 3]]);
  station.leave();
  t.same(probe.told.slice(2), ['link down', `lost ${REASON.ASSOC_LEAVE}`]);
  air.run(1);
  t.same(ap.clients, []);
  t.same(air.clock.pending(), []);
});

t.test('a known channel joins in 0.1 s, with a key little later; an unknown one takes a scan of 2 s', async (t) => {
  const time = (channel: number | undefined, password?: string): number => {
    const air = new Air();
    air.ap(password === undefined ? {} : { password });
    const probe = air.station();
    probe.station.join({ ssid: 'home', ...(password && { password }), ...(channel && { channel }) });
    air.run(4);
    return (probe.times[0] ?? 0) / 1e6;
  };
  const [open, wpa, cold, moved] = [time(6), time(6, 'secret123'), time(undefined), time(11)];
  t.ok(open > 0.1 && open < 0.13, `${open}`);
  t.ok(wpa > 0.1 && wpa < 0.15, `${wpa}`);
  t.ok(cold > 1.9 && cold < 2.1, `${cold}`);
  t.ok(moved > 2 && moved < 2.2, `${moved}`);
});

t.test('a station remembers where its network was', async (t) => {
  const air = new Air();
  air.ap();
  const probe = air.joined();
  probe.station.leave();
  const from = air.clock.now();
  probe.station.join({ ssid: 'home' });
  air.run(1);
  t.ok((probe.times.at(-1) ?? 0) - from < 150_000);
  t.equal(probe.station.state, 'JOINED');
});

t.test('a missing network is reported after the scan', async (t) => {
  const air = new Air();
  air.ap();
  const probe = air.station();
  probe.station.join({ ssid: 'nowhere' });
  air.run(4);
  t.same(probe.told, [`lost ${REASON.NO_AP_FOUND}`]);
  t.same(probe.times, [13 * 150_000]);
  t.same(air.clock.pending(), []);
});

t.test('a wrong password ends after the access point’s four tries', async (t) => {
  const air = new Air();
  const ap = air.ap({ password: 'secret123' });
  const probe = air.station();
  probe.station.join({ ssid: 'home', password: 'secret124', channel: 6 });
  air.run(2);
  t.equal(probe.station.state, 'HANDSHAKE');
  air.run(3);
  t.same(probe.told, [`lost ${REASON.FOUR_WAY_HANDSHAKE_TIMEOUT}`]);
  t.ok((probe.times[0] ?? 0) > 3_100_000 && (probe.times[0] ?? 0) < 3_400_000);
  t.same(ap.clients, []);
  t.same(air.clock.pending(), []);
});

t.test('without a password a network with a key refuses the association', async (t) => {
  const air = new Air();
  air.ap({ password: 'secret123' });
  t.same(air.joined().told, [`lost ${REASON.ASSOC_FAIL}`]);
});

t.test('with a password an open network is joined all the same', async (t) => {
  const air = new Air();
  air.ap();
  t.same(air.joined({ ssid: 'home', password: 'whatever1' }).told, ['link up', 'joined home 6']);
});

t.test('every kind of key joins', async (t) => {
  for (const authMode of ['WPA_PSK', 'WPA2_PSK', 'WPA_WPA2_PSK'] as const) {
    const air = new Air();
    air.ap({ password: 'secret123', authMode });
    t.same(air.joined({ ssid: 'home', password: 'secret123' }).told, ['link up', 'joined home 6'], authMode);
  }
});

t.test('of several access points the strongest is taken, or the one asked for', async (t) => {
  const air = new Air();
  air.ap({ rssi: -70 });
  air.ap({ rssi: -40, bssid: OTHER, channel: 11 });
  const probe = air.joined();
  t.same(probe.station.network, { ssid: 'home', bssid: OTHER, channel: 11 });
  t.equal(probe.station.rssi, -40);
  probe.station.join({ ssid: 'home', bssid: AP });
  air.run(3);
  t.same(probe.station.network, { ssid: 'home', bssid: AP, channel: 6 });
});

t.test('an access point that falls silent is missed after 6 s', async (t) => {
  const air = new Air();
  const ap = air.ap();
  const probe = air.joined();
  const from = air.clock.now();
  ap.setUp(false);
  t.same(air.clock.pending(), [`sta.beacon@${from + 6_000_000}`]);
  air.run(5.9);
  t.equal(probe.station.state, 'JOINED');
  air.run(0.2);
  t.same(probe.told.slice(2), ['link down', `lost ${REASON.BEACON_TIMEOUT}`]);
  t.same(air.clock.pending(), []);
});

t.test('an access point that was down for 3 s has forgotten its station and says so', async (t) => {
  const air = new Air();
  const ap = air.ap();
  const probe = air.joined();
  ap.setUp(false);
  air.run(3);
  ap.setUp(true);
  const from = air.clock.now();
  air.run(1);
  t.same(probe.told.slice(2), ['link down', `lost ${REASON.NOT_ASSOCED}`]);
  t.ok((probe.times.at(-1) ?? 0) - from < 110_000, 'within a beacon interval');
  probe.station.join({ ssid: 'home' });
  air.run(1);
  t.equal(probe.station.state, 'JOINED');
});

t.test('out of range and back in time is not noticed; out of range for good is', async (t) => {
  const air = new Air();
  const ap = air.ap({ position: { x: 0, y: 0 } });
  const probe = air.joined();
  probe.station.setPosition({ x: 10, y: 0 });
  t.equal(probe.station.rssi, -50);
  probe.station.setPosition({ x: 1000, y: 0 });
  probe.station.send(ethernet(HOST, STA, 1));
  air.run(3);
  t.same(ap.wiredFrames, []);
  probe.station.setPosition({ x: 10, y: 0 });
  air.run(300);
  t.same(air.clock.pending(), []);
  probe.station.send(ethernet(HOST, STA, 2));
  air.run(1);
  t.same(numbers(ap.wiredFrames), [2]);
  ap.setRssi(-95);
  air.run(7);
  t.equal(probe.told.at(-1), `lost ${REASON.BEACON_TIMEOUT}`);
});

t.test('a deauthentication ends the join with its reason, and the next join is a reassociation', async (t) => {
  const air = new Air();
  const ap = air.ap();
  const probe = air.joined();
  t.ok(ap.deauth(STA, REASON.AUTH_EXPIRE));
  t.notOk(ap.deauth(STA));
  air.run(1);
  t.same(probe.told.slice(2), ['link down', `lost ${REASON.AUTH_EXPIRE}`]);
  const types: string[] = [];
  air.medium.tap((_at, frame) => {
    const parsed = parseIeee80211(frame);
    if (parsed.ok && parsed.value.type !== 'beacon') types.push(parsed.value.type);
  });
  probe.station.join({ ssid: 'home' });
  air.run(1);
  t.same(types, [
    'probe-request',
    'probe-response',
    'authentication',
    'authentication',
    'reassociation-request',
    'reassociation-response',
  ]);
});

t.test(
  'a station that never answers keys is given up by its own clock only when the access point is gone',
  async (t) => {
    const air = new Air();
    const ap = air.ap({ password: 'secret123' });
    air.medium.rules.add({ effect: 'drop', match: { frames: 'eapol' } });
    const probe = air.station();
    probe.station.join({ ssid: 'home', password: 'secret123', channel: 6 });
    air.run(0.5);
    t.equal(probe.station.state, 'HANDSHAKE');
    ap.shutdown();
    air.run(10);
    t.same(probe.told, [`lost ${REASON.HANDSHAKE_TIMEOUT}`]);
  },
);

t.test('a handler may join again at once', async (t) => {
  const air = new Air();
  const ap = air.ap();
  const probe = air.joined();
  probe.station.handlers = { onLost: () => probe.station.join({ ssid: 'home' }) };
  ap.deauth(STA);
  air.run(1);
  t.equal(probe.station.state, 'JOINED');
});

t.test('a join replaces the join before it', async (t) => {
  const air = new Air();
  air.ap();
  air.ap({ ssid: 'other', bssid: OTHER });
  const probe = air.joined();
  probe.station.join({ ssid: 'other' });
  air.run(3);
  t.same(probe.told.slice(2), ['link down', `lost ${REASON.ASSOC_LEAVE}`, 'link up', 'joined other 6']);
});

t.test('after shutdown nothing is told, nothing is pending and the air knows the station no more', async (t) => {
  const air = new Air();
  const ap = air.ap();
  const probe = air.joined();
  probe.station.shutdown();
  ap.wired.send(ethernet(STA, HOST, 1));
  air.run(1);
  t.same([probe.told.length, probe.frames.length, probe.station.state], [2, 0, 'IDLE']);
  t.same(air.clock.pending().length, 1, 'the access point waits 300 s for it');
  const again = air.joined();
  t.equal(again.station.state, 'JOINED');
  t.same(air.clock.pending(), []);
});

t.test('the address may be changed while idle', async (t) => {
  const air = new Air();
  const ap = air.ap();
  const probe = air.station();
  probe.station.setMac(OTHER);
  probe.station.join({ ssid: 'home' });
  air.run(3);
  t.equal(ap.clients[0]?.mac, OTHER);
  t.throws(() => probe.station.setMac(STA), /address changed/);
});

t.test('a station does not hear the access point on its own chip', async (t) => {
  const air = new Air();
  air.ap();
  const probe = air.station();
  probe.station.ownAp = AP;
  probe.station.join({ ssid: 'home' });
  air.run(3);
  t.same(probe.told, [`lost ${REASON.NO_AP_FOUND}`]);
});

t.test('one’s own broadcast does not come back', async (t) => {
  const air = new Air();
  air.ap();
  const one = air.joined();
  const two = air.joined({ ssid: 'home' }, OTHER);
  one.station.send(ethernet(MAC_BROADCAST, STA, 1));
  air.run(1);
  t.same([numbers(one.frames), numbers(two.frames)], [[], [1]]);
});

t.test('a broadcast is one frame, shared by all stations that get it', async (t) => {
  const air = new Air();
  const ap = air.ap();
  const one = air.joined();
  const two = air.joined({ ssid: 'home' }, OTHER);
  ap.wired.send(ethernet(MAC_BROADCAST, HOST, 1));
  ap.wired.send(ethernet(MAC_BROADCAST, HOST, 1));
  air.run(1);
  t.same(
    [numbers(one.frames), numbers(two.frames)],
    [
      [1, 1],
      [1, 1],
    ],
  );
  t.same([one.frames[0] === two.frames[0], one.frames[1] === two.frames[1]], [true, true]);
  t.not(one.frames[0], one.frames[1], 'another frame with the same bytes is another frame');
});

t.test('a scan lists what is in range and leaves a join alone', async (t) => {
  const air = new Air();
  const ap = air.ap({ rssi: -60 });
  air.ap({ ssid: 'strong', bssid: OTHER, rssi: -30, password: 'secret123', channel: 1 });
  air.ap({ ssid: 'secret', bssid: HOST, hidden: true, channel: 13 });
  const probe = air.joined();
  t.ok(probe.station.scan());
  t.notOk(probe.station.scan(), 'one scan at a time');
  air.clock.runUntil(us(air.clock.now() + ms(1000)));
  probe.station.send(ethernet(HOST, STA, 1));
  air.run(2);
  t.same(numbers(ap.wiredFrames), [1]);
  t.equal(probe.station.state, 'JOINED');
  t.same(probe.scanned, [
    { ssid: 'strong', bssid: OTHER, channel: 1, rssi: -30, authMode: 'WPA2_PSK', hidden: false },
    { ssid: 'home', bssid: AP, channel: 6, rssi: -60, authMode: 'OPEN', hidden: false },
  ]);
  t.same(air.clock.pending(), []);
});

t.test('a join cuts a scan short', async (t) => {
  const air = new Air();
  air.ap();
  const probe = air.station();
  t.ok(probe.station.scan());
  probe.station.join({ ssid: 'home', channel: 6 });
  t.same(probe.scanned, []);
  t.notOk(probe.station.scan());
  air.run(1);
  t.equal(probe.station.state, 'JOINED');
});

t.test('a hidden network is joined by its name', async (t) => {
  const air = new Air();
  air.ap({ ssid: 'secret', hidden: true });
  t.same(air.joined({ ssid: 'secret' }).told, ['link up', 'joined secret 6']);
});

t.test('joined, it stays joined for a day without a single event', async (t) => {
  const air = new Air();
  const ap = air.ap({ password: 'secret123' });
  const probe = air.joined({ ssid: 'home', password: 'secret123' });
  t.same(air.clock.pending(), []);
  air.clock.runUntil(seconds(86_400));
  ap.wired.send(ethernet(mac('5c:cf:7f:12:34:56'), HOST, 9));
  air.run(1);
  t.same(numbers(probe.frames), [9]);
});
