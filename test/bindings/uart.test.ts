import t from 'tap';
import { fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('write sends raw bytes and numbers', async (t) => {
  const esp = new Esp();
  const second: string[] = [];
  esp.device.events.on('uart', (port, bytes) => {
    if (port === 1) second.push(toLatin1(bytes));
  });
  esp.take();
  const loaded = esp.device.lua.load('uart.write(0, "a\\nb\\r", 65, 0, 255) uart.write(1, "x")', '=t');
  if (loaded.ok) esp.device.cpu.run(() => esp.device.lua.pcallx(loaded.chunk));
  t.equal(esp.take(), 'a\nb\rA\0\xff');
  t.same(second, ['x']);
});

t.test('setup answers what was asked for, getconfig what holds', async (t) => {
  const esp = new Esp();
  t.same(esp.lua('print(uart.getconfig(0)) print(uart.setup(1, 12345, 9, 1, 2)) print(uart.getconfig(1))'), [
    '115200\t8\t0\t1',
    '12345',
    '9600\t8\t1\t2',
  ]);
});

t.test('the echo can be switched', async (t) => {
  const esp = new Esp();
  esp.lua('uart.setup(0, 115200, 8, 0, 1, 0)');
  t.equal(esp.type('=1+1\r'), '2\r\n> ');
});

t.test('with the interpreter off, data come by count, by byte or up to a character', async (t) => {
  const esp = new Esp();
  esp.lua('uart.on("data", 3, function(d) print(d) end, 0)');
  t.equal(esp.type('abcde'), 'abc\r\n');
  esp.lua('uart.on("data", "\\r", function(d) print(#d) end, 0)');
  t.equal(esp.type('xy\r'), '5\r\n', 'what was collected stays');
  esp.lua('uart.on("data", 0, function(d) print(d:byte()) end, 0)');
  t.equal(esp.type('ab'), '97\r\n98\r\n');
  esp.lua('uart.on("data")');
  t.equal(esp.type('=1\r'), '=1\r\n1\r\n> ');
});

t.test('with the interpreter on, the callback sees the line before it runs', async (t) => {
  const esp = new Esp();
  esp.lua('uart.on("data", function(d) print("cb", d) end)');
  t.equal(esp.type('=1\r'), '=1\r\ncb\t=1\r\n1\r\n> ');
});

t.test('the callback is let go', async (t) => {
  const esp = new Esp();
  const base = esp.device.lua.refCount;
  esp.lua('uart.on("data", print)', 'uart.on("data", print)', 'uart.on("data")');
  esp.device.receive(fromLatin1(''));
  t.equal(esp.device.lua.refCount, base);
});

t.test('fifodepth is 0 and alt is accepted', async (t) => {
  t.same(new Esp().lua('print(uart.fifodepth(), uart.fifodepth(1, uart.DIR_TX)) uart.alt(1)'), ['0\t0']);
});

t.test('a NUL ends the name of the event', async (t) => {
  t.same(new Esp().lua('print(pcall(uart.on, "data\\0x"))'), ['true']);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['uart.write(2, "x")', 'uart 2 does not exist'],
    ['uart.setup(2, 1, 1, 1, 1)', 'uart 2 does not exist'],
    ['uart.getconfig(3)', 'uart 3 does not exist'],
    ['uart.write(0, 256)', 'invalid number'],
    ['uart.write(0, -1)', 'invalid number'],
    ['uart.write(0, nil)', "bad argument #2 to 'write' (string expected, got nil)"],
    ['uart.setup(0, 9600, 8, 0)', "bad argument #5 to 'setup' (number expected, got no value)"],
    ['uart.on("x")', "bad argument #1 to 'on' (method not supported)"],
    ['uart.on("data", 256, print)', "bad argument #2 to 'on' (wrong arg range)"],
    ['uart.on("data", -1, print)', "bad argument #2 to 'on' (wrong arg range)"],
    ['uart.on("data", "ab", print)', 'wrong arg range'],
    ['uart.fifodepth(2)', "bad argument #1 to 'fifodepth' (Bad UART id; must be 0 or 1)"],
    ['uart.fifodepth(0, 2)', "bad argument #2 to 'fifodepth' (Bad direction; must be DIR_RX or DIR_TX)"],
  ]);
});
