/** AM2320: temperature and humidity by Modbus frames over I2C (Aosong AM2320 data sheet). It never sleeps here. */
import { Climate, type ClimateOptions } from './climate.ts';

const READ = 0x03;
/** Model, version and a 32-bit number, from register 8 on. */
const IDENTITY = [0x09, 0x20, 0x01, 0x00, 0x00, 0x12, 0x34] as const;
const IDENTITY_AT = 8;

export class Am2320 extends Climate {
  readonly kind = 'am2320';
  #request: number[] = [];
  #answer: readonly number[] = [];
  #sent = 0;

  constructor(options: ClimateOptions = {}) {
    super(0x5c, options);
  }

  begin(reading: boolean): boolean {
    if (reading) {
      const [code = 0, at = 0, count = 0] = this.#request;
      this.#answer = code === READ ? this.#frame(at, count) : [];
      this.#sent = 0;
    } else this.#request = [];
    return true;
  }

  write(byte: number): boolean {
    this.#request.push(byte);
    return true;
  }

  read(): number {
    return this.#answer[this.#sent++] ?? 0xff;
  }

  #frame(at: number, count: number): number[] {
    const humidity = Math.round(this.humidity * 10);
    const tenths = Math.round(Math.abs(this.temperature) * 10) | (this.temperature < 0 ? 0x8000 : 0);
    const registers = new Uint8Array(32);
    registers.set([humidity >> 8, humidity & 0xff, tenths >> 8, tenths & 0xff]);
    registers.set(IDENTITY, IDENTITY_AT);
    const body = [READ, count, ...registers.subarray(at, at + count)];
    const sum = body.reduce(crc16, 0xffff);
    return [...body, sum & 0xff, sum >> 8];
  }
}

function crc16(crc: number, byte: number): number {
  let sum = crc ^ byte;
  for (let i = 0; i < 8; i++) sum = sum & 1 ? (sum >> 1) ^ 0xa001 : sum >> 1;
  return sum;
}
