import t from 'tap';
import { fromLatin1, ms, toLatin1 } from '../../runtime/core/index.ts';
import { ERR } from '../../runtime/stack/index.ts';
import { formatIpv4, IPV4_BROADCAST, ipv4 } from '../../runtime/wire/index.ts';
import { at, notes, twoHosts } from '../helpers/wired.ts';

t.test('a closed listener accepts no more, and its port can be used again at once', async (t) => {
  const { world, a, b } = twoHosts();
  const log: string[] = [];
  const listener = b.listen(80, (stream) => {
    stream.handler = {};
  });
  t.equal(listener.port, 80);
  t.throws(() => b.listen(80, () => {}), /TCP port 80 is taken/);
  const first = a.connect(at(21), 80, notes(log, 'first'));
  world.runFor(ms(10));
  listener.close();
  a.connect(at(21), 80, notes(log, 'second'));
  world.runFor(ms(10));
  b.listen(80, (stream) => {
    stream.handler = {};
  });
  a.connect(at(21), 80, notes(log, 'third'));
  first.end();
  world.runFor(ms(10));
  t.same(log, ['first open', `second close ${ERR.RST}`, 'third open', 'first end', 'first close undefined']);
});

t.test('datagrams go to an address or to everybody', async (t) => {
  const { world, a, b } = twoHosts();
  const log: string[] = [];
  const server = b.udp(5000, (bytes, addr, port, dst) => {
    log.push(`${toLatin1(bytes)} to ${formatIpv4(dst)}`);
    server.send(fromLatin1('pong'), addr, port);
  });
  const client = a.udp(0, (bytes, addr, port) => log.push(`${toLatin1(bytes)} from ${formatIpv4(addr)}:${port}`));
  t.equal(server.port, 5000);
  t.equal(client.send(fromLatin1('ping'), at(21), 5000), ERR.OK);
  world.runFor(ms(10));
  client.send(fromLatin1('all'), IPV4_BROADCAST, 5000);
  world.runFor(ms(10));
  t.same(log, [
    'ping to 192.168.1.21',
    'pong from 192.168.1.21:5000',
    'all to 255.255.255.255',
    'pong from 192.168.1.21:5000',
  ]);
  server.close();
  b.udp(5000);
});

t.test('names are looked up in the world, unknown ones are a mistake of the caller', async (t) => {
  const { a } = twoHosts();
  t.equal(a.resolve('B.test'), at(21));
  t.equal(a.resolve('10.0.0.1'), ipv4(10, 0, 0, 1));
  t.throws(() => a.connect('nowhere.test', 80, {}), /no address for nowhere.test/);
  t.equal(String(a), 'a.test (192.168.1.20)');
});
