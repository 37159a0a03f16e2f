import t from 'tap';
import { dofileLine, Typist } from '../../cli/typist.ts';
import { ms } from '../../runtime/index.ts';
import { story } from '../helpers/story.ts';

t.test('a file is run by its name, whatever that is', async (t) => {
  t.equal(dofileLine('a.lua'), 'dofile("a.lua")');
  t.equal(dofileLine('a"b\\c.lua'), 'dofile("a\\"b\\\\c.lua")');
  t.equal(dofileLine('a\nb\x7f1.lua'), 'dofile("a\\010b\\1271.lua")', 'control characters as numbers');
  t.equal(dofileLine('ü.lua'), 'dofile("\u00c3\u00bc.lua")', 'as the bytes of UTF-8');
});

t.test('a line is typed when the device has dealt with the one before', async (t) => {
  const { world, device, said } = story('print("booted")');
  const typist = new Typist(device, ['for i = 1, 1000 do end', '=1 + 1']);
  typist.typeWhenIdle();
  world.runFor(ms(100));
  t.equal(said(), '', 'not before the boot');
  for (let i = 0; i < 100; i++) {
    world.runFor(ms(10));
    typist.typeWhenIdle();
  }
  t.ok(typist.done);
  t.equal(said(), 'booted\n> for i = 1, 1000 do end\n> =1 + 1\n2\n> ');
});
