import t from 'tap';
import type { SpiTarget } from '../../runtime/hardware/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

/** A target that answers each byte with its complement. */
class Complement implements SpiTarget {
  readonly select: number;
  readonly log: number[] = [];
  constructor(select: number) {
    this.select = select;
  }
  exchange(out: Uint8Array): Uint8Array {
    this.log.push(...out);
    return out.map((byte) => ~byte);
  }
}

function make(select = 8) {
  const esp = new Esp();
  const target = new Complement(select);
  esp.device.hardware.joinSpi(target);
  return { esp, target };
}

t.test('half duplex sends numbers, tables and strings', async (t) => {
  const { esp, target } = make();
  t.same(
    esp.lua(
      'print(spi.setup(1, spi.MASTER, spi.CPOL_LOW, spi.CPHA_LOW, 8, 8))',
      'print(spi.send(1, 1, {2, 3}, "\\4\\5", 0x106))',
    ),
    ['1', '6'],
  );
  t.same(target.log, [1, 2, 3, 4, 5, 6]);
});

t.test('full duplex returns what came in, each in the form it went out', async (t) => {
  const { esp } = make();
  t.same(
    esp.lua(
      'spi.setup(1, spi.MASTER, 0, 0, 8, 8, spi.FULLDUPLEX)',
      'local n, a, b, c = spi.send(1, 1, {2, 3}, "\\4") print(n, a, b[1], b[2], c:byte())',
      'print(spi.recv(1, 2):byte(1, 2)) print(spi.recv(1, 1, 0x0f):byte()) print(spi.recv(1, 0))',
    ),
    ['4\t254\t253\t252\t251', '0\t0', '240', ''],
  );
});

t.test('items may have other widths', async (t) => {
  const { esp, target } = make();
  esp.lua(
    'spi.setup(1, spi.MASTER, 0, 0, 16, 8) spi.send(1, 0x1234) spi.setup(1, spi.MASTER, 0, 0, 4, 8) spi.send(1, 5)',
  );
  t.same(target.log, [0x12, 0x34, 0x50]);
});

t.test('a transaction sends command, address and data, and reads after them', async (t) => {
  const { esp, target } = make();
  t.same(
    esp.lua(
      'spi.setup(1, spi.MASTER, 0, 0, 8, 8)',
      'spi.set_mosi(1, 0, 8, 0xaa, 0xbb) spi.transaction(1, 8, 0x03, 24, 0x010203, 16, 0, 0)',
      'spi.transaction(1, 8, 0x9f, 0, 0, 0, 8, 16) print(spi.get_miso(1, 0, 8, 2)) print(spi.get_miso(1, 2):byte(1, 2))',
      'spi.set_mosi(1, "\\1\\2") spi.transaction(1, 0, 0, 0, 0, 16, 0, -1) print(spi.get_miso(1, 0, 16, 1))',
    ),
    ['255\t255', '255\t255', `${0xfefd}`],
  );
  t.same(target.log, [3, 1, 2, 3, 0xaa, 0xbb, 0x9f, 0, 0, 0, 1, 2]);
});

t.test('a script that drives the select pin decides by itself', async (t) => {
  const { esp, target } = make();
  esp.lua(
    'spi.setup(1, spi.MASTER, 0, 0, 8, 8) gpio.mode(8, gpio.OUTPUT) gpio.write(8, 1) spi.send(1, 1)',
    'gpio.write(8, 0) spi.send(1, 2) gpio.write(8, 1)',
  );
  t.same(target.log, [2]);
});

t.test('another pin may select', async (t) => {
  const { esp, target } = make(1);
  t.same(
    esp.lua(
      'spi.setup(1, spi.MASTER, 0, 0, 8, 8, spi.FULLDUPLEX) print(spi.send(1, 1))',
      'gpio.mode(1, gpio.OUTPUT) gpio.write(1, 0) print(spi.send(1, 1))',
    ),
    ['1\t255', '1\t254'],
  );
  t.same(target.log, [1]);
});

t.test('the clock divider is remembered', async (t) => {
  const { esp } = make();
  t.same(esp.lua('spi.setup(1, 1, 0, 0, 8, 0) print(spi.set_clock_div(1, 4), spi.set_clock_div(1, 2))'), ['8\t4']);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['spi.setup(2, 1, 0, 0, 8, 8)', 'spi 2 does not exist'],
    ['spi.setup(-1, 1, 0, 0, 8, 8)', 'spi -1 does not exist'],
    ['spi.setup(1, 2, 0, 0, 8, 8)', 'wrong arg type'],
    ['spi.setup(1, 1, 2, 0, 8, 8)', 'wrong arg type'],
    ['spi.setup(1, 1, 0, 2, 8, 8)', 'wrong arg type'],
    ['spi.setup(1, 1, 0, 0, 33, 8)', 'out of range'],
    ['spi.setup(1, 1, 0, 0, 8, 8, 2)', 'out of range'],
    ['spi.setup(1, 1, 0, 0, 8)', "bad argument #6 to 'setup' (number expected, got no value)"],
    ['spi.send(2, 1)', 'spi 2 does not exist'],
    ['spi.send(1)', 'wrong arg type'],
    ['spi.send(1, {true})', "bad argument #-1 to 'send' (number expected, got boolean)"],
    ['spi.send(1, print)', "bad argument #2 to 'send' (string expected, got function)"],
    ['spi.recv(2, 1)', 'spi 2 does not exist'],
    ['spi.set_mosi(2, "")', 'spi 2 does not exist'],
    ['spi.set_mosi(1, 510, 8, 1)', 'data range exceeded > 512 bits'],
    ['spi.get_miso(1, 504, 8, 2)', 'out of range'],
    ['spi.transaction(2)', 'spi 2 does not exist'],
    ['spi.transaction(1)', "bad argument #2 to 'transaction' (number expected, got no value)"],
    ['spi.set_clock_div(2, 1)', 'spi 2 does not exist'],
  ]);
});

t.test('more bytes than memory holds are refused at once', async (t) => {
  t.same(
    new Esp().lua('spi.setup(1, spi.MASTER, spi.CPOL_LOW, spi.CPHA_LOW, 8, 8) print(pcall(spi.recv, 1, 0x7fffffff))'),
    ['false\tnot enough memory'],
  );
});
