import t from 'tap';
import { Antenna } from '../../runtime/radio/antenna.ts';
import { Air, AP, OTHER, STA } from '../helpers/air.ts';

const make = (air: Air, told: string[] = []): Antenna =>
  new Antenna(
    air.medium,
    {
      onFrame: () => told.push('frame'),
      onAudience: () => told.push('audience'),
      onSurroundings: () => told.push('surroundings'),
    },
    { mac: STA, txPower: 17 },
  );

t.test('it hears its channel and the one it scans, off the air nothing', async (t) => {
  const antenna = make(new Air());
  t.notOk(antenna.hears(0) || antenna.hears(6));
  antenna.tune(6);
  antenna.listen(11);
  t.same(
    [6, 11, 1, 0].map((channel) => antenna.hears(channel)),
    [true, true, false, false],
  );
  antenna.listen(0);
  t.notOk(antenna.hears(11));
});

t.test('everybody is told of a change, nobody when nothing changes', async (t) => {
  const told: string[] = [];
  const antenna = make(new Air(), told);
  antenna.tune(6);
  antenna.tune(6);
  antenna.setLevel(-40);
  t.same(told, ['surroundings', 'surroundings']);
});

t.test('only those who send beacons are told that somebody listens', async (t) => {
  const told: string[] = [];
  const antenna = make(new Air(), told);
  antenna.listen(1);
  t.same(told, []);
  antenna.tune(6, true);
  antenna.listen(2);
  antenna.listen(2);
  t.same(told, ['surroundings', 'audience']);
});

t.test('sequence numbers count to 4095 and begin again', async (t) => {
  const antenna = make(new Air());
  const numbers = Array.from({ length: 4097 }, () => antenna.nextSequence());
  t.same([numbers[0], numbers[4095], numbers[4096]], [0, 4095, 0]);
});

t.test('it is found under its address, the new one after a change', async (t) => {
  const air = new Air();
  const listener = new Antenna(
    air.medium,
    { onFrame: () => {}, onAudience: () => {}, onSurroundings: () => {} },
    { mac: AP, txPower: 17 },
  );
  listener.tune(6);
  const antenna = make(air);
  antenna.tune(6);
  t.equal(air.medium.audible(STA, listener), antenna);
  antenna.setMac(OTHER);
  t.same([air.medium.audible(STA, listener), air.medium.audible(OTHER, listener)], [undefined, antenna]);
  antenna.shutdown();
  t.equal(air.medium.audible(OTHER, listener), undefined);
});
