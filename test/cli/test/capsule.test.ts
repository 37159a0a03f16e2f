import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { mcubox } from '../../../cli/mcubox.ts';
import type { Capsule } from '../../../cli/test/capsule-format.ts';
import { outcomeOf } from './bench.ts';

const SCRIPT = `local part = require("part")
srv = net.createServer(30)
srv:listen(80, function(c)
  c:on("receive", function(c, r) c:send("HTTP/1.0 200 OK\\r\\n\\r\\n" .. part.word) end)
  c:on("sent", function(c) c:close() end)
end)`;
const FILES = {
  'tests/x.scenario.yaml':
    'seed: 5\ndevice: { run: ../src/s.lua, flash: [../src/part.lua, logo.bin] }\nsteps:\n  - http: { expect: { status: 404 } }\n',
  'src/s.lua': SCRIPT,
  'src/part.lua': 'return { word = "grün" }',
  'tests/logo.bin': '',
};

async function command(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await mcubox(args, {
    out: async (bytes) => {
      out += Buffer.from(bytes).toString();
      return true;
    },
    err: (line) => {
      err += `${line}\n`;
    },
    onInterrupt: () => () => {},
  });
  return { code, out, err };
}

/** A failed test's capsule, elsewhere than where the test was. */
function capsule(t: Test, explore?: number): { path: string; value: Capsule } {
  const folder = t.testdir({ tests: { 'logo.bin': Buffer.from([0xff, 0xd8, 0]) }, src: {}, away: {} });
  for (const [name, text] of Object.entries(FILES)) if (text !== '') writeFileSync(join(folder, name), text);
  const { capsule: written = '' } = outcomeOf(
    t,
    'scenario',
    FILES,
    { seed: 5, capsules: join(folder, 'capsules'), ...(explore === undefined ? {} : { explore }) },
    folder,
  );
  mkdirSync(join(folder, 'away'), { recursive: true });
  const path = join(folder, 'away', 'bug.capsule.json');
  renameSync(written, path);
  return { path, value: JSON.parse(readFileSync(path, 'utf8')) };
}

t.test('a capsule has everything, and goes the same way anywhere', async (t) => {
  const { path, value } = capsule(t);
  t.same(Object.keys(value.files).sort(), ['src/part.lua', 'src/s.lua', 'tests/logo.bin', 'tests/x.scenario.yaml']);
  t.same(value.files['tests/logo.bin'], { base64: '/9gA' });
  t.match(value.test, { kind: 'scenario', file: 'tests/x.scenario.yaml', seed: 5 });
  t.match(value.expected, { status: 'fail', message: 'the status is 200 OK', hash: /^[0-9a-f]{64}$/ });
  const [device] = value.world.devices;
  t.match(device, { name: 'esp1', run: 's.lua', lua: '5.1', flash: { 'part.lua': FILES['src/part.lua'] } });
  const { code, out, err } = await command('replay', path);
  t.equal(code, 0);
  t.match(out, /^not ok 1 - tests\/x\.scenario\.yaml/m);
  t.match(err, /^the same as recorded, byte for byte \(hash [0-9a-f]{12}, fail at \d/m);
});

t.test('a repetition that goes otherwise says so', async (t) => {
  const { path, value } = capsule(t);
  const files = { ...value.files, 'src/s.lua': SCRIPT.replace('200 OK', '404 Not Found') };
  writeFileSync(path, `${JSON.stringify({ ...value, files }, undefined, 2)}\n`);
  const { code, err } = await command('replay', path);
  t.equal(code, 1);
  t.match(err, /not as recorded: hash \w{12}, recorded \w{12} by mcubox/);
  t.match(err, /now pass ; then fail the status is 200 OK/);
});

t.test('what cannot be read is refused with a reason', async (t) => {
  const { path, value } = capsule(t);
  writeFileSync(path, `${JSON.stringify({ ...value, version: 2 }, undefined, 2)}\n`);
  t.match(await command('replay', path), { code: 2, err: /is a capsule of format 2; this mcubox reads 1/ });
  writeFileSync(path, `${JSON.stringify({ ...value, files: { '../../x': 'y' } }, undefined, 2)}\n`);
  t.match(await command('replay', path), { code: 2, err: /names a file outside its folder: \.\.\/\.\.\/x/ });
  writeFileSync(path, `${JSON.stringify({ ...value, files: undefined }, undefined, 2)}\n`);
  t.match(await command('replay', path), { code: 2, err: /is no whole capsule/ });
  writeFileSync(path, JSON.stringify({ hello: 1 }));
  t.match(await command('replay', path), { code: 2, err: /is no recording/ });
});

t.test('the faults that made an explored test fail are in its capsule', async (t) => {
  const folder = t.testdir({});
  const { capsule: path = '' } = outcomeOf(
    t,
    'scenario',
    { 'x.scenario.yaml': 'steps:\n  - expect-connect: wifi\n  - ping: reply\n' },
    { explore: 40, faults: ['drop'], capsules: join(folder, 'capsules') },
    folder,
  );
  const { faults } = JSON.parse(readFileSync(path, 'utf8')) as Capsule;
  t.match(faults, [{ kind: 'drop', filter: /icmp|arp/ }]);
  const { code, err } = await command('replay', path);
  t.equal(code, 0);
  t.match(err, /^fault: drop the \w+ /m);
});
