import t from 'tap';
import { type Arrival, Door, type FromDoor, parseFromDoor, RemoteLines } from '../../bridge/index.ts';
import { World } from '../../runtime/index.ts';

/** A door whose other side is played by the test. */
function remote() {
  const sent: (FromDoor | undefined)[] = [];
  const later: (() => void)[] = [];
  const lines = new RemoteLines({
    entrance: {
      arrive: (line, arrival) => door.arrive(line, arrival),
      accept: (line, from, take) => door.accept(line, from, take),
    },
    send: (message) => sent.push(parseFromDoor(message)),
    later: (action) => later.push(action),
  });
  const door = new Door(new World(), lines);
  const come: Arrival[] = [];
  return {
    door,
    lines,
    come,
    sent: () => sent.splice(0),
    later: () => {
      for (const action of later.splice(0)) action();
    },
    open: () => door.open({ do: 'connect', to: { host: 'x', port: 1 } }, (arrival) => come.push(arrival)),
  };
}

t.test('orders go out, arrivals come in, and bytes that have come are acknowledged', async (t) => {
  const { lines, come, sent, open } = remote();
  open();
  lines.take({ line: 1, in: { is: 'open' } });
  lines.take({ line: 1, in: { is: 'data', data: new Uint8Array(5) } });
  t.same(sent(), [
    { line: 1, out: { do: 'connect', to: { host: 'x', port: 1 } } },
    { line: 1, took: 5 },
  ]);
  t.match(come, [{ is: 'open' }, { is: 'data' }]);
});

t.test('a stream that is offered is taken under its number before anything is ordered about it', async (t) => {
  const { door, lines, sent } = remote();
  const listener = door.open({ do: 'listen', at: { host: 'x', port: 1 } }, () => {});
  listener.onAccepted = (line) => line.order({ do: 'resume' });
  sent();
  lines.take({ line: 1, offered: 7, from: { host: 'y', port: 2 } });
  t.same(sent(), [
    { line: 2, taken: 7 },
    { line: 2, out: { do: 'resume' } },
  ]);
});

t.test('when the other side is gone every line breaks, and what is opened then is denied', async (t) => {
  const { lines, come, sent, later, open, door } = remote();
  open();
  const dropped = open();
  dropped.order({ do: 'reset' });
  sent();
  lines.lose();
  t.same(come, [{ is: 'closed', error: 'ECONNRESET' }], 'not the one that was let go before');
  open();
  t.equal(come.length, 1, 'never from within an order');
  later();
  t.same(come.at(-1), { is: 'denied', reason: 'the bridge is gone' });
  t.same([sent(), door.size], [[], 0]);
});
