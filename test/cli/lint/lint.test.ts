import t from 'tap';
import { lint } from '../../../cli/lint/lint.ts';

const one = (source: string) => lint([{ name: 'a.lua', source }]);

t.test('the newest release that fits is proposed', async (t) => {
  t.equal(one('print(tmr.now())').proposed, '3.0');
  t.equal(one('tmr.alarm(0, 1, 0, f)').proposed, '2.2');
  t.equal(one('tmr.alarm(0, 1, 0, f) wifi.sta.config("a", "b")').proposed, '1.5');
  t.equal(one('tmr.alarm(0, 1, 0, f) sjson.encode{}').proposed, '2.2');
  t.same(one('tmr.alarm(0, 1, 0, f) sjson.encode{}').fits, ['2.2']);
});

t.test('where none fits the one with the fewest misfits is proposed', async (t) => {
  const verdict = one('cjson.encode{} sjson.encode{} tmr.alarm(0, 1, 0, f)');
  t.same(verdict.fits, []);
  t.equal(verdict.proposed, '2.2');
});

t.test('findings say what is the matter', async (t) => {
  t.same(
    one('tmr.alarm()\nsjson.x()\ncrypto.toHex()\ngpio.pulse.start()\ngpio.x()').scripts[0]?.findings.map(
      ({ line, what }) => `${line} ${what}`,
    ),
    [
      '1 tmr.alarm(id, …) left the firmware in 2019',
      '2 none of the releases 1.5, 2.2, 3.0 has sjson.x',
      '3 crypto.toHex left the firmware in 2020',
      '4 none of the releases 1.5, 2.2, 3.0 has gpio.pulse.start',
      '5 none of the releases 1.5, 2.2, 3.0 has gpio.x',
    ],
  );
});

t.test('what no release has decides nothing', async (t) => {
  t.same(one('gpio.x()').fits, ['1.5', '2.2', '3.0']);
});

t.test('what a script asks for or defines decides nothing', async (t) => {
  t.same(one('if tmr.alarm then tmr.alarm(0, 1, 0, f) end').fits, ['1.5', '2.2', '3.0']);
  t.same(one('if node.LFS then node.LFS.get("x") end').fits, ['1.5', '2.2', '3.0']);
  t.same(one('cjson = sjson cjson.encode{}').fits, ['2.2', '3.0']);
});

t.test('a Lua module beside the script takes the place of a C module of that name', async (t) => {
  const main = { name: 'main.lua', source: 'ds18b20.read()' };
  t.same(lint([main]).fits, ['2.2']);
  t.same(lint([main, { name: 'lib/ds18b20.lua', source: '' }]).fits, ['1.5', '2.2', '3.0']);
  t.same(lint([{ name: 'tmr.lua', source: 'tmr.alarm(0, 1, 0, f)' }]).fits, ['1.5', '2.2'], 'tmr is in every release');
});
