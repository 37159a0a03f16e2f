import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runCommand } from '../helpers/command.ts';
import { TSHARK, tsharkFields } from '../helpers/tshark.ts';

const EXAMPLE = new URL('../../lua-examples/https-get.lua', import.meta.url).pathname;

t.test('--keylog holds a line for each session whose keys were made', async (t) => {
  const path = join(t.testdir({}), 'keys.log');
  t.equal((await runCommand('run', EXAMPLE, '--keylog', path)).code, 0);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  t.equal(lines.length, 2, 'the third server was refused before');
  for (const line of lines) t.match(line, /^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}$/);
});

t.test('a file that cannot be written is said', async (t) => {
  const { code, err } = await runCommand('run', EXAMPLE, '--keylog', '/nonexistent/keys');
  t.equal(code, 2);
  t.match(err.join(), 'cannot write /nonexistent/keys');
});

t.test('a .pcapng has the keys in it', { skip: TSHARK ? false : 'needs tshark' }, async (t) => {
  const path = join(t.testdir({}), 'https.pcapng');
  await runCommand('run', EXAMPLE, '--pcap', path);
  const requests = tsharkFields(path, 'tls && http.request', ['http.host', 'http.request.uri']);
  t.same(requests, [
    ['unknown-ca.tls.test', '/get'],
    ['tls.test', '/get'],
  ]);
});
