import t from 'tap';
import { fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import { FlashFs } from '../../runtime/device/flash-fs.ts';

const PARTITION = { address: 0x100000, bytes: 3129344 };
const make = (bytes = PARTITION.bytes) => new FlashFs({ ...PARTITION, bytes });
const text = (fs: FlashFs, name: string) => {
  const data = fs.read(name);
  return data === undefined ? undefined : toLatin1(data);
};

t.test('names of up to 31 bytes are files, longer ones are refused', async (t) => {
  const fs = make();
  t.ok(fs.open('a'.repeat(31), 'w'));
  t.equal(fs.open('a'.repeat(32), 'w'), undefined);
  t.notOk(fs.put('b'.repeat(32), fromLatin1('x')));
});

t.test('the volume prefix is stripped, other slashes belong to the name, other volumes do not exist', async (t) => {
  const fs = make();
  fs.put('/FLASH/a', fromLatin1('1'));
  fs.put('dir/b', fromLatin1('2'));
  t.notOk(fs.put('/c', fromLatin1('3')));
  t.same(
    fs.list().map((f) => f.name),
    ['a', 'dir/b'],
  );
  t.equal(text(fs, '/FLASH/dir/b'), '2');
});

t.test('four files may be open', async (t) => {
  const fs = make();
  const files = [1, 2, 3, 4].map((i) => fs.open(`f${i}`, 'w'));
  t.equal(fs.open('z', 'w'), undefined);
  files[0]?.close();
  t.ok(fs.open('z', 'w'));
});

t.test('only the six modes of the firmware write; anything else reads', async (t) => {
  for (const [mode, opens] of [
    ['r', false],
    ['r+', false],
    ['w', true],
    ['w+', true],
    ['a', true],
    ['a+', true],
    ['wb', false],
  ] as const) {
    t.equal(make().open('missing', mode) !== undefined, opens, mode);
  }
  const fs = make();
  fs.put('m', fromLatin1('12345'));
  const file = fs.open('m', 'r+b');
  t.notOk(file?.write(fromLatin1('Z')));
  t.equal(text(fs, 'm'), '12345');
});

t.test('rename refuses an existing target, a missing source and nothing else', async (t) => {
  const fs = make();
  fs.put('a', fromLatin1('A'));
  fs.put('b', fromLatin1('B'));
  t.same(
    [fs.rename('a', 'b'), fs.rename('none', 'c'), fs.rename('a', 'c'), fs.rename('c', 'c')],
    [false, false, true, false],
  );
  t.ok(fs.rename('b', ''));
});

t.test('renaming an open file loses what was not flushed', async (t) => {
  const fs = make();
  const file = fs.open('o', 'w+');
  file?.write(fromLatin1('hello'));
  fs.rename('o', 'p');
  file?.write(fromLatin1(' again'));
  file?.close();
  t.equal(text(fs, 'p'), ' again');
});

t.test('space is counted in pages', async (t) => {
  const fs = make();
  t.same(fs.usage, { used: 0, total: 2957031 });
  fs.put('a', fromLatin1('x'));
  t.equal(fs.usage.used, 502);
  fs.put('a', new Uint8Array(1000));
  t.equal(fs.usage.used, 1255);
  fs.remove('a');
  t.equal(fs.usage.used, 0);
});

t.test('a full flash refuses to grow', async (t) => {
  const fs = make(5 * 8192);
  const file = fs.open('a', 'w');
  let written = 0;
  while (file?.write(new Uint8Array(1000)) && written < 1000) written++;
  t.ok(written > 10 && written < 60);
  t.notOk(fs.put('b', new Uint8Array(1000)));
});

t.test('a reset drops open files and their unwritten bytes', async (t) => {
  const fs = make();
  fs.open('u', 'w')?.write(fromLatin1('lost'));
  const kept = fs.open('v', 'w');
  kept?.write(fromLatin1('kept'));
  kept?.flush();
  fs.dropHandles();
  t.equal(text(fs, 'u'), '');
  t.equal(text(fs, 'v'), 'kept');
  for (let i = 0; i < 4; i++) t.ok(fs.open(`f${i}`, 'w'));
});

t.test('format removes everything, export and import carry it over', async (t) => {
  const fs = make();
  fs.put('a', fromLatin1('1'));
  const other = make();
  t.ok(other.import(fs.export()));
  t.equal(fs.formatSteps, 48);
  fs.format();
  t.same(fs.list(), []);
  t.equal(text(other, 'a'), '1');
});
