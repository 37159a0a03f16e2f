import t from 'tap';
import { fromLatin1 } from '../../runtime/core/index.ts';
import { emitLfs, LfsRegion, parseLfs } from '../../runtime/device/lfs.ts';

const MODULES = [
  { name: 'a', code: fromLatin1('\x1bLuaQ') },
  { name: 'b', code: fromLatin1('') },
];
const IMAGE = { lua: '5.1', timestamp: 1_700_000_000, modules: MODULES } as const;

t.test('an image comes back as it was', async (t) => {
  t.same(parseLfs(emitLfs(IMAGE), '5.1'), { ok: true, value: IMAGE });
});

t.test('what is wrong with an image is told in the words of the firmware', async (t) => {
  const good = emitLfs(IMAGE);
  const bad = (at: number): Uint8Array => good.map((byte, i) => (i === at ? byte ^ 1 : byte));
  t.match(parseLfs(good.subarray(0, 5), '5.1'), { error: 'read error on LFS image file' });
  t.match(parseLfs(bad(0), '5.1'), { error: 'Incorrect LFS header version' });
  t.match(parseLfs(good, '5.3'), { error: 'Incorrect LFS build type' });
  t.match(parseLfs(bad(good.length - 1), '5.1'), { error: 'checksum error on LFS image file' });
  t.match(parseLfs(good.subarray(0, good.length - 1), '5.1'), { error: 'checksum error on LFS image file' });
});

t.test('a region keeps the last good image', async (t) => {
  const region = new LfsRegion(4096, 0x100000, '5.1');
  t.equal(region.address, 0xff000);
  t.equal(region.content, undefined);
  t.ok(region.write(emitLfs(IMAGE)).ok);
  t.notOk(region.write(fromLatin1('rubbish')).ok);
  t.same(region.content, IMAGE);
  region.write(undefined);
  t.equal(region.content, undefined);
  t.match(new LfsRegion(16, 0, '5.1').write(emitLfs(IMAGE)), { error: 'LFS Image too big for configured LFS region' });
});

t.test('what an earlier run left is there, with a partition', async (t) => {
  const region = new LfsRegion(0, 0x100000, '5.1');
  t.equal(region.address, 0);
  region.restore(emitLfs(IMAGE));
  t.same([region.bytes, region.content], [0x20000, IMAGE]);
});
