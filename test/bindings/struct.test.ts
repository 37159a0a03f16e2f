import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

const hex = 'local function h(s) return encoder.toHex(s) end ';

t.test('integers are little-endian unless told otherwise', async (t) => {
  t.same(new Esp().lua(`${hex} print(h(struct.pack("bBhHlLi3>HiI8", -1, 255, -2, 65534, 1, 2, 3, 258, 4, -1)))`), [
    'fffffefffeff010000000200000003000001020000000400000000ffffffff',
  ]);
});

t.test('floats, strings, padding and alignment', async (t) => {
  t.same(
    new Esp().lua(
      `${hex} print(h(struct.pack("fdxc3c0s", 1.5, -2, "abcd", "xy", "z")), h(struct.pack("!4b i", 1, 2)), h(struct.pack("!b>d", 1, 1)))`,
    ),
    ['0000c03f00000000000000c0006162637879' + '7a00\t0100000002000000\t01000000000000003ff0000000000000'],
  );
});

t.test('unpack gives the values and the next position', async (t) => {
  t.same(
    new Esp().lua(
      'print(struct.unpack("bBh", "\\255\\255\\254\\255")) print(struct.unpack("Bc0s", "\\2abhey\\0rest")) print(struct.unpack(">I4", "....\\255\\255\\255\\254", 5)) print(struct.unpack("<d", struct.pack("<d", 0.1)))',
    ),
    ['-1\t255\t-2\t5', 'ab\they\t8', '4294967294\t9', '0.1\t9'],
  );
});

t.test('size counts fixed formats', async (t) => {
  t.same(new Esp().lua('print(struct.size("bhi"), struct.size("!4bhi"), struct.size("c10x"))'), ['7\t8\t11']);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['struct.pack("y")', "bad argument #1 to 'pack' (invalid format option 'y')"],
    ['struct.pack("i33", 1)', 'integral size 33 is larger than limit of 32'],
    ['struct.pack("i99999999999", 1)', 'integral size overflow'],
    ['struct.pack("!3")', 'alignment 3 is not a power of 2'],
    ['struct.pack("c5", "abc")', "bad argument #3 to 'pack' (string too short)"],
    ['struct.pack("b")', "bad argument #2 to 'pack' (number expected, got nil)"],
    ['struct.pack("si1", "a")', "bad argument #3 to 'pack' (number expected, got nil)"],
    ['struct.pack("s")', "bad argument #2 to 'pack' (string expected, got nil)"],
    ['struct.unpack("i", "abc")', "bad argument #2 to 'unpack' (data string too short)"],
    ['struct.unpack("c0", "abc")', "format `c0' needs a previous size"],
    ['struct.unpack("s", "abc")', 'unfinished string in data'],
    ['struct.size("s")', "bad argument #1 to 'size' (option 's' has no fixed size)"],
    ['struct.size("c0")', "bad argument #1 to 'size' (option 'c0' has no fixed size)"],
  ]);
});

t.test('struct.size passes over letters that are no option, as b_size does', async (t) => {
  t.same(new Esp().lua('print(struct.size("<I4ql"))'), ['8']);
});

t.test('an integer of no bytes is packed into nothing and unpacked as 0', async (t) => {
  t.same(new Esp().lua('print(#struct.pack("i0", 7), struct.unpack("i0I0b", "a"))'), ['0\t0\t0\t97\t2']);
});

t.test('unpack sees that the data ends before it looks at an option without a size', async (t) => {
  errorRows(t, [
    ['struct.unpack("y", "abc", 300)', "bad argument #2 to 'unpack' (data string too short)"],
    ['struct.unpack("y", "abc", 4)', "bad argument #1 to 'unpack' (invalid format option 'y')"],
  ]);
});
