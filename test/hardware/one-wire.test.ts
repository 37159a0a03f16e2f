import t from 'tap';
import { type Micros, us } from '../../runtime/core/index.ts';
import { crc8, OneWireDevice } from '../../runtime/hardware/one-wire.ts';

class Echo extends OneWireDevice {
  override readonly kind = 'echo';
  readonly heard: number[] = [];
  restarts = 0;
  protected override command(byte: number): void {
    this.heard.push(byte);
    this.send([byte ^ 0xff]);
  }
  protected override restart(): void {
    this.restarts++;
  }
}

/** A master that keeps the standard's times. */
class Master {
  now = 1000;
  readonly device: Echo;
  constructor(device: Echo) {
    this.device = device;
  }
  low(duration: number): void {
    this.device.driven(1, 0, us(this.now) as Micros);
    this.now += duration;
    this.device.driven(1, 1, us(this.now) as Micros);
  }
  line(after: number): number {
    return this.device.level(1, us(this.now + after));
  }
  reset(): boolean {
    this.low(480);
    const present = this.line(70) === 0;
    this.now += 480;
    return present;
  }
  write(byte: number): void {
    for (let i = 0; i < 8; i++) {
      this.low((byte >> i) & 1 ? 6 : 60);
      this.now += 70;
    }
  }
  bit(): number {
    this.low(6);
    const bit = this.line(9);
    this.now += 60;
    return bit;
  }
  read(): number {
    let byte = 0;
    for (let i = 0; i < 8; i++) byte |= this.bit() << i;
    return byte;
  }
}

const make = () => new Master(new Echo(1, 0x28, 0x0000_0102_0304));

t.test('the number carries its own check', async (t) => {
  t.equal(crc8([0x02, 0x1c, 0xb8, 0x01, 0, 0, 0]), 0xa2, 'the example of application note 27');
  t.equal(crc8(make().device.rom), 0);
});

t.test('a reset is answered by presence', async (t) => {
  const master = make();
  t.ok(master.reset());
  t.equal(master.device.restarts, 1);
  master.low(100);
  t.equal(master.line(70), 1, 'a short low is no reset');
});

t.test('before a reset nothing is heard', async (t) => {
  const master = make();
  master.write(0xcc);
  master.write(0x11);
  t.same(master.device.heard, []);
});

t.test('skip addresses everyone', async (t) => {
  const master = make();
  master.reset();
  master.write(0xcc);
  master.write(0x11);
  t.same(master.device.heard, [0x11]);
  t.equal(master.read(), 0xee);
  t.equal(master.read(), 0xff, 'then the line is free');
});

t.test('match addresses the one with that number', async (t) => {
  const master = make();
  master.reset();
  for (const byte of [0x55, ...master.device.rom, 0x12]) master.write(byte);
  master.reset();
  for (const byte of [0x55, ...master.device.rom.slice(0, 7), 0, 0x13]) master.write(byte);
  t.same(master.device.heard, [0x12]);
});

t.test('read ROM gives the number', async (t) => {
  const master = make();
  master.reset();
  master.write(0x33);
  t.same(
    Array.from({ length: 8 }, () => master.read()),
    master.device.rom,
  );
});

t.test('a search shows each bit and its complement, and drops those that are not followed', async (t) => {
  const master = make();
  master.reset();
  master.write(0xf0);
  t.same([master.bit(), master.bit()], [0, 1], 'the first bit of 0x28');
  master.low(60);
  master.now += 10;
  t.same([master.bit(), master.bit()], [0, 1]);
  master.low(6);
  master.now += 60;
  t.same([master.bit(), master.bit()], [1, 1], 'asleep after the wrong direction');
});

t.test('an alarm search passes those without alarm', async (t) => {
  const master = make();
  master.reset();
  master.write(0xec);
  t.same([master.bit(), master.bit()], [1, 1]);
});
