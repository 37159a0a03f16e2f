import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('a buffer is filled, set, read and shown', async (t) => {
  const esp = new Esp();
  t.same(
    esp.lua(
      'local b = pixbuf.newBuffer(3, 3) print(b:size(), b:channels(), b:power())',
      'print(tostring(b:fill(1, 2, 3)))',
      'b:set(1, 9, 8, 7) b:set(2, {6, 5}) b:set(3, "\\4\\3\\2") print(tostring(b)) print(b:get(2))',
      'print(b:dump():byte(1, 3)) print(tostring(b:set(2, "\\1\\1\\1\\2\\2\\2")))',
    ),
    [
      '3\t3\t0',
      '[(1,2,3),(1,2,3),(1,2,3)]',
      '[(9,8,7),(6,5,0),(4,3,2)]',
      '6\t5\t0',
      '9\t8\t7',
      '[(9,8,7),(1,1,1),(2,2,2)]',
    ],
  );
});

t.test('buffers are compared, joined, cut, replaced, shifted and mapped', async (t) => {
  const esp = new Esp({ profile: { lua: '5.3' } });
  t.same(
    esp.lua(
      'local a = pixbuf.newBuffer(2, 1):set(1, 1):set(2, 2) local b = pixbuf.newBuffer(2, 1):set(1, 1):set(2, 2)',
      'print(a == b, a == pixbuf.newBuffer(2, 2)) local c = a .. b print(tostring(c))',
      'print(tostring(c:sub(2, 3)), tostring(c:sub(-1)), tostring(c:sub(3, 2)))',
      'c:replace("\\7\\8", 2) c:shift(1, pixbuf.SHIFT_CIRCULAR) print(tostring(c))',
      'print(tostring(a:map(function(x, y) return x * 10 + y end, a, 1, 2, b)))',
      'print(tostring(pixbuf.newBuffer(2, 1):mix(128, a, 256, b)))',
    ),
    ['true\tfalse', '[(1),(2),(1),(2)]', '[(2),(1)]\t[(2)]\t[]', '[(2),(1),(7),(8)]', '[(11),(22)]', '[(7),(13)]'],
  );
});

t.test('errors', async (t) => {
  const b = 'pixbuf.newBuffer(2, 3)';
  errorRows(t, [
    ['pixbuf.newBuffer(0, 3)', "bad argument #1 to 'newBuffer' (should be a positive integer)"],
    ['pixbuf.newBuffer(1, 0)', "bad argument #2 to 'newBuffer' (should be a positive integer)"],
    ['pixbuf.newBuffer(8193, 3)', 'pixbuf size limits exeeded'],
    ['pixbuf.newBuffer(1, 33)', 'pixbuf size limits exeeded'],
    [`${b}:fade(0)`, "bad argument #1 to 'fade' (fade value should be a strictly positive int)"],
    [`${b}:fadeI(-1)`, "bad argument #1 to 'fadeI' (fade value should be a strictly positive int)"],
    [`${b}:fill(1)`, "calling 'fill' on bad self (need as many values as colors per pixel)"],
    [`${b}:get(3)`, "bad argument #1 to 'get' (index out of range)"],
    [`${b}:set(0, 1)`, "bad argument #1 to 'set' (index out of range)"],
    [`${b}:set(2, "123456")`, 'string size will exceed strip length'],
    [`${b}:set(1, "1234")`, 'string does not contain whole LEDs'],
    [`${b}:set(1, 1, 2, 3, 4)`, "bad argument #4 to 'set' (extra values given)"],
    [`${b}:set(1, 1)`, "bad argument #3 to 'set' (number expected, got no value)"],
    [`${b}:map(print, nil, 2, 2)`, "bad argument #2 to 'map' (Buffer limits out of order)"],
    [`pixbuf.newBuffer(3, 3):map(print, ${b})`, "calling 'map' on bad self (Output buffer wrong size)"],
    [`${b}:map(function() end)`, "bad argument #-2 to 'map' (number expected, got nil)"],
    [`${b}.map(${b}, function() end)`, "bad argument #-1 to 'map' (number expected, got nil)"],
    [`${b}:mix(256, pixbuf.newBuffer(2, 4))`, "bad argument #2 to 'mix' (buffer not same size or shape)"],
    [`${b}:mix4I5(256, ${b})`, "bad argument #1 to 'mix4I5' (Requires 4 channel pixbuf)"],
    [`${b}:replace("123456789")`, "bad argument #1 to 'replace' (does not fit into destination)"],
    [`${b}:replace(pixbuf.newBuffer(1, 4))`, "bad argument #1 to 'replace' (buffers have different channels)"],
    [`${b}:replace(1)`, "bad argument #1 to 'replace' (pixbuf.buf expected, got number)"],
    [`${b}:shift(1, 7)`, "bad argument #2 to 'shift' (invalid shift type)"],
    [`${b}:shift(1, 0, 2, 1)`, "bad argument #4 to 'shift' (end position must be >= start)"],
    [`${b}:shift(3)`, "bad argument #1 to 'shift' (shifting more elements than buffer size)"],
    [`${b}:shift(2, 0, 1, 1)`, "bad argument #1 to 'shift' (shifting more than sliced window)"],
  ]);
});

t.test(
  'Lua 5.1 looks for metamethods in sorted tables, which this one is not: == and .. are found by 5.3 only',
  async (t) => {
    const script = [
      'local a, b = pixbuf.newBuffer(2, 3), pixbuf.newBuffer(2, 3)',
      'print(a == b, getmetatable(a).__eq, pcall(function() return (a .. b):size() end)) print((tostring(a):gsub("%W", "")))',
    ];
    t.same(new Esp().lua(...script), [
      "false\tnil\tfalse\tt:2: attempt to concatenate upvalue '?' (a userdata value)",
      '0'.repeat(6),
    ]);
    const [first] = new Esp({ profile: { lua: '5.3' } }).lua(...script);
    t.match(first, /^true\tfunction: \S+\ttrue\t4$/);
    t.match(
      new Esp({ profile: { lua: '5.3' } }).error('pixbuf.newBuffer(2, 3) .. pixbuf.newBuffer(2, 4)'),
      /can only concatenate buffers with same channel count/,
    );
  },
);

t.test('fading in multiplies in 32 bits, and what map cannot call is named', async (t) => {
  t.same(
    new Esp().lua(
      'local a = pixbuf.newBuffer(2, 1):set(1, 1):set(2, 2) a:fade(2147483647, pixbuf.FADE_IN) print(a:dump():byte(1, -1))',
      'print(pcall(a.map, a, true)) print(pcall(a.map, a)) print(pcall(a.map, a, 5))',
    ),
    [
      '255\t254',
      'false\tattempt to call a boolean value',
      'false\tattempt to call a nil value',
      'false\tattempt to call a number value',
    ],
  );
});
