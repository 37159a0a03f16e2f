import t from 'tap';
import { banner, moduleList } from '../../runtime/device/boot.ts';
import { DEFAULT_PROFILE } from '../../runtime/device/profile.ts';

t.test('the banner has the shape of the firmware’s', async (t) => {
  const lines = banner(DEFAULT_PROFILE, ['tmr', 'adc']).split('\n');
  t.equal(lines[0], '');
  t.equal(lines[1], 'NodeMCU 3.0.0.0 ');
  t.match(lines[3], /^\tcommit: [0-9a-f]{40}$/);
  t.ok(lines.includes('\tmodules: adc,tmr'));
  t.ok(lines.includes('\tbuild type: float'));
  t.match(lines.at(-2), /^ build 2024-02-25 17:00 powered by Lua 5\.1\.4 on SDK /);
  t.equal(lines.at(-1), '');
});

t.test('a 5.3 build says so', async (t) => {
  const text = banner({ ...DEFAULT_PROFILE, lua: '5.3' }, []);
  t.match(text, /powered by Lua 5\.3\.5/);
});

t.test('modules are listed in alphabetical order', async (t) => {
  t.equal(moduleList(['wifi', 'net', 'adc']), 'adc,net,wifi');
});
