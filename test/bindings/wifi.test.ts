import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('mode and constants', async (t) => {
  const esp = new Esp();
  t.same(
    esp.lua(
      'print(wifi.getmode(), wifi.setmode(wifi.STATIONAP), wifi.getdefaultmode(), wifi.setmode(wifi.NULLMODE, false), wifi.getdefaultmode(), wifi.STA_GOTIP, wifi.WPA2_PSK)',
    ),
    ['1\t3\t3\t0\t3\t5\t3'],
  );
});

t.test('radio settings are kept', async (t) => {
  t.same(
    new Esp().lua(
      'print(wifi.getphymode(), wifi.setphymode(wifi.PHYMODE_B), wifi.getphymode(), wifi.sleeptype(), wifi.sta.sleeptype(0), wifi.nullmodesleep(), wifi.nullmodesleep(false), wifi.setmaxtxpower(40), wifi.getchannel())',
    ),
    ['3\t1\t1\t2\t0\ttrue\tfalse\t40\t1'],
  );
});

t.test('suspending is not in the default build', async (t) => {
  t.match(new Esp().lua('print(pcall(wifi.suspend))'), [
    '',
    / The option "PMSLEEP_ENABLE"/,
    /wifi\.suspend is unavailable/,
  ]);
});

t.test('sleeptype looks at numbers only', async (t) => {
  t.same(new Esp().lua('print(wifi.sleeptype("1"), wifi.sleeptype({}), wifi.sleeptype(print), wifi.sleeptype())'), [
    '1\t1\t1\t1',
  ]);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['wifi.setmode(4)', "bad argument #1 to 'setmode' (Invalid mode)"],
    ['wifi.setmode(1, 1)', "bad argument #2 to 'setmode' (boolean expected, got number)"],
    ['wifi.setphymode(4)', 'wrong arg type'],
    ['wifi.setmaxtxpower(83)', "bad argument #1 to 'setmaxtxpower' (tx power out of range (0->82))"],
    ['wifi.sleeptype(3)', "bad argument #1 to 'sleeptype' (range:0-2)"],
  ]);
});
