import t from 'tap';
import { I2cBus } from '../../runtime/hardware/i2c-bus.ts';
import type { I2cTarget, Level } from '../../runtime/hardware/wire.ts';

const SDA = 1;
const SCL = 2;

/** A target that writes down what happens to it. */
class Recorder implements I2cTarget {
  readonly address = 0x21;
  readonly log: string[] = [];
  refuse = false;
  next = 0xa5;

  begin(reading: boolean): boolean {
    this.log.push(reading ? 'read' : 'write');
    return true;
  }
  write(byte: number): boolean {
    this.log.push(`<${byte}`);
    return !this.refuse;
  }
  read(): number {
    this.log.push(`>${this.next}`);
    return this.next++;
  }
  end(): void {
    this.log.push('end');
  }
}

/** A master that moves the lines by the book. */
class Master {
  readonly bus = new I2cBus(SDA, SCL);
  readonly target = new Recorder();

  constructor() {
    this.bus.join(this.target);
  }
  start(): void {
    this.bus.driven(SDA, 1);
    this.bus.driven(SCL, 1);
    this.bus.driven(SDA, 0);
    this.bus.driven(SCL, 0);
  }
  stop(): void {
    this.bus.driven(SDA, 0);
    this.bus.driven(SCL, 1);
    this.bus.driven(SDA, 1);
  }
  bit(level: Level): Level {
    this.bus.driven(SDA, level);
    this.bus.driven(SCL, 1);
    const line = this.bus.level(SDA);
    this.bus.driven(SCL, 0);
    return level === 0 ? 0 : line;
  }
  write(byte: number): boolean {
    for (let i = 7; i >= 0; i--) this.bit(((byte >> i) & 1) as Level);
    return this.bit(1) === 0;
  }
  read(acknowledge: boolean): number {
    let byte = 0;
    for (let i = 0; i < 8; i++) byte = (byte << 1) | this.bit(1);
    this.bit(acknowledge ? 0 : 1);
    return byte;
  }
}

t.test('a target takes the bytes after its address', async (t) => {
  const master = new Master();
  master.start();
  t.ok(master.write(0x42));
  t.ok(master.write(0x10));
  t.ok(master.write(0xff));
  master.stop();
  t.same(master.target.log, ['write', '<16', '<255', 'end']);
});

t.test('nobody acknowledges an address without a target', async (t) => {
  const master = new Master();
  master.start();
  t.notOk(master.write(0x44));
  t.notOk(master.write(0x10));
  master.stop();
  t.same(master.target.log, []);
});

t.test('a target may refuse a byte and hears no more until the next START', async (t) => {
  const master = new Master();
  master.start();
  master.write(0x42);
  master.target.refuse = true;
  t.notOk(master.write(1));
  t.notOk(master.write(2));
  t.same(master.target.log, ['write', '<1']);
});

t.test('bytes are sent as long as the master acknowledges', async (t) => {
  const master = new Master();
  master.start();
  t.ok(master.write(0x43));
  t.equal(master.read(true), 0xa5);
  t.equal(master.read(false), 0xa6);
  t.equal(master.read(false), 0xff, 'the line is free');
  master.stop();
  t.same(master.target.log, ['read', '>165', '>166', 'end']);
});

t.test('a repeated START turns from writing to reading', async (t) => {
  const master = new Master();
  master.start();
  master.write(0x42);
  master.write(7);
  master.start();
  master.write(0x43);
  t.equal(master.read(false), 0xa5);
  master.stop();
  t.same(master.target.log, ['write', '<7', 'end', 'read', '>165', 'end']);
});

t.test('clock pulses without a START mean nothing', async (t) => {
  const master = new Master();
  for (let i = 0; i < 28; i++) master.bit(1);
  t.same(master.target.log, []);
});
