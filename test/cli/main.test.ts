import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

for (const signal of ['SIGTERM', 'SIGHUP'] as const)
  t.test(`${signal} ends a run like Ctrl-C, with its files whole`, async (t) => {
    const dir = t.testdir({});
    const [trace, pcap] = [join(dir, 't.json'), join(dir, 'n.pcap')];
    const { child, output } = start(
      ...['run', '-e', 'net.createServer():listen(80, function() end)', '--trace', trace, '--pcap', pcap],
    );
    while (!output.err.includes('Ctrl-C')) await once(child.stderr as NodeJS.EventEmitter, 'data');
    child.kill(signal);
    t.same(await once(child, 'close'), [0, null]);
    t.ok(JSON.parse(readFileSync(trace, 'utf8')).traceEvents.length > 10);
    t.ok(readFileSync(pcap).length > 24);
  });

t.test('output that cannot be written is told, and ends with 2', { skip: !existsSync('/dev/full') }, async (t) => {
  for (const args of [['--help'], ['run', '-e', '=1']]) {
    const [node = '', ...command] = MCUBOX;
    const child = spawn(node, [...command, ...args], { stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] });
    let err = '';
    child.stderr?.on('data', (data) => {
      err += data;
    });
    t.same(await once(child, 'close'), [2, null]);
    t.equal(err, 'mcubox: cannot write the output: no space is left\n');
  }
});

t.test('our own lines may go nowhere', async (t) => {
  const { child } = start('run', '-e', 'tmr.create():alarm(1, 1, function() print("x") end)', '--explain');
  child.stderr?.destroy();
  await once(child.stdout as NodeJS.EventEmitter, 'data');
  child.kill();
  t.same(await once(child, 'close'), [0, null]);
});

t.test('a console reads a pipe to its end, however long', async (t) => {
  const [node = '', ...command] = MCUBOX;
  const child = spawn(node, [...command, 'repl'], { stdio: ['pipe', 'pipe', 'ignore'] });
  let out = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  // Far more than half a second at 115200 baud.
  child.stdin.end(`${'x = 1 -- nothing but to be read\n'.repeat(500)}print("the last" .. x)\n`);
  t.same(await once(child, 'close'), [0, null]);
  t.match(out, /the last1\r\n> $/);
});

t.test('a reader that goes away ends the run without a word', async (t) => {
  const { child, output } = start('run', '-e', 'tmr.create():alarm(1, 1, function() print("x") end)', '--for', '1000h');
  await once(child.stdout as NodeJS.EventEmitter, 'data');
  child.stdout?.destroy();
  t.same(await once(child, 'close'), [0, null]);
  t.equal(output.err, '');
});
