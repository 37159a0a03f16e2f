import t from 'tap';
import { fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import { FlashFs } from '../../runtime/device/flash-fs.ts';
import type { FlashFile } from '../../runtime/device/index.ts';

const fs = () => new FlashFs({ address: 0, bytes: 0x100000 });
const open = (flash: FlashFs, name: string, mode: string) => flash.open(name, mode) as FlashFile;
const read = (file: FlashFile, n: number) => {
  const bytes = file.read(n);
  return bytes === undefined ? undefined : toLatin1(bytes);
};

t.test('a write becomes visible to another handle only after flush or close', async (t) => {
  const flash = fs();
  const w = open(flash, 't', 'w');
  const r = open(flash, 't', 'r');
  w.write(fromLatin1('abc'));
  t.equal(read(r, 10), undefined);
  w.flush();
  t.equal(read(r, 10), 'abc');
  w.write(fromLatin1('def'));
  w.close();
  t.equal(read(r, 10), 'def');
});

t.test('writes of a page and more go through at once', async (t) => {
  const flash = fs();
  open(flash, 't', 'w').write(new Uint8Array(300));
  t.equal(flash.size('t'), 300);
});

t.test('seeking past the end fails and stands at the end, before the start it fails and stays', async (t) => {
  const flash = fs();
  flash.put('s', fromLatin1('0123456789'));
  const file = open(flash, 's', 'r');
  t.ok(file.seek('set', 4));
  t.notOk(file.seek('set', 20));
  t.equal(file.position, 10);
  t.notOk(file.seek('set', -1));
  t.equal(file.position, 10);
  t.ok(file.seek('end', -3));
  t.equal(read(file, 10), '789');
  t.equal(read(file, 10), undefined, 'nothing at the end');
});

t.test('r+ overwrites in place and a+ appends wherever it stood', async (t) => {
  const flash = fs();
  flash.put('s', fromLatin1('0123456789'));
  const file = open(flash, 's', 'r+');
  file.seek('set', 3);
  file.write(fromLatin1('abc'));
  t.equal(read(file, 2), '67');
  file.close();
  const append = open(flash, 's', 'a+');
  append.seek('set', 0);
  t.equal(read(append, 2), '01');
  append.write(fromLatin1('!'));
  t.equal(append.position, 11);
  append.close();
  t.equal(toLatin1(flash.read('s') ?? new Uint8Array()), '012abc6789!');
});

t.test('a write-only file cannot be read', async (t) => {
  const flash = fs();
  flash.put('s', fromLatin1('x'));
  t.equal(read(open(flash, 's', 'a'), 1), undefined);
});

t.test('everything fails on a removed or closed file', async (t) => {
  const flash = fs();
  const file = open(flash, 'o', 'w+');
  file.write(fromLatin1('hello'));
  flash.remove('o');
  t.same(
    [file.write(fromLatin1('x')), file.seek('set', 0), file.read(1), file.flush()],
    [false, false, undefined, false],
  );
  file.close();
  file.close();
  t.notOk(file.isOpen);
  t.equal(flash.size('o'), undefined);
});
