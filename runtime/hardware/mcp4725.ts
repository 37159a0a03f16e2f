/** MCP4725: a 12-bit digital to analogue converter behind I2C, with a value it keeps without power (Microchip DS22039). */
import type { I2cOptions } from './i2c-registers.ts';
import type { Board, I2cPins, I2cTarget, Part } from './wire.ts';

const READY = 0x80;
const POWERED = 0x40;
const WRITE_DAC = 2;
const WRITE_EEPROM = 3;

export class Mcp4725 implements I2cTarget, Part {
  readonly kind = 'mcp4725';
  readonly address: number;
  /** 0 … 4095. */
  value = 0;
  /** Resistor to ground instead of an output: 0 none, 1 kOhm, 100 kOhm, 500 kOhm. */
  powerDown = 0;
  keptValue = 0;
  keptPowerDown = 0;
  readonly #pins: I2cPins | undefined;
  #written: number[] = [];
  #sent = 0;

  constructor(options: I2cOptions = {}) {
    this.address = options.address ?? 0x60;
    this.#pins = options.pins;
  }

  attach(board: Board): void {
    board.joinI2c(this, this.#pins);
  }

  begin(): boolean {
    this.#written = [];
    this.#sent = 0;
    return true;
  }

  write(byte: number): boolean {
    this.#written.push(byte);
    const [command = 0, high, low] = this.#written;
    if (high === undefined || low === undefined) return true;
    this.#written = [];
    const kind = command >> 5;
    if (kind !== WRITE_DAC && kind !== WRITE_EEPROM) return true;
    this.value = (high << 4) | (low >> 4);
    this.powerDown = (command >> 1) & 3;
    if (kind === WRITE_EEPROM) [this.keptValue, this.keptPowerDown] = [this.value, this.powerDown];
    return true;
  }

  read(): number {
    const answer = [
      READY | POWERED | (this.powerDown << 1),
      this.value >> 4,
      (this.value << 4) & 0xff,
      (this.keptPowerDown << 5) | (this.keptValue >> 8),
      this.keptValue & 0xff,
    ];
    return answer[this.#sent++ % answer.length] ?? 0;
  }

  look(): string {
    return this.powerDown === 0 ? `${this.value} of 4095` : 'off';
  }
}
