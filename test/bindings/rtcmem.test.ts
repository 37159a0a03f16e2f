import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('slots are 32-bit words that survive a restart', async (t) => {
  const esp = new Esp();
  t.same(esp.lua('print(rtcmem.write32(10, 1, -1, 4294967295)) print(rtcmem.read32(10, 3)) node.restart()'), [
    '',
    '1\t-1\t-1',
  ]);
  esp.run(200);
  t.same(esp.lua('print(rtcmem.read32(10))'), ['1']);
});

t.test('reading outside gives nothing, reading over the end what is there', async (t) => {
  t.same(
    new Esp().lua(
      'print(select("#", rtcmem.read32(128)), select("#", rtcmem.read32(-1)), select("#", rtcmem.read32(0, 0)), rtcmem.read32(127, 2))',
      'print(select("#", rtcmem.read32(0, 7998)), select("#", rtcmem.read32(0, 7999)))',
    ),
    ['0\t0\t0\t0', '128\t0'],
  );
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['rtcmem.write32(128, 1)', "bad argument #1 to 'write32' (RTC mem would overrun)"],
    ['rtcmem.read32()', "bad argument #1 to 'read32' (number expected, got no value)"],
  ]);
});
