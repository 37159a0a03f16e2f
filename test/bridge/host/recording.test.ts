import t from 'tap';
import { emitCrossing, NOBODY, Player, parseCrossing } from '../../../bridge/host/index.ts';
import { type Crossing, Door } from '../../../bridge/index.ts';
import { type Micros, us, World } from '../../../runtime/index.ts';

const at = (n: number): Micros => us(n);
const CROSSINGS: readonly Crossing[] = [
  { at: at(0), line: 1, out: { do: 'listen', at: { host: 'x', port: 1 } } },
  { at: at(5), line: 1, accepted: 2, from: { path: '' } },
  { at: at(5), line: 2, out: { do: 'resume' } },
  { at: at(9), line: 2, in: { is: 'data', data: Uint8Array.of(1, 255) } },
  { at: at(9), line: 2, out: { do: 'send', data: Uint8Array.of(1, 255) } },
  { at: at(12), line: 2, in: { is: 'closed' } },
];

/** Listens, and sends back what comes. */
function echo(door: Door): void {
  const listener = door.open({ do: 'listen', at: { host: 'x', port: 1 } }, () => {});
  listener.onAccepted = (line) => {
    line.onArrival = (arrival) => {
      if (arrival.is === 'data') line.order({ do: 'send', data: arrival.data });
    };
    line.order({ do: 'resume' });
  };
}

/** Plays a recording to a world with an echo in it. */
function play(crossings: readonly Crossing[]): Player {
  const world = new World();
  const door = new Door(world, NOBODY);
  const player = new Player(door, crossings);
  echo(door);
  for (let next = player.nextAt; next !== undefined; next = player.nextAt) {
    world.clock.runUntil(us(next));
    player.step();
  }
  return player;
}

t.test('a crossing survives being written down, bytes and all', async (t) => {
  for (const crossing of CROSSINGS) t.same(parseCrossing(emitCrossing(crossing)), crossing);
  t.equal(
    emitCrossing(CROSSINGS[3] as Crossing),
    '{"at":9,"line":2,"in":{"is":"data","data":"Af8="}}',
    'one line that people can read',
  );
  t.equal(parseCrossing('{"start":true}'), undefined);
});

t.test('a repetition gets the arrivals at their times and gives the same orders', async (t) => {
  const player = play(CROSSINGS);
  t.same([player.difference, player.played], [undefined, CROSSINGS.length]);
});

t.test('another order, a missing one, a surplus one and an arrival for nobody are differences', async (t) => {
  const change = (index: number, ...by: readonly Crossing[]): string | undefined =>
    play([...CROSSINGS.slice(0, index), ...by, ...CROSSINGS.slice(index + 1)]).difference?.text;
  t.match(
    change(4, { at: at(9), line: 2, out: { do: 'send', data: Uint8Array.of(1) } }),
    /^recorded send of 1 bytes on line 2 at 0\.000009 s, now send of 2 bytes on line 2/,
  );
  t.match(change(2), /^recorded data on line 2 at 0\.000009 s, now resume on line 2 at 0\.000005 s/);
  t.match(change(5, { at: at(9), line: 2, out: { do: 'end' } }), /^recorded end on line 2 at 0\.000009 s, now nothing/);
  t.match(change(5, { at: at(9), line: 7, in: { is: 'end' } }), /^recorded end on line 7 .*, now nothing/);
});
