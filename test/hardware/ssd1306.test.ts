import { inflateSync } from 'node:zlib';
import t from 'tap';
import { Ssd1306 } from '../../runtime/hardware/ssd1306.ts';

function commands(part: Ssd1306, ...bytes: number[]): void {
  part.begin();
  part.write(0x00);
  for (const byte of bytes) part.write(byte);
}
function data(part: Ssd1306, ...bytes: number[]): void {
  part.begin();
  part.write(0x40);
  for (const byte of bytes) part.write(byte);
}

/** As drivers do: both directions remapped, the picture is upright. */
function upright(): Ssd1306 {
  const part = new Ssd1306();
  commands(part, 0xa1, 0xc8, 0xaf);
  return part;
}

t.test('page mode fills one page and wraps in it', async (t) => {
  const part = upright();
  commands(part, 0xb2, 0x0f, 0x17);
  data(part, 1, 2);
  t.equal(part.memory[2 * 128 + 127], 1);
  t.equal(part.memory[2 * 128], 2);
});

t.test('horizontal mode goes on in the next page of its window', async (t) => {
  const part = upright();
  commands(part, 0x20, 0, 0x21, 10, 11, 0x22, 1, 2);
  data(part, 1, 2, 3, 4, 5);
  t.same([part.memory[138], part.memory[139], part.memory[266], part.memory[267]], [5, 2, 3, 4]);
});

t.test('vertical mode goes down first', async (t) => {
  const part = upright();
  commands(part, 0x20, 1, 0x21, 0, 1, 0x22, 0, 1);
  data(part, 1, 2, 3);
  t.same([part.memory[0], part.memory[128], part.memory[1]], [1, 2, 3]);
});

t.test('a control byte may announce a single byte', async (t) => {
  const part = new Ssd1306();
  part.begin();
  for (const byte of [0x80, 0xaf, 0x80, 0xa7, 0x40, 0xff]) part.write(byte);
  t.ok(part.on);
  t.ok(part.inverted);
  t.equal(part.memory[0], 0xff);
});

t.test('pixels as one sees them', async (t) => {
  const part = upright();
  commands(part, 0xb0, 0x00, 0x10);
  data(part, 0x02);
  t.ok(part.pixel(0, 1));
  t.notOk(part.pixel(0, 0));
  commands(part, 0xa7);
  t.notOk(part.pixel(0, 1), 'inverted');
  commands(part, 0xa6, 0xa0, 0xc0);
  t.ok(part.pixel(127, 62), 'not remapped');
  commands(part, 0xa5);
  t.ok(part.pixel(5, 5), 'all on');
  commands(part, 0xae);
  t.notOk(part.pixel(5, 5), 'off');
  t.equal(part.read(), 0x40);
});

t.test('the picture is a PNG', async (t) => {
  const part = upright();
  commands(part, 0xb0, 0x00, 0x10);
  data(part, 0x01);
  const file = Buffer.from(part.png());
  t.equal(file.toString('latin1', 1, 4), 'PNG');
  t.same([file.readUInt32BE(16), file.readUInt32BE(20)], [128, 64]);
  const length = file.readUInt32BE(33);
  const rows = inflateSync(file.subarray(41, 41 + length));
  t.equal(rows.length, 129 * 64);
  t.same([rows[1], rows[2], rows[130]], [255, 0, 0]);
});

t.test('the look is text', async (t) => {
  const part = upright();
  commands(part, 0xb0, 0x00, 0x10);
  data(part, 0x01, 0x02, 0x03);
  t.equal(part.look(), 'on\n▀▄█');
});
