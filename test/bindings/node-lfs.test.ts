import t from 'tap';
import { fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import { buildLfs, type Profile } from '../../runtime/device/index.ts';
import { Esp } from '../helpers/esp.ts';

const SOURCES = [
  { name: 'greet', source: '#!/usr/bin/lua\nlocal who = ... print("hello " .. tostring(who))' },
  { name: 'bad', source: 'local x = nil + 1' },
  { name: '_init', source: 'LFS = node.LFS or { }' },
];

function esp(profile: Partial<Profile> = {}): Esp {
  const made = new Esp({ profile: { lfsBytes: 0x20000, ...profile } });
  const image = buildLfs(made.device.lua, SOURCES, 1_700_000_000);
  if (!image.ok) throw new Error(image.error);
  made.device.flash.put('lfs.img', image.value);
  made.device.flash.put('rubbish.img', fromLatin1('x'.repeat(300)));
  made.take();
  return made;
}

/** With the image in flash. */
function loaded(profile: Partial<Profile> = {}): Esp {
  const made = esp(profile);
  made.lua('node.flashreload("lfs.img")');
  made.run(5000);
  return made;
}

t.test('an image is compiled without a watchdog, however much source it is', async (t) => {
  const page = `return {${'"line", '.repeat(8000)}}`;
  const sources = Array.from({ length: 8 }, (_, i) => ({ name: `page${i}`, source: page }));
  const image = buildLfs(new Esp().device.lua, sources, 1_700_000_000);
  t.ok(image.ok && image.value.length > 8 * 8000);
});

t.test('without a partition there is nothing and nothing can be loaded', async (t) => {
  t.same(new Esp().lua('print(node.LFS.list(), node.LFS.get("a"), node.LFS.time, node.LFS.x, node.LFS.reload("a"))'), [
    'nil\tnil\tnil\tnil\tNo LFS partition allocated',
  ]);
  t.same(new Esp().lua('print(node.getpartitiontable().lfs_size, node.LFS.config.lfs_size)'), ['0\t0']);
});

t.test('an empty partition is told at boot, and what cannot be loaded in the words of the firmware', async (t) => {
  t.match(new Esp({ profile: { lfsBytes: 0x20000 } }).take(), 'No LFS image loaded\r\n');
  t.same(
    esp().lua(
      'print(node.LFS.reload("none.img"))',
      'print(node.LFS.reload("rubbish.img"))',
      'print(node.LFS.reload())',
    ),
    ['LFS image file not found', 'Incorrect LFS header version', 'LFS image file not found'],
  );
  t.same(esp({ lfsBytes: 100 }).lua('print(node.LFS.reload("lfs.img"))'), [
    'LFS Image too big for configured LFS region',
  ]);
});

t.test('a good image is written, and the watchdog restarts the chip', async (t) => {
  const device = esp();
  let said = '';
  device.device.events.on('uart', (_, bytes) => {
    said += toLatin1(bytes);
  });
  device.lua('node.LFS.reload("lfs.img") print("never")');
  t.equal(said, 'LFS region updated.  Restarting.');
  device.run(5000);
  t.match(device.events.slice(1), ['restart', /^reset 2 3 @/]);
  t.same(device.lua('print(table.concat(node.LFS.list(), " "), node.LFS.time)'), ['_init bad greet\t1700000000']);
  t.same(device.lua('local c = node.LFS.config print(c.lfs_base, c.lfs_mapped, c.lfs_size, c.lfs_used > 100)'), [
    '917504\t1076756480\t131072\ttrue',
  ]);
});

t.test('modules are called by their names and keep their own in messages', async (t) => {
  const device = loaded();
  t.same(device.lua('node.LFS.greet("you")', 'node.LFS.get("greet")(1)', 'print(node.flashindex("none"))'), [
    'hello you',
    'hello 1',
    'nil',
  ]);
  t.match(device.lua('node.LFS.bad()')[0], 'bad.lua:1: attempt to perform arithmetic on a nil value');
  t.same(device.lua('print(pcall(function() node.LFS.x = 1 end))').length, 1);
});

t.test('functions in flash take no heap', async (t) => {
  const device = loaded();
  const [before, after] = device.lua(
    'collectgarbage() print(node.heap()) f = node.LFS.greet collectgarbage() print(node.heap())',
  );
  t.ok(Number(before) - Number(after) < 200, `${before} ${after}`);
});

t.test('Lua 5.3 has the same store and says so at boot', async (t) => {
  const device = loaded({ lua: '5.3' });
  t.match(device.take(), 'LFS image loaded\r\n');
  t.same(device.lua('node.LFS.greet("5.3")'), ['hello 5.3']);
});

t.test('before 2020 flashindex tells what there is', async (t) => {
  const device = loaded({ firmware: '2.2' });
  t.same(
    device.lua(
      'local t, base, mapped, size, names = node.flashindex("?") print(t, base, mapped, size, #names)',
      'node.flashindex("greet")("old")',
    ),
    ['1700000000\t917504\t1076756480\t131072\t3', 'hello old'],
  );
});
