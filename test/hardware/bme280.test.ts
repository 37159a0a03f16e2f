import t from 'tap';
import { Bme280 } from '../../runtime/hardware/bme280.ts';

function write(part: Bme280, register: number, ...values: number[]): void {
  part.begin(false);
  for (const byte of [register, ...values]) part.write(byte);
}
function read(part: Bme280, register: number, count: number): number[] {
  write(part, register);
  part.begin(true);
  return Array.from({ length: count }, () => part.read());
}

t.test('it says what it is', async (t) => {
  t.same(read(new Bme280(), 0xd0, 1), [0x60]);
  t.equal(new Bme280().address, 0x76);
});

t.test('before a measurement the data are those of a skipped one', async (t) => {
  t.same(read(new Bme280(), 0xf7, 8), [0x80, 0, 0, 0x80, 0, 0, 0x80, 0]);
});

t.test('a forced measurement gives what the world has set, and ends in sleep', async (t) => {
  const part = new Bme280({ temperature: 25.08, pressure: 1006.53 });
  write(part, 0xf2, 1);
  write(part, 0xf4, 0x25);
  const [p1 = 0, p2 = 0, p3 = 0, t1 = 0, t2 = 0, t3 = 0] = read(part, 0xf7, 6);
  const temperature = (t1 << 12) | (t2 << 4) | (t3 >> 4);
  t.ok(Math.abs(temperature - 519888) < 20, `the example of the BMP280 data sheet, 3.12: ${temperature}`);
  const pressure = (p1 << 12) | (p2 << 4) | (p3 >> 4);
  t.ok(Math.abs(pressure - 415148) < 1500, `${pressure}`);
  t.same(read(part, 0xf4, 1), [0x24]);
  part.temperature = 30;
  t.same(read(part, 0xfa, 3), [t1, t2, t3], 'it sleeps');
});

t.test('in normal mode every read sees the present', async (t) => {
  const part = new Bme280({ temperature: 20 });
  write(part, 0xf4, 0x27);
  const cold = read(part, 0xfa, 3);
  part.temperature = 30;
  t.not(read(part, 0xfa, 3).join(), cold.join());
});

t.test('a soft reset forgets the settings', async (t) => {
  const part = new Bme280();
  write(part, 0xf4, 0x27);
  write(part, 0xe0, 0xb6);
  t.same(read(part, 0xf4, 1), [0]);
  write(part, 0xd0, 1);
  t.same(read(part, 0xd0, 1), [0x60], 'what is read-only stays');
});
