/** The attempts to get out, with the command as a user starts it; the kernel's own counters say what was sent. */
import t, { type Test } from 'tap';
import { attemptSeconds, attempts, FORBIDDEN, HOST_PLACES, PUBLIC } from '../helpers/attempts.ts';
import { Namespace } from '../helpers/netns.ts';
import { missing, missingNamespaces } from '../helpers/programs.ts';
import { whenOnline } from '../helpers/story.ts';

const skip = missingNamespaces();

/** Everything the kernel of a namespace has sent for its programs, IPv4 and IPv6 (proc(5): net/snmp, net/snmp6). */
async function sent(ns: Namespace): Promise<Record<string, number>> {
  const lines = (await ns.output('cat', '/proc/net/snmp')).split('\n');
  const of = (protocol: string, field: string): number => {
    const [names = '', values = ''] = lines.filter((line) => line.startsWith(`${protocol}: `));
    return Number(values.split(' ')[names.split(' ').indexOf(field)]);
  };
  const v6 = await ns.output('cat', '/proc/net/snmp6');
  return {
    connections: of('Tcp', 'ActiveOpens'),
    datagrams: of('Udp', 'OutDatagrams') + Number(/Udp6OutDatagrams\s+(\d+)/.exec(v6)?.[1]),
    pings: of('Icmp', 'OutEchos') + Number(/Icmp6OutEchos\s+(\d+)/.exec(v6)?.[1]),
  };
}

/** A computer whose neighbours are all that a script must not reach, with servers that tell of every visit. */
async function computer(t: Test) {
  const ns = new Namespace(t);
  ns.nowhere('10.0.0.1/8', '172.17.0.1/12', '192.168.77.1/16', '169.254.169.254/16', '100.64.0.1/10');
  ns.ip('route', 'add', 'default', 'via', '10.0.0.2');
  const server = ns.program('python3', '-u', '-m', 'http.server', '80');
  await server.said('Serving HTTP');
  return { ns, server, before: await sent(ns) };
}

async function run(t: Test, places: readonly string[], ...net: readonly string[]) {
  const { ns, server, before } = await computer(t);
  const dir = t.testdir({ 'init.lua': whenOnline(attempts(places)) });
  const limit = `${attemptSeconds(places) + 10}s`;
  const box = ns.mcubox('run', dir, ...net, '--expect-text', 'tried', '--timeout', limit);
  t.equal(await box.end(), 0, `the script has tried everything: ${box.stderr}`);
  const after = await sent(ns);
  const more = Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]));
  return { more, visits: server.stderr, box };
}

/** Four times as fast as the wall clock, because scripts wait a lot. */
const USER = ['--pace', '4', '--net', 'user'];
const RESTRICTED = ['--pace', '4', '--net', 'user,restrict=yes', '--hostfwd', 'tcp::0-:80'];
const NOTHING = { connections: 0, datagrams: 0, pings: 0 };
const PLACES = [...FORBIDDEN, ...HOST_PLACES, PUBLIC];

t.test('what gets out of this computer, or to it: nothing', { skip: skip || missing('python3') }, async (t) => {
  t.jobs = 4;
  t.test('without a flag', { buffered: true }, async (t) => {
    const { more, visits } = await run(t, PLACES);
    t.same([more, visits], [NOTHING, '']);
  });
  t.test('with restrict=yes', { buffered: true }, async (t) => {
    const { more, visits } = await run(t, PLACES, ...RESTRICTED);
    t.same([more, visits], [NOTHING, '']);
  });
  t.test('with --net user, of what is forbidden', { buffered: true }, async (t) => {
    const { more, visits } = await run(t, FORBIDDEN, ...USER);
    t.same([more.connections, more.pings, visits], [0, 0, '']);
  });
  t.test('the Internet and host.mcubox.test are reached with --net user', { buffered: true }, async (t) => {
    const { more, box } = await run(t, [...HOST_PLACES, PUBLIC], ...USER);
    t.ok((more.connections ?? 0) >= 3);
    t.match(box.stdout, /REACHED tcp host\.mcubox\.test/);
  });
});
