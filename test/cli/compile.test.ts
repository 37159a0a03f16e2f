import { join } from 'node:path';
import t from 'tap';
import { runCommand } from '../helpers/command.ts';

t.test('--compile puts every script but init.lua on the flash as .lc too, as uploaders do', async (t) => {
  const dir = t.testdir({
    'init.lua': 'dofile("main.lc") print(file.exists("init.lc"), file.exists("page.lc"))',
    'main.lua': 'print("compiled", (...)) require("lib")',
    'lib.lua': '#!/usr/bin/lua\nprint("library")',
    'page.html': '',
  });
  for (const version of [
    ['--lua', '5.1'],
    ['--lua', '5.3'],
    ['--firmware', '1.5'],
    ['--firmware', '2.2'],
  ]) {
    const { code, out } = await runCommand('run', '--compile', ...version, dir, '--for', '2s');
    t.equal(code, 0);
    t.match(out, /compiled\tnil\nlibrary\n(false\tfalse|nil\tnil)\n/, version.join(' '));
  }
});

t.test('without it the script fails as on a board, and the way out is said', async (t) => {
  const dir = t.testdir({ 'init.lua': 'dofile("main.lc")', 'main.lua': 'print(1)' });
  const { code, err } = await runCommand('run', dir, '--for', '2s');
  t.equal(code, 1);
  t.match(err.join('\n'), /the flash has main.lua, but not compiled; run with --compile/);
});

t.test('many scripts are no matter for the watchdog', async (t) => {
  const page = `return {${'"line", '.repeat(4000)}}`;
  const many = Object.fromEntries([...'abcdefghijklmnopqrst'].map((name) => [`${name}.lua`, page]));
  const dir = t.testdir({ 'init.lua': 'print(#dofile("t.lc"))', ...many });
  const { out, err } = await runCommand('run', '--compile', dir, '--for', '2s');
  t.same(err, []);
  t.match(out, /^4000$/m);
});

t.test('a script with a mistake stays as it is', async (t) => {
  const dir = t.testdir({ 'init.lua': 'print(file.exists("bad.lc"))', 'bad.lua': 'print(' });
  const { out, err } = await runCommand('run', '--compile', dir, '--for', '2s');
  t.match(out, /^false$/m);
  t.same(err, ["not compiled: bad.lua:1: unexpected symbol near '<eof>'"]);
});

t.test('it is a matter of one device', async (t) => {
  const dir = t.testdir({ 'w.toml': 'device = [{ name = "a" }]' });
  const { code, err } = await runCommand('run', '--world', join(dir, 'w.toml'), '--compile');
  t.equal(code, 2);
  t.match(err.join('\n'), /--compile does not go with --world/);
});
