import t from 'tap';
import { fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import { CoapQueue } from '../../runtime/proto/coap-queue.ts';
import { type EspconnUdp, EspconnUdpLayer } from '../../runtime/proto/espconn-udp.ts';
import { PEER, ProtoBench } from '../helpers/proto-bench.ts';

/** A queue without chance: the first time-out is 2 s. */
function setting() {
  const bench = new ProtoBench();
  const rng = bench.env.rng.fork('test');
  rng.below = () => 0;
  const queue = new CoapQueue({ ...bench.env, rng });
  const layer = new EspconnUdpLayer(bench.stack);
  const start = bench.wired.clock.now();
  const heard: string[] = [];
  for (const port of [6000, 6001])
    bench.peer.udp(port, (bytes) => {
      const at = Math.round((bench.wired.clock.now() - start) / 1000);
      heard.push(`${at} ${toLatin1(bytes)}${port === 6000 ? '' : ' elsewhere'}`);
    });
  let local = 5000;
  const socket = (): EspconnUdp => {
    const made = layer.socket();
    made.localPort = local++;
    made.remoteAddr = PEER;
    made.remotePort = 6000;
    made.create();
    return made;
  };
  return { bench, queue, heard, socket };
}

t.test('what is not answered is repeated four times, after 2, 4, 8 and 16 s', async (t) => {
  const { bench, queue, heard, socket } = setting();
  queue.send(socket(), 1, fromLatin1('a'));
  t.notOk(queue.isEmpty);
  bench.run(200_000);
  t.same(heard, ['0 a', '2000 a', '6000 a', '14000 a', '30000 a']);
  t.ok(queue.isEmpty);
});

t.test('an answer ends the repetition of its own request', async (t) => {
  const { bench, queue, heard, socket } = setting();
  const [one, two] = [socket(), socket()];
  queue.send(one, 1, fromLatin1('a'));
  bench.run(500);
  queue.send(two, 2, fromLatin1('b'));
  bench.run(500);
  queue.answered(two, 9);
  queue.answered(one, 1);
  bench.run(4000);
  t.same(heard, ['0 a', '500 b', '2500 b']);
  queue.answered(two, 2);
  t.ok(queue.isEmpty);
});

t.test('requests keep their places when another one is repeated', async (t) => {
  const { bench, queue, heard, socket } = setting();
  queue.send(socket(), 1, fromLatin1('a'));
  bench.run(1500);
  queue.send(socket(), 2, fromLatin1('b'));
  bench.run(6100);
  t.same(heard, ['0 a', '1500 b', '2000 a', '3500 b', '6000 a', '7500 b']);
});

t.test('a late second request makes the first be repeated too early', async (t) => {
  const { bench, queue, heard, socket } = setting();
  queue.send(socket(), 1, fromLatin1('a'));
  bench.run(3000);
  queue.send(socket(), 2, fromLatin1('b'));
  bench.run(1500);
  t.same(heard, ['0 a', '2000 a', '3000 b', '4000 a'], 'due at 6000');
});

t.test('a repetition goes where the client points by then', async (t) => {
  const { bench, queue, heard, socket } = setting();
  const client = socket();
  queue.send(client, 1, fromLatin1('a'));
  client.remotePort = 6001;
  bench.run(3000);
  t.same(heard, ['0 a', '2000 a elsewhere']);
  queue.answered(client, 1);
  t.ok(queue.isEmpty);
});

t.test('repeating for a client that is gone is a fault', async (t) => {
  const { bench, queue, socket } = setting();
  const client = socket();
  queue.send(client, 1, fromLatin1('a'));
  client.freed = true;
  bench.run(2500);
  t.match(bench.crashes, [/client that was collected/]);
});
