/** passt as the gateway of the virtual LAN instead of ours: the HTTP example runs through it as it stands. */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { Namespace } from '../helpers/netns.ts';
import { missing, missingNamespaces, until } from '../helpers/programs.ts';

const skip = missingNamespaces() || missing('passt', 'python3', 'dnsmasq');

t.test('the HTTP example through passt', { skip }, async (t) => {
  const ns = new Namespace(t);
  // What passt takes for the network of its host; to its guest the gateway 10.77.0.2 stands for the host's loopback.
  ns.nowhere('10.77.0.1/24');
  ns.ip('route', 'add', 'default', 'via', '10.77.0.2');
  const www = t.testdir({ get: '{ "from": "python" }\n' });
  const web = ns.program('python3', '-u', '-m', 'http.server', '--bind', '127.0.0.1', '--directory', www, '80');
  await web.said('Serving HTTP');
  const names = ['--address=/http.test/10.77.0.2', '--listen-address=127.0.0.1', '--bind-interfaces', '--user=root'];
  const dns = ns.program('dnsmasq', '--no-daemon', '--conf-file=/dev/null', '--no-resolv', '--no-hosts', ...names);
  await dns.said('started');
  const socket = join(tmpdir(), `mcubox-passt-${process.pid}`);
  t.teardown(() => rmSync(socket, { force: true }));
  const passt = ns.program(
    'passt',
    '--foreground',
    '--one-off',
    '--socket',
    socket,
    '--address',
    '10.77.0.50',
    '--dns',
    '10.77.0.2',
    '--ipv4-only',
  );
  await passt.said(/You can now start qemu/i);
  const box = ns.mcubox(
    'run',
    'lua-examples/http-get.lua',
    '--net',
    `stream,server=off,addr.type=unix,addr.path=${socket},dhcp=off`,
    '--expect-text',
    'closed, code 0',
  );
  t.equal(await box.end(), 0, box.stderr);
  t.match(box.stdout, /my address is 10\.77\.0\.50/);
  t.match(box.stdout, /http\.test is 10\.77\.0\.2/);
  t.match(box.stdout, /"from": "python"/);
  await until(() => passt.child.exitCode !== null, 5000).catch(() => passt.stop());
});
