import t from 'tap';
import { Ds18b20 } from '../../runtime/hardware/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

/** Two thermometers on one pin. */
function make() {
  const esp = new Esp();
  const warm = esp.device.hardware.attach(new Ds18b20({ pin: 3, temperature: 23.5, serial: 0x1111 }));
  const cold = esp.device.hardware.attach(new Ds18b20({ pin: 3, temperature: -10.25, serial: 0x2222 }));
  esp.lua('ow.setup(3)');
  return { esp, warm, cold };
}

const hex = (rom: readonly number[]): string => rom.map((byte) => byte.toString(16).padStart(2, '0')).join('');
const HEX = 'local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end';

t.test('a search finds each number once, then nil, then begins again', async (t) => {
  const { esp, warm, cold } = make();
  const found = esp.lua(HEX, 'ow.reset_search(3) local a = ow.search(3) while a do print(hex(a)) a = ow.search(3) end');
  t.same(found.sort(), [hex(warm.rom), hex(cold.rom)].sort());
  t.equal(esp.lua(HEX, 'print(#ow.search(3))')[0], '8');
});

t.test('a search for a family begins with it', async (t) => {
  const { esp } = make();
  t.same(esp.lua('ow.target_search(3, 0x28) print(ow.search(3):byte())'), ['40']);
  t.same(esp.lua('ow.target_search(3, 0x10) print(ow.search(3):byte())'), ['40'], 'the nearest there is');
});

const MEASURE = `local function measure(rom)
  ow.reset(3) ow.select(3, rom) ow.write(3, 0x44, 1) tmr.delay(750000)
  ow.reset(3) ow.select(3, rom) ow.write(3, 0xbe, 1)
  local s = ow.read_bytes(3, 9)
  local raw = s:byte(1) + 256 * s:byte(2)
  if raw > 32767 then raw = raw - 65536 end
  return raw / 16, ow.crc8(s)
end`;

t.test('each thermometer is asked by its number, a table or a string', async (t) => {
  const { esp, warm, cold } = make();
  t.same(esp.lua(MEASURE, `print(measure({${warm.rom}})) print(measure(string.char(${cold.rom})))`), [
    '23.5\t0',
    '-10.25\t0',
  ]);
  warm.temperature = 30;
  t.same(esp.lua(MEASURE, `print(measure({${warm.rom}}))`), ['30\t0']);
});

t.test('before the first conversion it says 85 degrees, and a hasty reader gets the old value', async (t) => {
  const esp = new Esp();
  esp.device.hardware.attach(new Ds18b20({ pin: 3, temperature: 20 }));
  const read = 'ow.reset(3) ow.skip(3) ow.write(3, 0xbe) print(ow.read(3) + 256 * ow.read(3))';
  t.same(esp.lua('ow.setup(3)', read), [`${85 * 16}`]);
  t.same(
    esp.lua('ow.reset(3) ow.skip(3) ow.write(3, 0x44) print(ow.read(3)) tmr.delay(100000)', read),
    ['0', `${85 * 16}`],
    'zeros while it converts',
  );
  t.same(esp.lua('tmr.delay(700000)', read), [`${20 * 16}`]);
});

t.test('resolution is set in the scratchpad', async (t) => {
  const esp = new Esp();
  const part = esp.device.hardware.attach(new Ds18b20({ pin: 3, temperature: 20.4375 }));
  t.same(
    esp.lua(
      'ow.setup(3) ow.reset(3) ow.skip(3) ow.write_bytes(3, "\\78\\1\\2\\31")',
      'ow.reset(3) ow.skip(3) ow.write(3, 0x44) tmr.delay(94000)',
      'ow.reset(3) ow.skip(3) ow.write(3, 0xbe) print(ow.read_bytes(3, 5):byte(1, 5))',
    ),
    ['64\t1\t1\t2\t31'],
  );
  t.equal(part.resolution, 9);
});

t.test('an alarm search finds those outside their limits', async (t) => {
  const { esp, cold } = make();
  const found = esp.lua(
    'ow.reset(3) ow.skip(3) ow.write(3, 0x44) tmr.delay(750000)',
    HEX,
    'ow.reset(3) ow.skip(3) ow.write_bytes(3, "\\78\\50\\0\\127") ow.reset_search(3)',
    'print(hex(ow.search(3, 1))) print(ow.search(3, 1))',
  );
  t.same(found, [hex(cold.rom), 'nil']);
});

t.test('an empty line answers nothing', async (t) => {
  const esp = new Esp();
  t.same(esp.lua('ow.setup(4) print(ow.reset(4), ow.read(4), ow.search(4))'), ['0\t255\tnil']);
  esp.device.gpio.setExternal(4, 0);
  t.same(esp.lua('print(ow.reset(4))'), ['0'], 'nor a shorted one');
});

t.test('checks', async (t) => {
  const esp = new Esp();
  t.same(esp.lua('print(ow.crc8("\\2\\28\\184\\1\\0\\0\\0"), ow.crc16("123456789"), ow.crc16("456789", 0))'), [
    `162\t${0xbb3d}\t${esp.lua('print(ow.crc16("456789"))')[0]}`,
  ]);
  t.same(
    esp.lua(
      'local c = 65535 - ow.crc16("abc")',
      'print(ow.check_crc16("abc", c % 256, (c - c % 256) / 256), ow.check_crc16("abc", 0, 0))',
    ),
    ['true\tfalse'],
  );
});

t.test('timings can be changed, and power stays on after a write that wants it', async (t) => {
  const { esp } = make();
  t.same(esp.lua('ow.set_timings(100) print(ow.reset(3)) ow.set_timings(480, nil, 410) print(ow.reset(3))'), [
    '0',
    '1',
  ]);
  t.same(esp.lua('ow.write(3, 0xcc, 1) ow.depower(3)'), []);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['ow.setup(0)', 'no 1-wire for D0'],
    ['ow.setup(13)', 'ow 13 does not exist'],
    ['ow.reset(0)', 'ow 0 does not exist'],
    ['ow.skip(13)', 'ow 13 does not exist'],
    ['ow.select(1, "short")', 'wrong arg range'],
    ['ow.select(1, {1})', 'wrong arg range'],
    ['ow.select(1, {1, 2, 3, true, 5, 6, 7, 8})', "bad argument #-1 to 'select' (number expected, got boolean)"],
    ['ow.select(1, {256, 2, 3, 4, 5, 6, 7, 8})', 'wrong arg range'],
    ['ow.write(1, 256)', 'wrong arg range'],
    ['ow.write_bytes(1)', "bad argument #2 to 'write_bytes' (string expected, got no value)"],
    ['ow.read_bytes(1, 257)', "bad argument #2 to 'read_bytes' (Attempt to read too many characters)"],
    ['ow.target_search(1, 256)', 'wrong arg range'],
    ['ow.crc8(("x"):rep(256))', 'wrong arg range'],
    ['ow.crc16("x", 65536)', 'wrong arg range'],
    ['ow.check_crc16(("x"):rep(256), 1, 2)', 'wrong arg range'],
    ['ow.check_crc16("x", 1, 2, 65536)', 'wrong arg range'],
  ]);
});
