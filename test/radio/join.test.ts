import t from 'tap';
import { Antenna } from '../../runtime/radio/antenna.ts';
import { type FaultMatch, REASON, STATUS } from '../../runtime/radio/index.ts';
import { JOIN_TRANSITIONS } from '../../runtime/radio/join.ts';
import { emitIeee80211, type Ieee80211Frame, parseIeee80211 } from '../../runtime/wire/index.ts';
import { Air, AP, OTHER, type Probe, STA } from '../helpers/air.ts';

/** An access point that shows itself, and answers what the test says. */
class Puppet {
  readonly heard: Ieee80211Frame[] = [];
  readonly antenna: Antenna;

  constructor(air: Air, answers: (frame: Ieee80211Frame, puppet: Puppet) => void) {
    const onFrame = (bytes: Uint8Array): void => {
      const parsed = parseIeee80211(bytes);
      if (!parsed.ok) return;
      this.heard.push(parsed.value);
      if (parsed.value.type === 'probe-request') this.say({ type: 'probe-response', ...BEACON });
      else answers(parsed.value, this);
    };
    const owner = { onFrame, onAudience: () => {}, onSurroundings: () => {} };
    this.antenna = new Antenna(air.medium, owner, { mac: AP, txPower: 20 });
    this.antenna.tune(6, true);
  }

  say(frame: Ieee80211Frame): void {
    this.antenna.send(emitIeee80211(frame));
  }
}
const HEADER = { da: STA, sa: AP, bssid: AP, sequence: 0 };
const BEACON = { ...HEADER, timestamp: 0, interval: 100, capabilities: 1, elements: { ssid: 'home', channel: 6 } };
const AUTHENTICATED = { type: 'authentication', ...HEADER, algorithm: 0, transaction: 2, status: 0 } as const;

const tryJoin = (answers: (frame: Ieee80211Frame, puppet: Puppet) => void): { probe: Probe; puppet: Puppet } => {
  const air = new Air();
  const puppet = new Puppet(air, answers);
  const probe = air.station();
  probe.station.join({ ssid: 'home', channel: 6 });
  air.run(3);
  return { probe, puppet };
};
const count = (puppet: Puppet, type: Ieee80211Frame['type']): number =>
  puppet.heard.filter((frame) => frame.type === type).length;

t.test('no answer to the authentication: three tries, then AUTH_EXPIRE', async (t) => {
  const { probe, puppet } = tryJoin(() => {});
  t.same(probe.told, [`lost ${REASON.AUTH_EXPIRE}`]);
  t.equal(count(puppet, 'authentication'), 3);
  t.ok((probe.times[0] ?? 0) > 1_000_000 && (probe.times[0] ?? 0) < 1_010_000);
});

t.test('a refused authentication is AUTH_FAIL', async (t) => {
  const { probe } = tryJoin((frame, ap) => {
    if (frame.type === 'authentication') ap.say({ ...AUTHENTICATED, status: STATUS.UNSUPPORTED_ALGORITHM });
  });
  t.same(probe.told, [`lost ${REASON.AUTH_FAIL}`]);
});

t.test('no answer to the association: three tries, then ASSOC_EXPIRE', async (t) => {
  const { probe, puppet } = tryJoin((frame, ap) => {
    if (frame.type === 'authentication') ap.say(AUTHENTICATED);
  });
  t.same(probe.told, [`lost ${REASON.ASSOC_EXPIRE}`]);
  t.equal(count(puppet, 'association-request'), 3);
});

t.test('a refused association is ASSOC_FAIL, a full access point ASSOC_TOOMANY', async (t) => {
  for (const [status, reason] of [
    [STATUS.UNSPECIFIED_FAILURE, REASON.ASSOC_FAIL],
    [STATUS.AP_FULL, REASON.ASSOC_TOOMANY],
  ]) {
    const { probe } = tryJoin((frame, ap) => {
      if (frame.type === 'authentication') ap.say(AUTHENTICATED);
      if (frame.type !== 'association-request') return;
      ap.say({ type: 'association-response', ...HEADER, capabilities: 1, status: status ?? 0, aid: 0, elements: {} });
    });
    t.same(probe.told, [`lost ${reason}`]);
  }
});

t.test('a deauthentication during the attempt ends it with its reason', async (t) => {
  const { probe } = tryJoin((frame, ap) => {
    if (frame.type === 'authentication') ap.say({ type: 'deauthentication', ...HEADER, reason: 1 });
  });
  t.same(probe.told, ['lost 1']);
});

t.test('answers of somebody else do not count', async (t) => {
  const { probe } = tryJoin((frame, ap) => {
    if (frame.type === 'authentication') ap.say({ ...AUTHENTICATED, bssid: OTHER });
  });
  t.same(probe.told, [`lost ${REASON.AUTH_EXPIRE}`]);
});

t.test('any single lost frame of a join is made good', async (t) => {
  const losses: FaultMatch[] = [
    { frames: 'management', direction: 'to-ap' },
    { frames: 'management', direction: 'from-ap' },
    { frames: 'eapol', direction: 'to-ap' },
    { frames: 'eapol', direction: 'from-ap' },
  ];
  for (const match of losses) {
    for (let nth = 0; nth < 3; nth++) {
      const air = new Air();
      const ap = air.ap({ password: 'secret123' });
      const probe = air.station();
      probe.station.join({ ssid: 'home', password: 'secret123', channel: 6 });
      // A capture sees a frame before the rules do: a rule added there hits that very frame.
      let seen = 0;
      air.medium.tap((_at, bytes) => {
        const parsed = parseIeee80211(bytes);
        if (!parsed.ok || parsed.value.type === 'beacon') return;
        const isKey = parsed.value.type === 'data';
        const toAp = parsed.value.sa === STA;
        if (isKey !== (match.frames === 'eapol') || toAp !== (match.direction === 'to-ap')) return;
        if (seen++ === nth) air.medium.rules.add({ effect: 'drop', match, limit: 1 });
      });
      air.run(8);
      t.same(probe.told, ['link up', 'joined home 6'], `${match.frames} ${match.direction} ${nth}`);
      t.equal(ap.clients[0]?.authorized, true);
    }
  }
});

t.test('the end of an attempt can be reached from everywhere', async (t) => {
  for (const next of Object.values(JOIN_TRANSITIONS)) t.ok((next as readonly string[]).includes('IDLE'));
});
