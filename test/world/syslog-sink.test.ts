import t from 'tap';
import { type TestWorld, world } from '../../cli/testing/index.ts';
import type { SyslogSink } from '../../runtime/world/index.ts';

const address = (net: TestWorld, name: string) => {
  const found = net.address(name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

t.test('syslog messages of both forms are taken apart', async (t) => {
  const net = world();
  const socket = net.host().udp(5000);
  for (const text of [
    '<34>Oct 11 22:14:15 esp su: failed\n',
    '<165>1 2003-10-11T22:14:15Z esp app - - hello',
    'no priority',
    '<999>x',
  ])
    socket.send(text, address(net, 'syslog.test'), 514);
  net.run('1s');
  const { messages } = net.service('syslog.test') as SyslogSink;
  t.same(
    messages.map(({ facility, severity, text }) => [facility, severity, text]),
    [
      [4, 2, 'Oct 11 22:14:15 esp su: failed'],
      [20, 5, '1 2003-10-11T22:14:15Z esp app - - hello'],
      [1, 5, 'no priority'],
      [1, 5, '<999>x'],
    ],
  );
});
