import t from 'tap';
import { Mcp4725, PixelStrip } from '../../runtime/hardware/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('rfswitch: the bits of a code as long and short pulses, then the gap', async (t) => {
  const esp = new Esp();
  esp.lua('rfswitch.send(1, 300, 1, 2, 2, 2)');
  t.same(
    esp.events.filter((event) => event.startsWith('pin 2')),
    ['pin 2=0 @0', 'pin 2=1 @0', 'pin 2=0 @0.9', 'pin 2=1 @1.2', 'pin 2=0 @1.5', 'pin 2=1 @2.4', 'pin 2=0 @2.7'],
  );
});

t.test('ws2801: GPIO numbers, and colours as they are written', async (t) => {
  const esp = new Esp();
  const strip = esp.device.hardware.attach(new PixelStrip('ws2801', { leds: 2 }));
  esp.lua('ws2801.init(5, 4) ws2801.write(string.char(255, 0, 10, 1, 2, 3))');
  t.same(strip.colors, ['ff000a', '010203']);
  t.ok(
    esp.events.some((event) => event.startsWith('pin 1=')),
    'GPIO5 is D1',
  );
  t.equal(esp.error('ws2801.write(1)'), "bad argument #1 to 'write' (pixbuf or string expected)");
});

t.test('tm1829: release 3.0 asks for the type of the wrong argument', async (t) => {
  const esp = new Esp();
  const strip = esp.device.hardware.attach(new PixelStrip('tm1829', { leds: 1 }));
  t.equal(esp.error('tm1829.write(5, "abc")'), "bad argument #2 to 'write' (String or pixbuf expected)");
  esp.lua('tm1829.write(5, string.char(255, 255, 7), "")');
  t.same(strip.colors, ['feff07']);
  const old = new Esp({ profile: { firmware: '2.2' } });
  const oldStrip = old.device.hardware.attach(new PixelStrip('tm1829', { leds: 1 }));
  old.lua('tm1829.write(5, string.char(1, 2, 3))');
  t.same(oldStrip.colors, ['010203']);
});

t.test('mcp4725: values for now and for good', async (t) => {
  const esp = new Esp();
  const part = esp.device.hardware.attach(new Mcp4725({ address: 0x61 }));
  esp.lua('i2c.setup(0, 1, 2, i2c.SLOW) mcp4725.write({A0 = 1, value = 2048, save = true})');
  t.same([part.value, part.keptValue], [2048, 2048]);
  esp.lua('mcp4725.write({A0 = 1, value = 4095, pwrdn = mcp4725.PWRDN_100K})');
  t.same([part.value, part.powerDown, part.keptValue], [4095, 2, 2048]);
  t.same(esp.lua('print(mcp4725.read({A0 = 1}))'), ['2\t4095\t0\t2048\t1\t1']);
  t.equal(part.look(), 'off');
  errorRows(t, [
    ['mcp4725.write({})', "bad argument #1 to 'write' (value: value is required)"],
    ['mcp4725.write({value = 4096})', "bad argument #1 to 'write' (value: Valid range 0-4095)"],
    ['mcp4725.write({value = 1, save = 1})', "bad argument #1 to 'write' (save: must be boolean)"],
    ['mcp4725.read({A1 = 2})', "bad argument #1 to 'read' (A1: Must be 0 or 1)"],
    ['mcp4725.read({A2 = "x"})', "bad argument #1 to 'read' (A2: Must be number)"],
  ]);
});
