/** SI7021, HTU21D, SHT21: humidity and temperature by commands over I2C (Silicon Labs Si7021-A20). */
import { Climate, type ClimateOptions } from './climate.ts';

const USER_DEFAULT = 0x3a;
const FIRMWARE_2_0 = 0x20;
/** The type is in the fifth byte: Si7021. */
const SERIAL = [0x01, 0x23, 0x45, 0x67, 0x15, 0xff, 0xff, 0xff] as const;

export class Si7021 extends Climate {
  readonly kind = 'si7021';
  user = USER_DEFAULT;
  heater = 0;
  #command: number[] = [];
  #answer: readonly number[] = [];
  #sent = 0;

  constructor(options: ClimateOptions = {}) {
    super(0x40, options);
  }

  begin(reading: boolean): boolean {
    if (reading) {
      this.#answer = this.#answerTo(((this.#command[0] ?? 0) << 8) | (this.#command[1] ?? 0));
      this.#sent = 0;
    } else this.#command = [];
    return true;
  }

  write(byte: number): boolean {
    this.#command.push(byte);
    const [code, value] = this.#command;
    if (code === 0xfe) {
      this.user = USER_DEFAULT;
      this.heater = 0;
    } else if (code === 0xe6 && value !== undefined) this.user = value;
    else if (code === 0x51 && value !== undefined) this.heater = value & 0x0f;
    return true;
  }

  read(): number {
    return this.#answer[this.#sent++] ?? 0xff;
  }

  #answerTo(command: number): readonly number[] {
    const word = (value: number): number[] => {
      const raw = Math.max(0, Math.min(0xfffc, Math.round(value))) & 0xfffc;
      const bytes = [raw >> 8, raw & 0xff];
      return [...bytes, bytes.reduce(crc8, 0)];
    };
    switch (command >> 8) {
      case 0xe5:
      case 0xf5:
        return word(((this.humidity + 6) * 65536) / 125);
      case 0xe3:
      case 0xf3:
      case 0xe0:
        return word(((this.temperature + 46.85) * 65536) / 175.72);
      case 0xe7:
        return [this.user];
      case 0x11:
        return [this.heater];
      case 0x84:
        return [FIRMWARE_2_0];
      case 0xfa:
        return summed(SERIAL.slice(0, 4), 1);
      case 0xfc:
        return summed(SERIAL.slice(4), 2);
      default:
        return [];
    }
  }
}

/** Each group of bytes followed by the sum of all so far. */
function summed(bytes: readonly number[], group: number): number[] {
  let sum = 0;
  return bytes.flatMap((byte, i) => {
    sum = crc8(sum, byte);
    return i % group === group - 1 ? [byte, sum] : [byte];
  });
}

function crc8(crc: number, byte: number): number {
  let sum = crc ^ byte;
  for (let i = 0; i < 8; i++) sum = (sum & 0x80 ? (sum << 1) ^ 0x31 : sum << 1) & 0xff;
  return sum;
}
