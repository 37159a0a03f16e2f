/**
 * The firmware's I2C driver: two pins moved by the CPU, 5 us and more per step. The default build has the old one, with a
 * single bus of about 50 kHz whatever speed is asked for. Firmware: app/driver/i2c_master.c
 */
import { us } from '../../runtime/core/index.ts';
import { type Device, type Level, PIN_MODE } from '../../runtime/device/index.ts';
import { LuaAbort } from '../../runtime/vm/index.ts';

/** What setup answers. */
const SPEED = 100_000;
const STEP_US = 5;
/** GPIO2 and GPIO15. */
const UNSET = { sda: 4, scl: 8 } as const;

export class I2cMaster {
  readonly #device: Device;
  #sda: number = UNSET.sda;
  #scl: number = UNSET.scl;
  #lastSda: Level = 0;
  #lastScl: Level = 0;

  constructor(device: Device) {
    this.#device = device;
  }

  /** The one of this boot. */
  static of(device: Device): I2cMaster {
    const shared = (device.shared.get('i2c') as I2cMaster | undefined) ?? new I2cMaster(device);
    device.shared.set('i2c', shared);
    return shared;
  }

  setup(sda: number, scl: number): number {
    const { gpio, hardware } = this.#device;
    this.#sda = sda;
    this.#scl = scl;
    hardware.openI2c({ sda, scl });
    for (const pin of [sda, scl]) {
      gpio.write(pin, 1);
      gpio.setMode(pin, PIN_MODE.OPEN_DRAIN);
    }
    this.#step(1, 0);
    this.#step(0, 0);
    this.#step(1, 0);
    for (let i = 0; i < 28; i++) {
      this.#step(1, 0);
      this.#step(1, 1);
    }
    this.stop();
    return SPEED;
  }

  start(): void {
    this.#step(1, this.#lastScl);
    this.#step(1, 1);
    this.#step(0, 1);
  }

  stop(): void {
    this.#wait(STEP_US);
    this.#step(0, this.#lastScl);
    this.#step(0, 1);
    this.#step(1, 1);
  }

  /** Whether the address was acknowledged. */
  address(address: number, reading: boolean): boolean {
    return this.write(((address << 1) | (reading ? 1 : 0)) & 0xff);
  }

  /** Whether the byte was acknowledged. */
  write(byte: number): boolean {
    this.#wait(STEP_US);
    this.#step(this.#lastSda, 0);
    for (let i = 7; i >= 0; i--) {
      const bit = ((byte >> i) & 1) as Level;
      this.#step(bit, 0);
      this.#step(bit, 1);
      if (i === 0) this.#wait(3);
      this.#step(bit, 0);
    }
    this.#step(this.#lastSda, 0);
    this.#step(1, 0);
    this.#step(1, 1);
    const bit = this.#device.gpio.read(this.#sda);
    this.#wait(STEP_US);
    this.#step(1, 0);
    return bit === 0;
  }

  read(acknowledge: boolean): number {
    const answer: Level = acknowledge ? 0 : 1;
    let byte = 0;
    this.#wait(STEP_US);
    this.#step(this.#lastSda, 0);
    for (let i = 0; i < 8; i++) {
      this.#wait(STEP_US);
      this.#step(1, 0);
      this.#step(1, 1);
      byte = (byte << 1) | this.#device.gpio.read(this.#sda);
      this.#wait(i === 7 ? STEP_US + 3 : STEP_US);
    }
    this.#step(1, 0);
    this.#step(answer, 0);
    this.#step(answer, 1);
    this.#wait(3);
    this.#step(answer, 0);
    this.#step(1, 0);
    return byte;
  }

  #step(sda: Level, scl: Level): void {
    this.#lastSda = sda;
    this.#lastScl = scl;
    // Both lines change at once; this order shows targets neither a START nor a STOP that is not meant.
    if (scl === 0) this.#drive(this.#scl, 0);
    this.#drive(this.#sda, sda);
    if (scl === 1) {
      this.#drive(this.#scl, 1);
      if (this.#device.gpio.read(this.#scl) === 0) throw new LuaAbort('watchdog', 'i2c: SCL is held low');
    }
    this.#wait(STEP_US);
  }

  #drive(pin: number, level: Level): void {
    this.#device.gpio.write(pin, level);
  }

  #wait(time: number): void {
    this.#device.cpu.spend(us(time));
  }
}
