/**
 * The targets' side of one I2C bus, bit by bit: START, address, bytes, acknowledge, STOP as seen on the two lines, so that
 * the firmware's driver and scripts that move the pins themselves are understood alike (NXP UM10204).
 * No clock stretching, no 10-bit addresses, no arbitration.
 */
import type { I2cTarget, Level, PinWire } from './wire.ts';

type Phase = 'idle' | 'address' | 'receive' | 'send';

export class I2cBus implements PinWire {
  readonly sda: number;
  readonly scl: number;
  readonly #targets: I2cTarget[] = [];
  #masterSda: Level = 1;
  #scl: Level = 1;
  /** What the targets do to SDA. */
  #out: Level = 1;
  #phase: Phase = 'idle';
  /** Clock pulses of the current byte; the ninth carries the acknowledgement. */
  #pulses = 0;
  #shift = 0;
  #acknowledged = false;
  #reading = false;
  #target: I2cTarget | undefined;

  constructor(sda: number, scl: number) {
    this.sda = sda;
    this.scl = scl;
  }

  join(target: I2cTarget): void {
    this.#targets.push(target);
  }

  level(pin: number): Level {
    return pin === this.sda ? this.#out : 1;
  }

  driven(pin: number, level: Level): void {
    if (pin === this.scl) {
      this.#scl = level;
      if (this.#phase === 'idle') return;
      if (level === 1) this.#rise();
      else this.#fall();
    } else {
      this.#masterSda = level;
      if (this.#scl === 0 || this.#out === 0) return;
      if (level === 0) this.#start();
      else this.#stop();
    }
  }

  #start(): void {
    this.#stop();
    this.#phase = 'address';
    this.#pulses = 0;
    this.#shift = 0;
  }

  #stop(): void {
    this.#phase = 'idle';
    this.#out = 1;
    const target = this.#target;
    this.#target = undefined;
    target?.end?.();
  }

  #rise(): void {
    this.#pulses++;
    if (this.#phase === 'send') {
      if (this.#pulses === 9) this.#acknowledged = this.#masterSda === 0;
    } else if (this.#pulses <= 8) {
      this.#shift = (this.#shift << 1) | this.#masterSda;
    }
  }

  #fall(): void {
    if (this.#pulses === 9) {
      this.#next();
    } else if (this.#phase === 'send') {
      this.#out = this.#pulses === 8 ? 1 : this.#bit(this.#pulses);
    } else if (this.#pulses === 8) {
      this.#acknowledged = this.#byte(this.#shift);
      this.#out = this.#acknowledged ? 0 : 1;
    }
  }

  /** A whole byte has arrived; returns whether anyone acknowledges it. */
  #byte(byte: number): boolean {
    if (this.#phase === 'receive') return this.#target?.write(byte) ?? false;
    this.#reading = (byte & 1) === 1;
    this.#target = this.#targets.find((target) => target.address === byte >> 1);
    if (this.#target === undefined) return false;
    return this.#target.begin?.(this.#reading) ?? true;
  }

  /** After the acknowledgement. */
  #next(): void {
    this.#pulses = 0;
    this.#shift = 0;
    this.#out = 1;
    if (!this.#acknowledged) {
      this.#phase = 'idle';
      return;
    }
    if (this.#phase === 'address') this.#phase = this.#reading ? 'send' : 'receive';
    if (this.#phase !== 'send') return;
    this.#shift = this.#target?.read() ?? 0xff;
    this.#out = this.#bit(0);
  }

  #bit(n: number): Level {
    return ((this.#shift >> (7 - n)) & 1) as Level;
  }
}
