import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { mcubox } from '../../cli/mcubox.ts';
import { MCUBOX } from '../helpers/programs.ts';

t.setTimeout(120_000);

async function run(...args: string[]): Promise<{ code: number; out: string; err: string[] }> {
  let out = '';
  const err: string[] = [];
  const code = await mcubox(['run', ...args], {
    out: async (bytes) => {
      out += Buffer.from(bytes).toString('latin1').replaceAll('\r', '');
      return true;
    },
    err: (line) => err.push(line),
    onInterrupt: () => () => {},
  });
  return { code, out, err };
}

t.test('files and settings of one run are there in the next', async (t) => {
  const flash = join(t.testdir({}), 'kitchen.flash');
  const first = [
    'file.putcontents("a\\255.txt", "1\\0\\2552")',
    'wifi.setmode(wifi.STATIONAP)',
    'wifi.ap.config{ssid = "own"}',
    'wifi.sta.config{ssid = "other", pwd = "secret123", auto = false}',
  ];
  t.equal((await run('--flash', flash, '-e', first.join('\n'))).code, 0);
  const second =
    'print(file.getcontents("a\\255.txt") == "1\\0\\2552", wifi.getmode(), (wifi.sta.getconfig()), (wifi.ap.getconfig()))';
  t.match((await run('--flash', flash, '-e', second)).out, /\ntrue\t3\tother\town\n/);
  t.match((await run('--flash', flash, '--blank-wifi', '-e', '=#wifi.sta.getconfig()')).out, /\n0\n/);
});

t.test('a folder is added to what is there', async (t) => {
  const dir = t.testdir({ site: { 'init.lua': 'print("site", file.exists("old"))' } });
  const flash = join(dir, 'f');
  await run('--flash', flash, '-e', 'file.putcontents("old", "x")');
  t.match((await run('--flash', flash, join(dir, 'site'))).out, /\nsite\ttrue\n/);
  t.match((await run('--flash', flash, '-e', '=1')).out, /\nsite\ttrue\n/, 'and stays');
});

t.test('what is no flash is refused and left alone', async (t) => {
  const dir = t.testdir({ notes: 'dear diary' });
  const path = join(dir, 'notes');
  t.same(await run('--flash', path, '-e', '=1'), { code: 2, out: '', err: [`${path} is no flash of mcubox`] });
  t.equal(readFileSync(path, 'utf8'), 'dear diary');
  const { code, err } = await run('--flash', join(dir, 'no/where'), '-e', '=1');
  t.equal(code, 2);
  t.match(err[0], /^cannot write .*no\/where: /);
});

/** Both files always hold the same generation of 40 KB, unless a write was cut in two. */
const WRITER = `
local n = tonumber(file.getcontents("n") or "0")
tmr.create():alarm(20, tmr.ALARM_AUTO, function()
  n = n + 1
  file.putcontents("big", (("%07d "):format(n)):rep(5000))
  file.putcontents("n", n)
end)`;

function consistent(path: string): boolean {
  const { kind, files } = JSON.parse(readFileSync(path, 'utf8'));
  const big = files.big === undefined ? '' : Buffer.from(files.big, 'base64').toString();
  return kind === 'mcubox flash' && big === big.slice(0, 8).repeat(big.length / 8);
}

t.test('killed at any moment, the flash is whole', { timeout: 120_000 }, async (t) => {
  const dir = t.testdir({ 'init.lua': WRITER });
  /** Several at a time, since most of it is their start. */
  const flashes = ['a', 'b', 'c'].map((name) => join(dir, name));
  const [node = '', ...command] = MCUBOX;
  const start = (flash: string): ChildProcess =>
    spawn(node, [...command, 'run', '--flash', flash, '--pace', '1', join(dir, 'init.lua')], { stdio: 'ignore' });
  const generation = (flash: string): number =>
    Number(Buffer.from(JSON.parse(readFileSync(flash, 'utf8')).files.n ?? '', 'base64').toString());
  const last = new Map<string, number>();
  for (let round = 0; round < 7; round++) {
    const children = flashes.map(start);
    for (const [i, child] of children.entries()) {
      const flash = flashes[i] as string;
      const before = last.get(flash) ?? 0;
      const wrote = () => existsSync(flash) && generation(flash) > before;
      for (let waited = 0; !wrote() && waited < 20_000; waited += 20) await setTimeout(20);
      await setTimeout(17 * round);
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      t.ok(consistent(flash), `kill ${3 * round + i}`);
      t.ok(generation(flash) > before, 'what was written stays written');
      last.set(flash, generation(flash));
    }
  }
});
