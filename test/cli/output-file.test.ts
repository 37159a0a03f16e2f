import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { makeFolder, OutputFile } from '../../cli/output-file.ts';
import { runCommand } from '../helpers/command.ts';

const OPTIONS = ['--pcap', '--keylog', '--trace', '--vcd', '--record', '--flash', '--export'] as const;
const onLinux = process.platform === 'linux' ? false : 'needs Linux';

t.test('what cannot be written is refused at once, with the reason', async (t) => {
  const dir = t.testdir({ file: '', folder: {} });
  for (const option of OPTIONS) {
    const refusal = async (path: string): Promise<unknown> => {
      const { code, out, err } = await runCommand('run', '-e', '=1', option, path);
      return [code, out, err.map((line) => line.replace(/^(cannot (write|read)|--flash:) /, ''))];
    };
    const below = join(dir, 'file', 'x');
    t.same(await refusal(below), [2, '', [`${below}: a part of the path is a file`]], option);
    if (option === '--export') {
      const file = join(dir, 'file');
      t.same(await refusal(file), [2, '', [`${file}: is there already, and no directory`]]);
      continue;
    }
    const folder = join(dir, 'folder');
    t.same(await refusal(folder), [2, '', [`${folder}: is a directory`]], option);
    const nowhere = join(dir, 'no', 'x');
    t.same(await refusal(nowhere), [2, '', [`${nowhere}: no such file or directory`]], option);
  }
});

t.test('a file system that makes no folders is no reason to wait', { skip: onLinux }, async (t) => {
  t.throws(() => makeFolder('/proc/x/y'), { message: 'cannot write /proc/x/y: no such file or directory' });
  t.match(await runCommand('run', '-e', '=1', '--export', '/proc/x'), { code: 2, out: '', err: [/^cannot write/] });
});

t.test('a full disk is told at the end, once for each file, and the run ends with 2', { skip: onLinux }, async (t) => {
  for (const option of ['--pcap', '--trace', '--vcd', '--record']) {
    const { code, out, err } = await runCommand('run', '-e', '=1', option, '/dev/full');
    t.same(
      [code, err.filter((line) => !line.includes(' late'))],
      [2, ['cannot write /dev/full: no space is left']],
      option,
    );
    t.match(out, /\n1\n> $/, 'the script has run');
  }
  const { code, err } = await runCommand('run', '--attach', 'ssd1306:png=/dev/full', '-e', '=1');
  t.same([code, err], [2, ['cannot write /dev/full: no space is left']]);
});

t.test('a flash that is a device is refused, a script without end too', { skip: onLinux }, async (t) => {
  t.same(await runCommand('run', '-e', '=1', '--flash', '/dev/zero'), {
    code: 2,
    out: '',
    err: ['--flash: /dev/zero is no regular file'],
  });
  t.same(await runCommand('run', '/dev/zero'), { code: 2, out: '', err: ['/dev/zero is larger than any flash'] });
});

t.test('a pipe that nobody reads is refused, one with a reader is written', { skip: onLinux }, async (t) => {
  const pipe = join(t.testdir({}), 'pipe');
  spawnSync('mkfifo', [pipe]);
  t.throws(() => new OutputFile(pipe), { message: `cannot write ${pipe}: nobody reads this pipe` });
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  const file = new OutputFile(pipe);
  file.write('first');
  file.flush();
  const heard = Buffer.alloc(10);
  t.equal(heard.toString('latin1', 0, readSync(reader, heard)), 'first');
  closeSync(reader);
  file.write('second');
  t.throws(() => file.close(), { message: `cannot write ${pipe}: nobody reads this pipe any more` });
});

t.test('what was in a file stays until a run is sure to begin', async (t) => {
  const dir = t.testdir({ 'old.pcap': 'old', 'a.lua': 'print(1)', 'w.toml': '[[device]]\n' });
  const old = join(dir, 'old.pcap');
  const read = (): string => readFileSync(old, 'latin1');
  t.equal((await runCommand('run', '-e', '=1', '--pcap', old, '--trace', join(dir, 'no', 'x'))).code, 2);
  t.equal(read(), 'old');
  const script = join(dir, 'a.lua');
  t.match(await runCommand('run', script, '--pcap', script), {
    code: 2,
    err: [`--pcap would write over ${script}, which is read`],
  });
  const world = join(dir, 'w.toml');
  t.match(await runCommand('run', '--world', world, '--trace', world), {
    code: 2,
    err: [`--trace would write over ${world}, which is read`],
  });
  t.match(await runCommand('run', script, '--pcap', old, '--trace', `${dir}/./old.pcap`), {
    code: 2,
    err: [/^--pcap and --trace would both write /],
  });
  t.equal(read(), 'old');
  writeFileSync(old, 'old'.repeat(100_000));
  t.equal((await runCommand('run', script, '--pcap', old)).code, 0);
  t.ok(read().length > 24 && !read().includes('old'), 'then nothing of it is left');
});

t.test('a flash keeps its rights and stays behind its link', { skip: onLinux }, async (t) => {
  const dir = t.testdir({});
  const [flash, link] = [join(dir, 'flash'), join(dir, 'link')];
  await runCommand('run', '-e', '=1', '--flash', flash);
  spawnSync('chmod', ['600', flash]);
  symlinkSync('flash', link);
  await runCommand('run', '-e', 'file.putcontents("new", "x")', '--flash', link);
  t.equal(statSync(flash).mode & 0o777, 0o600);
  t.ok(lstatSync(link).isSymbolicLink());
  t.match(readFileSync(flash, 'utf8'), '"new"');
  t.notOk(existsSync(`${link}.${process.pid}.new`));
});
