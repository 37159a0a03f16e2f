import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { MCUBOX } from '../helpers/programs.ts';

function start(...args: string[]): { readonly child: ChildProcess; readonly output: { out: string; err: string } } {
  const [node = '', ...command] = MCUBOX;
  const child = spawn(node, [...command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { out: '', err: '' };
  child.stdout?.on('data', (data) => {
    output.out += data;
  });
  child.stderr?.on('data', (data) => {
    output.err += data;
  });
  return { child, output };
}

t.test('our own lines go to stderr with a prefix, and the exit code says what happened', async (t) => {
  const { child, output } = start('run', 'missing.lua');
  t.same(await once(child, 'close'), [2, null]);
  t.same(output, { out: '', err: 'mcubox: cannot read missing.lua: no such file or directory\n' });
});

t.test('Ctrl-C ends a run that waits for the outside, with 0', async (t) => {
  const { child, output } = start('run', '-e', 'net.createServer():listen(80, function() end)');
  while (!output.err.includes('Ctrl-C')) await once(child.stderr as NodeJS.EventEmitter, 'data');
  child.kill('SIGINT');
  t.same(await once(child, 'close'), [0, null]);
  t.match(output.out, /> $/);
});

t.test('a reader that goes away ends the run without a word', async (t) => {
  const { child, output } = start('run', '-e', 'tmr.create():alarm(1, 1, function() print("x") end)', '--for', '1000h');
  await once(child.stdout as NodeJS.EventEmitter, 'data');
  child.stdout?.destroy();
  t.same(await once(child, 'close'), [0, null]);
  t.equal(output.err, '');
});
