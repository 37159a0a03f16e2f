import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('samples come out in order, with their times and names', async (t) => {
  const esp = new Esp();
  const lines = esp.lua(
    'print(rtcfifo.ready()) rtcfifo.prepare() print(rtcfifo.ready(), rtcfifo.count())',
    'rtcfifo.put(1000, 215, 1, "temp") rtcfifo.put(1010, 65535 + 3, 0, "rh") rtcfifo.put(1521, 7, 9, "temperature")',
    'print(rtcfifo.count()) print(rtcfifo.peek(1)) print(rtcfifo.pop()) rtcfifo.drop(1)',
    'print(rtcfifo.pop()) print(rtcfifo.count(), rtcfifo.pop())',
  );
  t.same(lines, ['0', '1\t0', '3', '1010\t2\t0\trh', '1000\t215\t1\ttemp', '1521\t7\t1\ttemp', '0']);
});

t.test('a full store loses its oldest sample, a jump in time everything before', async (t) => {
  const esp = new Esp();
  esp.lua('rtcfifo.prepare{sensor_count = 2} for i = 1, 100 do rtcfifo.put(i, i, 0, "a") end');
  t.same(esp.lua('print(rtcfifo.count(), rtcfifo.peek())'), ['94\t7\t7\t0\ta']);
  t.same(esp.lua('rtcfifo.put(5000, 1, 0, "b") print(rtcfifo.count(), rtcfifo.peek())'), ['1\t5511\t1\t0\tb']);
});

t.test('the store lies in rtcmem and survives a restart', async (t) => {
  const esp = new Esp();
  esp.lua('rtcfifo.prepare() rtcfifo.put(1, 2, 3, "abcd") node.restart()');
  esp.run(1000);
  t.same(esp.lua('print(rtcfifo.peek()) print(rtcmem.read32(32) == 0x64636261)'), ['1\t2\t3\tabcd', 'true']);
});

t.test('every wrong call has its sentence', async (t) => {
  errorRows(t, [
    ['rtcfifo.prepare(1)', 'expected table as arg #1'],
    ['rtcfifo.put(1, 2, 3, "a")', 'rtcfifo not prepared!'],
    ['rtcfifo.pop()', 'rtcfifo not prepared!'],
    ['rtcfifo.dsleep_until_sample(1)', 'rtcfifo not prepared!'],
  ]);
});
