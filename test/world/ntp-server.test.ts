import t from 'tap';
import { ms, seconds } from '../../runtime/core/index.ts';
import {
  emitNtp,
  NTP_CLIENT,
  NTP_PORT,
  NTP_SERVER,
  type Ntp,
  ntpTimestamp,
  parseNtp,
} from '../../runtime/wire/index.ts';
import { NtpServer, WORLD_EPOCH } from '../../runtime/world/ntp-server.ts';
import { at, Wired } from '../helpers/wired.ts';

const REQUEST: Ntp = {
  leap: 0,
  version: 3,
  mode: NTP_CLIENT,
  stratum: 0,
  poll: 6,
  precision: 0,
  rootDelay: 0,
  rootDispersion: 0,
  referenceId: '',
  reference: 0n,
  origin: 0n,
  receive: 0n,
  transmit: 77n,
};

/** A client beside the server, and what it heard. */
function setting() {
  const world = new Wired();
  const server = new NtpServer(world.clock, world.host('ntp.test', at(14)));
  const heard: Ntp[] = [];
  const socket = world.host('a.test', at(20)).udp(0, (bytes) => {
    const message = parseNtp(bytes);
    if (message.ok) heard.push(message.value);
  });
  const ask = (request = emitNtp(REQUEST)) => {
    heard.length = 0;
    socket.send(request, at(14), NTP_PORT);
    world.runFor(ms(100));
    return heard;
  };
  return { world, server, heard, ask };
}

t.test('the time of the world counts from its epoch', async (t) => {
  const { world, ask } = setting();
  world.runFor(seconds(3600));
  const [answer] = ask();
  const now = ntpTimestamp(WORLD_EPOCH + 3600, 0);
  t.match(answer, { leap: 0, version: 3, mode: NTP_SERVER, stratum: 1, poll: 6, origin: 77n });
  t.equal(answer?.receive, answer?.transmit);
  t.ok((answer?.transmit ?? 0n) - now < 1n << 30n, 'within a quarter of a second');
});

t.test('only requests of clients are answered', async (t) => {
  const { ask } = setting();
  t.same(ask(emitNtp({ ...REQUEST, mode: NTP_SERVER })), []);
  t.same(ask(new Uint8Array(47)), []);
});

t.test('it can be silent, late, wrong, unfriendly, or announce a leap second', async (t) => {
  const { world, server, heard, ask } = setting();
  server.faults.refuse = true;
  t.same(ask(), []);
  server.faults.refuse = false;
  server.faults.delay = seconds(2);
  t.same(ask(), []);
  ask();
  world.runFor(seconds(2));
  t.equal(heard.length, 2, 'both come');
  server.faults.delay = undefined;
  server.faults.offset = seconds(-10);
  t.ok((ask()[0]?.transmit ?? 0n) < ntpTimestamp(WORLD_EPOCH, 0));
  server.faults.leap = 1;
  t.match(ask(), [{ leap: 1 }]);
  server.faults.refuse = 1;
  t.match(ask(), [{ leap: 3, stratum: 0, referenceId: 'DENY' }]);
});
