import t from 'tap';
import { seconds } from '../../runtime/core/index.ts';
import { Antenna } from '../../runtime/radio/antenna.ts';
import { REASON, STATUS } from '../../runtime/radio/index.ts';
import { emitIeee80211, type Ieee80211Frame, parseIeee80211 } from '../../runtime/wire/index.ts';
import { Air, AP, ethernet, HOST, numbers, OTHER, STA } from '../helpers/air.ts';

const HEADER = { da: AP, sa: STA, bssid: AP, sequence: 0 };

/** Says these frames to an access point and returns what comes back. */
function converse(air: Air, ...frames: Ieee80211Frame[]): Ieee80211Frame[] {
  const heard: Ieee80211Frame[] = [];
  const onFrame = (bytes: Uint8Array): void => {
    const parsed = parseIeee80211(bytes);
    if (parsed.ok) heard.push(parsed.value);
  };
  const antenna = new Antenna(
    air.medium,
    { onFrame, onAudience: () => {}, onSurroundings: () => {} },
    { mac: STA, txPower: 17 },
  );
  antenna.tune(6);
  for (const frame of frames) {
    antenna.send(emitIeee80211(frame));
    air.run(0.05);
  }
  return heard;
}
const authentication: Ieee80211Frame = { type: 'authentication', ...HEADER, algorithm: 0, transaction: 1, status: 0 };
const association: Ieee80211Frame = {
  type: 'association-request',
  ...HEADER,
  capabilities: 1,
  listenInterval: 3,
  elements: { ssid: 'home' },
};

t.test('association numbers are the lowest free ones', async (t) => {
  const air = new Air();
  const ap = air.ap();
  const probes = [0, 1, 2].map((i) => air.joined({ ssid: 'home' }, (STA + i) as never));
  t.same(
    ap.clients.map(({ aid }) => aid),
    [1, 2, 3],
  );
  probes[1]?.station.leave();
  air.run(1);
  air.joined({ ssid: 'home' }, HOST);
  t.same(
    ap.clients.map(({ mac, aid }) => [mac, aid]),
    [
      [STA, 1],
      [STA + 2, 3],
      [HOST, 2],
    ],
  );
});

t.test('a full access point says so; a place that becomes free is given again', async (t) => {
  const air = new Air();
  air.ap({ maxStations: 1 });
  const one = air.joined();
  const two = air.joined({ ssid: 'home' }, OTHER);
  t.same(two.told, [`lost ${REASON.ASSOC_TOOMANY}`]);
  one.station.leave();
  two.station.join({ ssid: 'home' });
  air.run(3);
  t.equal(two.station.state, 'JOINED');
});

t.test('the owner is told of stations that come and go, once each', async (t) => {
  const air = new Air();
  const ap = air.ap({ password: 'secret123' });
  const told: string[] = [];
  ap.handlers = {
    onStationJoined: (mac, aid) => told.push(`joined ${mac === STA} ${aid}`),
    onStationLeft: (mac, aid, reason) => told.push(`left ${mac === STA} ${aid} ${reason}`),
    onProbeRequest: (mac, rssi) => told.push(`probe ${mac === STA} ${rssi}`),
  };
  const probe = air.station();
  probe.station.join({ ssid: 'home', password: 'secret123', channel: 6 });
  air.run(1);
  probe.station.leave();
  air.run(1);
  t.same(told, ['probe true -55', 'joined true 1', 'left true 1 8']);
  probe.station.join({ ssid: 'home', password: 'wrongwrong', channel: 6 });
  air.run(5);
  t.same(told.slice(3), ['probe true -55'], 'without the key nobody has joined or left');
});

t.test('a station that starts again is a new one', async (t) => {
  const air = new Air();
  const ap = air.ap();
  const told: string[] = [];
  ap.handlers = {
    onStationJoined: (_mac, aid) => told.push(`joined ${aid}`),
    onStationLeft: (_mac, aid, reason) => told.push(`left ${aid} ${reason}`),
  };
  const before = air.joined();
  before.station.shutdown();
  air.joined();
  t.same(told, ['joined 1', `left 1 ${REASON.AUTH_EXPIRE}`, 'joined 1']);
});

t.test('a station that vanished is forgotten after 300 s', async (t) => {
  const air = new Air();
  const ap = air.ap();
  const { station } = air.joined();
  station.shutdown();
  const from = air.clock.now();
  t.same(air.clock.pending(), [`ap.inactivity@${from + seconds(300)}`]);
  air.run(299);
  t.equal(ap.clients.length, 1);
  air.run(2);
  t.same([ap.clients, air.clock.pending()], [[], []]);
});

t.test('strangers are told that they are none of ours', async (t) => {
  const air = new Air();
  air.ap();
  const nothing = { type: 'null', direction: 'to-ap', ...HEADER } as const;
  t.match(converse(air, nothing), [{ type: 'deauthentication', reason: REASON.NOT_ASSOCED }]);
  t.match(converse(new Air(), nothing), []);
});

t.test('an association without authentication is refused', async (t) => {
  const air = new Air();
  air.ap();
  t.match(converse(air, association), [{ type: 'deauthentication', reason: REASON.ASSOC_NOT_AUTHED }]);
});

t.test('a repeated association request changes nothing', async (t) => {
  const air = new Air();
  const ap = air.ap();
  const told: number[] = [];
  ap.handlers = { onStationJoined: (_mac, aid) => told.push(aid) };
  const answer = { type: 'association-response', status: STATUS.SUCCESS, aid: 1 };
  t.match(converse(air, authentication, association, association), [{ type: 'authentication' }, answer, answer]);
  t.same(told, [1]);
});

t.test('an unknown algorithm, another network and a missing key are refused with their status', async (t) => {
  const air = new Air();
  air.ap({ password: 'secret123' });
  const elsewhere = { ...association, elements: { ssid: 'elsewhere' } } as Ieee80211Frame;
  const sharedKey = { ...authentication, algorithm: 1 } as Ieee80211Frame;
  t.match(converse(air, sharedKey, authentication, elsewhere, association), [
    { type: 'authentication', status: STATUS.UNSUPPORTED_ALGORITHM },
    { type: 'authentication', status: STATUS.SUCCESS },
    { type: 'association-response', status: STATUS.UNSPECIFIED_FAILURE, aid: 0 },
    { type: 'association-response', status: STATUS.INVALID_ELEMENT, aid: 0 },
  ]);
});

t.test('data before the keys are agreed on goes nowhere', async (t) => {
  const air = new Air();
  const ap = air.ap({ password: 'secret123' });
  air.medium.rules.add({ effect: 'drop', match: { frames: 'eapol' } });
  const rsn = { groupCipher: 0x000fac04, pairwiseCiphers: [0x000fac04], akms: [0x000fac02] };
  const secured = { ...association, elements: { ssid: 'home', rsn } } as Ieee80211Frame;
  const payload = Uint8Array.of(1);
  const data = { type: 'data', direction: 'to-ap', ...HEADER, da: HOST, etherType: 0x0800, payload } as const;
  const heard = converse(air, authentication, secured, data);
  t.same(
    heard.map(({ type }) => type),
    ['authentication', 'association-response'],
  );
  t.match(ap.clients, [{ mac: STA, aid: 1, authorized: false }]);
  ap.wired.send(ethernet(STA, HOST, 2));
  air.run(0.01);
  t.same([heard.length, numbers(ap.wiredFrames)], [2, []]);
});
