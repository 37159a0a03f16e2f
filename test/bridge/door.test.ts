import t from 'tap';
import { type Arrival, type Crossing, Door, formatAddress } from '../../bridge/index.ts';
import { World } from '../../runtime/index.ts';
import { data, FakeOutside } from '../helpers/outside.ts';

t.test('lines carry orders out and arrivals in, until they are gone', async (t) => {
  const outside = new FakeOutside(new World());
  const { door } = outside;
  const told: Arrival[] = [];
  const line = door.open({ do: 'connect', to: { host: 'x', port: 1 } }, (arrival) => told.push(arrival));
  line.order({ do: 'resume' });
  t.same(outside.said(), ['1 connect x:1', '1 resume']);
  outside.arrive(1, { is: 'open' }, data('abc'), { is: 'closed', error: 'EPIPE' }, data('late'));
  t.same(
    told.map(({ is }) => is),
    ['open', 'data', 'closed'],
  );
  line.order({ do: 'end' });
  t.same([outside.said(), door.size], [[], 0], 'nobody is there any more');
});

t.test('a line that the world resets hears nothing any more', async (t) => {
  const outside = new FakeOutside(new World());
  const line = outside.door.open({ do: 'udp' }, () => t.fail('it was reset'));
  line.order({ do: 'reset' });
  outside.arrive(line.id, data('x'));
  t.equal(outside.door.size, 0);
});

t.test('a listener gets streams of its own numbers; without anybody who wants them they are reset', async (t) => {
  const outside = new FakeOutside(new World());
  const { door } = outside;
  const listener = door.open({ do: 'listen', at: { path: '/x' } }, () => {});
  outside.said();
  const taken: number[] = [];
  door.accept(listener.id, { host: '1.2.3.4', port: 5 }, (line) => taken.push(line));
  t.same(outside.said(), ['2 reset']);
  listener.onAccepted = (line) => {
    t.same([line.id, line.from, taken], [3, { host: '1.2.3.4', port: 6 }, [2, 3]], 'taken before anything is ordered');
  };
  door.accept(listener.id, { host: '1.2.3.4', port: 6 }, (line) => taken.push(line));
  listener.order({ do: 'reset' });
  door.accept(listener.id, { host: '1.2.3.4', port: 7 }, () => t.fail('nobody listens'));
});

t.test('the tap sees everything in order, with its virtual time', async (t) => {
  const world = new World();
  const door = new Door(world, { order: () => {} });
  const seen: Crossing[] = [];
  door.tap = (crossing) => seen.push(crossing);
  const line = door.open({ do: 'listen', at: { host: 'x', port: 1 } }, () => line.order({ do: 'pause' }));
  line.onAccepted = (accepted) => accepted.order({ do: 'resume' });
  world.clock.runUntil(5 as typeof world.now);
  door.arrive(1, { is: 'room' });
  door.accept(1, { path: '' });
  t.same(seen, [
    { at: 0, line: 1, out: { do: 'listen', at: { host: 'x', port: 1 } } },
    { at: 5, line: 1, in: { is: 'room' } },
    { at: 5, line: 1, out: { do: 'pause' } },
    { at: 5, line: 1, accepted: 2, from: { path: '' } },
    { at: 5, line: 2, out: { do: 'resume' } },
  ]);
});

t.test('addresses have a text', async (t) => {
  t.equal(formatAddress({ host: '127.0.0.1', port: 80 }), '127.0.0.1:80');
  t.equal(formatAddress({ path: '/tmp/x' }), '/tmp/x');
});
