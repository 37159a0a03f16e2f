/** A device on the I2C bus as the firmware's sensor modules talk to it: registers, pauses, no look at acknowledgements. */
import { us } from '../../runtime/core/index.ts';
import type { Device } from '../../runtime/device/index.ts';
import type { LuaCall } from '../../runtime/vm/index.ts';
import { I2cMaster } from './i2c-master.ts';
import { type Dated, type LuaEntry, type LuaResult, raw, until } from './lua.ts';

export class I2cDevice {
  readonly bus: I2cMaster;
  address: number;
  readonly #device: Device;

  constructor(device: Device, address: number) {
    this.#device = device;
    this.bus = I2cMaster.of(device);
    this.address = address;
  }

  write(...bytes: readonly number[]): void {
    this.select(...bytes);
    this.bus.stop();
  }

  /** The same without STOP, for a repeated START. */
  select(...bytes: readonly number[]): void {
    this.bus.start();
    this.bus.address(this.address, false);
    for (const byte of bytes) this.bus.write(byte & 0xff);
  }

  /** A pause follows the address where the device needs it. */
  read(count: number, pauseUs = 0): Uint8Array {
    this.bus.start();
    this.bus.address(this.address, true);
    if (pauseUs > 0) this.pause(pauseUs);
    const bytes = Uint8Array.from({ length: count }, (_, i) => this.bus.read(i < count - 1));
    this.bus.stop();
    return bytes;
  }

  /** Bytes from a register on. */
  registers(register: number, count: number): Uint8Array {
    this.write(register);
    return this.read(count);
  }

  register(register: number): number {
    return this.registers(register, 1)[0] ?? 0;
  }

  pause(microseconds: number): void {
    this.#device.cpu.spend(us(microseconds));
  }
}

/** Most significant byte first. */
export const unsigned16 = (bytes: Uint8Array, at = 0): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
export const signed16 = (bytes: Uint8Array, at = 0): number => (unsigned16(bytes, at) << 16) >> 16;
/** Least significant byte first. */
export const signed16le = (bytes: Uint8Array, at = 0): number =>
  (((bytes[at + 1] ?? 0) << 24) | ((bytes[at] ?? 0) << 16)) >> 16;

/** `init(sda, scl)` of release 1.5: brings the bus up, and then does what `setup` does since. */
export const oldInit = (bus: I2cMaster, setup: (call: LuaCall) => LuaResult): Dated<LuaEntry> =>
  until(
    '1.5',
    2018,
    raw((call) => {
      if (!call.isNumber(1) || !call.isNumber(2)) call.error('wrong arg range');
      const [sda, scl] = [call.checkInteger(1), call.checkInteger(2)];
      if (scl === 0 || sda === 0) call.error('no i2c for D0');
      bus.setup(sda, scl);
      return setup(call);
    }),
  );
