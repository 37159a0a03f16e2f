import t from 'tap';
import { fromLatin1, ms, seconds, toLatin1 } from '../../runtime/core/index.ts';
import { DISCARD_PORT, DiscardServer, ECHO_PORT, EchoServer } from '../../runtime/world/echo-test.ts';
import { at, Wired } from '../helpers/wired.ts';

t.test('echo sends everything back over TCP, also to a reader that is slow', async (t) => {
  const world = new Wired();
  new EchoServer(world.clock, world.host('echo.test', at(11)));
  const client = world.host('a.test', at(20));
  let received = 0;
  let closed = false;
  const stream = client.connect('echo.test', ECHO_PORT, {
    onData: (bytes) => {
      received += bytes.length;
    },
    onClose: () => {
      closed = true;
    },
  });
  stream.write(new Uint8Array(1_000_000));
  stream.pause();
  world.runFor(seconds(10));
  t.equal(received, 0);
  stream.resume();
  world.runFor(seconds(60));
  t.equal(received, 1_000_000);
  stream.end();
  world.runFor(seconds(1));
  t.ok(closed);
});

t.test('echo answers datagrams, but not those of another echo server', async (t) => {
  const world = new Wired();
  new EchoServer(world.clock, world.host('echo.test', at(11)));
  const client = world.host('a.test', at(20));
  const got: string[] = [];
  client.udp(0, (bytes) => got.push(toLatin1(bytes))).send(fromLatin1('one'), at(11), ECHO_PORT);
  client.udp(ECHO_PORT, (bytes) => got.push(toLatin1(bytes))).send(fromLatin1('two'), at(11), ECHO_PORT);
  world.runFor(ms(100));
  t.same(got, ['one']);
});

t.test('discard takes everything and says nothing', async (t) => {
  const world = new Wired();
  new DiscardServer(world.host('discard.test', at(12)));
  const client = world.host('a.test', at(20));
  const log: string[] = [];
  const stream = client.connect('discard.test', DISCARD_PORT, {
    onData: () => log.push('data'),
    onDrain: () => log.push('drain'),
    onClose: (error) => log.push(`close ${error}`),
  });
  stream.write(new Uint8Array(500_000));
  stream.end();
  client.udp(0, () => log.push('datagram')).send(fromLatin1('x'), at(12), DISCARD_PORT);
  world.runFor(seconds(30));
  t.same(log, ['drain', 'close undefined']);
});
