import t from 'tap';
import { VirtualClock } from '../../runtime/core/index.ts';
import { Hardware } from '../../runtime/hardware/hardware.ts';
import { I2cRegisters } from '../../runtime/hardware/i2c-registers.ts';
import type { Level } from '../../runtime/hardware/wire.ts';

function make(levels: Level[] = []) {
  const connected: number[] = [];
  const hardware = new Hardware(new VirtualClock(), {
    connect: (pin) => connected.push(pin),
    setExternal: () => {},
    read: (pin) => levels[pin] ?? 1,
  });
  return { hardware, connected };
}

t.test('a target without pins is on every bus the program opens', async (t) => {
  const { hardware, connected } = make();
  hardware.attach(new I2cRegisters({ address: 1 }));
  t.same(connected, []);
  hardware.openI2c({ sda: 1, scl: 2 });
  hardware.openI2c({ sda: 1, scl: 2 });
  t.same(connected, [1, 2], 'a bus is wired once');
});

t.test('a target with pins is there before', async (t) => {
  const { hardware, connected } = make();
  hardware.attach(new I2cRegisters({ address: 1, pins: { sda: 3, scl: 4 } }));
  t.same(connected, [3, 4]);
  t.equal(hardware.parts.length, 1);
});

t.test('SPI bytes go to the selected target', async (t) => {
  const levels: Level[] = [];
  const { hardware } = make(levels);
  hardware.joinSpi({ select: 8, exchange: (out) => out.map((byte) => byte + 1) });
  t.same([...hardware.exchangeSpi(Uint8Array.of(1, 2))], [255, 255]);
  levels[8] = 0;
  t.same([...hardware.exchangeSpi(Uint8Array.of(1, 2))], [2, 3]);
});
