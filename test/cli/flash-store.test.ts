import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { build } from 'esbuild';
import t from 'tap';
import { runCommand } from '../helpers/command.ts';

const run = (...args: string[]) => runCommand('run', ...args);

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
  t.same(await run('--flash', path, '-e', '=1'), {
    code: 2,
    out: '',
    err: [`${path} is no flash of mcubox; name a file of --flash, or one that is not there yet`],
  });
  t.equal(readFileSync(path, 'utf8'), 'dear diary');
  const { code, err } = await run('--flash', join(dir, 'no/where'), '-e', '=1');
  t.equal(code, 2);
  t.match(err[0], /^cannot write .*no\/where: /);
});

function consistent(path: string): boolean {
  const { kind, files } = JSON.parse(readFileSync(path, 'utf8'));
  const big = files.big === undefined ? '' : Buffer.from(files.big, 'base64').toString();
  return kind === 'mcubox flash' && big === big.slice(0, 8).repeat(big.length / 8);
}

const generation = (path: string): number =>
  Number(Buffer.from(JSON.parse(readFileSync(path, 'utf8')).files.n ?? '', 'base64').toString());

const KILLS = 100;
/** Several at a time, since most of it is their start. */
const WRITERS = 5;

t.test('killed at any moment, a hundred times, the flash is whole and never older', async (t) => {
  const dir = t.testdir({});
  const writer = join(dir, 'writer.mjs');
  const entry = new URL('../helpers/flash-writer.ts', import.meta.url).pathname;
  await build({
    entryPoints: [entry],
    outfile: writer,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  let wrong = 0;
  let writes = 0;
  await Promise.all(
    Array.from({ length: WRITERS }, async (_, w) => {
      const flash = join(dir, `flash${w}`);
      let last = 0;
      for (let kill = 0; kill < KILLS / WRITERS; kill++) {
        const child = spawn(process.execPath, [writer, flash], { stdio: ['ignore', 'pipe', 'inherit'] });
        await once(child.stdout, 'data');
        await setTimeout((kill * 7 + w) % 23);
        child.kill('SIGKILL');
        await once(child, 'exit');
        if (!consistent(flash) || generation(flash) < last) wrong++;
        writes += generation(flash) - last;
        last = generation(flash);
      }
    }),
  );
  t.equal(wrong, 0, `${KILLS} kills in ${writes} writes`);
  t.ok(writes >= KILLS, 'however slow the disk, each had written something before its kill');
});
