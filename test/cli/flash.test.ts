import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type FlashPlan, leftOut, planFlash } from '../../cli/flash.ts';
import { runCommand } from '../helpers/command.ts';

const names = (plan: { ok: true; value: FlashPlan } | { ok: false; message: string }) =>
  plan.ok ? plan.value.files.map((f) => f.name) : plan.message;

t.test('a FILE goes to the flash under its last name and is to be run', async (t) => {
  const dir = t.testdir({ 'a.lua': 'print(1)', 'b.lua': '' });
  const plan = planFlash({ path: join(dir, 'a.lua'), files: [{ host: join(dir, 'b.lua'), name: 'lib/b.lua' }] });
  t.same(names(plan), ['a.lua', 'lib/b.lua']);
  t.equal(plan.ok && plan.value.script, 'a.lua');
  t.equal(plan.ok && String(plan.value.files[0]?.bytes), 'print(1)');
});

t.test('a FILE called init.lua is booted, not run a second time', async (t) => {
  const dir = t.testdir({ 'init.lua': '' });
  const plan = planFlash({ path: join(dir, 'init.lua'), files: [] });
  t.equal(plan.ok && plan.value.script, undefined);
});

t.test('a DIR is the flash: names relative with slashes, in order, without hidden files', async (t) => {
  const dir = t.testdir({ 'z.lua': '', 'init.lua': '', http: { 'index.html': '' }, '.git': { config: '' } });
  t.same(names(planFlash({ path: dir, files: [] })), ['http/index.html', 'init.lua', 'z.lua']);
});

t.test('nothing at all is fine when there is code to type', async (t) => {
  t.same(names(planFlash({ files: [] })), []);
});

t.test('what cannot be used is named', async (t) => {
  const dir = t.testdir({});
  t.equal(names(planFlash({ path: 'missing.lua', files: [] })), 'cannot read missing.lua: no such file or directory');
  t.match(names(planFlash({ files: [{ host: dir, name: 'x' }] })), /^cannot read .*: is a directory$/);
  writeFileSync(join(dir, 'a-file-with-a-name-that-is-too-long.lua'), '');
  t.match(
    names(planFlash({ path: join(dir, 'a-file-with-a-name-that-is-too-long.lua'), files: [] })),
    /'a-file-with-a-name-that-is-too-long.lua' is too long for the flash/,
  );
});

t.test('what of a DIR no flash can hold is left out: a long name, a link to nothing', async (t) => {
  const dir = t.testdir({ 'init.lua': '', 'a-directory-name': { 'and-a-long-file-name.bin': '' } });
  symlinkSync('nowhere.lua', join(dir, 'linked.lua'));
  const plan = planFlash({ path: dir, files: [] });
  t.same(names(plan), ['init.lua']);
  t.equal(
    plan.ok && leftOut(plan.value),
    "'a-directory-name/and-a-long-file-name.bin' is left out: a name on the flash has at most 31 characters",
  );
  t.equal(
    leftOut({ files: [], left: ['x', 'y', 'z'] }),
    "'x' and 2 more are left out: a name on the flash has at most 31 characters",
  );
  t.equal(leftOut({ files: [], left: [] }), undefined);
});

t.test('names are UTF-8 on the flash, whatever stands in them', async (t) => {
  const dir = t.testdir({
    'é ü.lua': 'for name in pairs(file.list()) do print(name) end',
    'a"b\\c\nd.lua': 'print("odd")',
    site: { 'init.lua': 'dofile("ü.lua")', 'ü.lua': 'print("from ü")' },
  });
  const utf8 = (text: string): string => Buffer.from(text).toString('latin1');
  const run = await runCommand('run', join(dir, 'é ü.lua'), '--file', `${join(dir, 'site', 'ü.lua')}:ö`);
  t.match(run, { code: 0, out: utf8('> dofile("é ü.lua")\n'), err: [] });
  t.match(run.out, utf8('\né ü.lua\n'));
  t.match(run.out, utf8('\nö\n'));
  t.match(await runCommand('run', join(dir, 'a"b\\c\nd.lua')), { code: 0, out: '\nodd\n' });
  const out = join(dir, 'out');
  t.match(await runCommand('run', join(dir, 'site'), '--export', out), { code: 0, out: utf8('from ü') });
  t.same(readdirSync(out).sort(), ['init.lua', 'ü.lua']);
  const missing = await runCommand('run', '-e', 'dofile("ä.lua")');
  t.match(missing, { code: 1, err: [/cannot open ä\.lua/] });
});

t.test('what is no file, or leads in a circle, stays on the host', async (t) => {
  const dir = t.testdir({ 'init.lua': 'print(#file.list())', below: { 'x.lua': '' } });
  symlinkSync('..', join(dir, 'below', 'up'));
  if (process.platform !== 'win32') spawnSync('mkfifo', [join(dir, 'pipe')]);
  t.same(names(planFlash({ path: dir, files: [] })), ['below/x.lua', 'init.lua']);
});

t.test('a folder goes in and comes out again', async (t) => {
  const dir = t.testdir({
    site: {
      'init.lua': 'file.putcontents("http/new.txt", "made") file.putcontents("../x", "")',
      http: { 'a.bin': '\0' },
    },
  });
  const out = join(dir, 'out');
  t.match(await runCommand('run', join(dir, 'site'), '--export', out), {
    code: 2,
    err: [/^cannot write .*x: is outside of the folder$/],
  });
  const names = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  t.same(names.map(({ name }) => name).sort(), ['a.bin', 'init.lua', 'new.txt']);
  t.equal(readFileSync(join(out, 'http', 'new.txt'), 'utf8'), 'made');
  t.notOk(existsSync(join(dir, 'x')), 'nothing beside the folder');
});
