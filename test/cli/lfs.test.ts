import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { lfsSpec } from '../../cli/lfs.ts';
import { runCommand } from '../helpers/command.ts';

t.test('an image is built from a folder, and a device runs its modules', async (t) => {
  const dir = t.testdir({ src: { 'hello.lua': '#!lua\nprint("in flash", ...)', 'two.lua': 'return 2' } });
  const image = join(dir, 'lfs.img');
  t.match(await runCommand('lfs', join(dir, 'src'), '-o', image), { code: 0, err: [/lfs.img: 2 modules, \d+ bytes$/] });
  const made = readFileSync(image);
  await runCommand('lfs', join(dir, 'src'), '-o', image);
  t.same(readFileSync(image), made, 'the same bytes again');
  const script = 'node.LFS.hello(node.LFS.two())';
  t.match((await runCommand('run', '--lfs', image, '-e', script)).out, /\nin flash\t2\n/);
});

t.test('a script loads an image from its file system, and flash keeps it', async (t) => {
  const dir = t.testdir({
    'hello.lua': 'print("in flash")',
    'init.lua': 'if node.LFS.hello then node.LFS.hello() end',
  });
  const image = join(dir, 'lfs.img');
  await runCommand('lfs', join(dir, 'hello.lua'), '-o', image);
  const args = ['run', '--flash', join(dir, 'chip.flash'), '--for', '8s', join(dir, 'init.lua')];
  const first = await runCommand(...args, '--lfs', '64K', '--file', image, '-e', '=node.LFS.reload("lfs.img")');
  t.match(first, { code: 0, out: /LFS region updated {2}|LFS region updated. {2}Restarting./ });
  t.match(first.out.slice(first.out.indexOf('Restarting')), /\nin flash\n/);
  t.match((await runCommand(...args)).out, /\nin flash\n/, 'the next run has it too');
});

t.test('what is wrong is said', async (t) => {
  const dir = t.testdir({ 'bad.lua': 'x = = 1', a: { 'x.lua': '' }, b: { 'x.lua': '' }, 'no.img': 'x'.repeat(500) });
  t.match(await runCommand('lfs', join(dir, 'bad.lua'), '-o', join(dir, 'i')), {
    code: 1,
    err: [/^bad.lua:1: unexpected/],
  });
  t.match(await runCommand('lfs', dir, '-o', join(dir, 'i')), { code: 2, err: ['two files would be the module x'] });
  const source = join(dir, 'a', 'x.lua');
  t.match(await runCommand('lfs', join(dir, 'a'), '-o', source), { code: 2, err: [/^-o would write over /] });
  t.equal(readFileSync(source, 'utf8'), '');
  t.match(await runCommand('lfs'), { code: 2, err: [/^lfs needs one FILE.lua or DIR/] });
  t.match(await runCommand('lfs', dir, '--lua', '5.2'), { code: 2, err: [/^--lua: '5.2'/] });
  t.match(await runCommand('run', '--lfs', join(dir, 'no.img'), '-e', '=1'), {
    code: 2,
    err: [/Incorrect LFS header version; mcubox lfs DIR -o FILE makes an image$/],
  });
});

t.test('sizes are whole sectors up to 256K', async (t) => {
  t.match(lfsSpec('64K'), { ok: true, value: { bytes: 65536 } });
  t.match(lfsSpec('131072'), { ok: true, value: { bytes: 131072 } });
  t.match(lfsSpec('lfs.img'), { ok: true, value: { bytes: 262144, path: 'lfs.img' } });
  for (const wrong of ['1000', '512K', '0', '']) t.match(lfsSpec(wrong), { ok: false });
});

t.test('scripts too long for a board are refused with the name of the file', async (t) => {
  const long = 'x = y '.repeat(60_000);
  const dir = t.testdir({ 'long.lua': long, 'noise.lua': `${long} +`, few: { 'a.lua': 'x = 1\n'.repeat(5000) } });
  t.match(await runCommand('lfs', join(dir, 'long.lua'), '-o', join(dir, 'i')), { code: 1, err: [/^long.lua: /] });
  t.match(await runCommand('lfs', join(dir, 'noise.lua'), '-o', join(dir, 'i')), { code: 1, err: [/^noise.lua:1: /] });
  t.match(await runCommand('lfs', join(dir, 'few'), '-o', join(dir, 'i')), { code: 0 });
});
