/**
 * One device on a 1-Wire bus, slot by slot: reset and presence, the ROM commands with search, then bytes of the device's
 * own commands (Maxim application notes 126 and 187). Several on a pin share the line, as wired AND.
 */
import { type Micros, us } from '../core/index.ts';
import type { Board, Level, Part, PinWire } from './wire.ts';

const RESET_US = 300;
/** A low longer than this writes a 0. */
const ZERO_US = 15;
const PRESENCE_AFTER_US = 20;
const PRESENCE_US = 150;
const HOLD_US = 30;

const ROM = { READ: 0x33, MATCH: 0x55, SKIP: 0xcc, SEARCH: 0xf0, ALARM_SEARCH: 0xec } as const;

/** What the device waits for. */
type State = 'asleep' | 'rom-command' | 'match' | 'search' | 'function';

/** Dallas CRC-8, x^8 + x^5 + x^4 + 1, least significant bit first. */
export function crc8(bytes: Iterable<number>): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >> 1) ^ 0x8c : crc >> 1;
  }
  return crc;
}

export abstract class OneWireDevice implements Part, PinWire {
  abstract readonly kind: string;
  readonly pin: number;
  /** Family code, six bytes of serial number, CRC. */
  readonly rom: readonly number[];
  #state: State = 'asleep';
  #lowSince: Micros | undefined;
  #holdFrom = 0;
  #holdUntil = 0;
  #shift = 0;
  #bits = 0;
  /** Bits waiting to be read by the master. */
  #sending: Level[] = [];

  constructor(pin: number, family: number, serial: number) {
    this.pin = pin;
    const bytes = [family];
    for (let i = 0; i < 6; i++) bytes.push(Math.floor(serial / 256 ** i) & 0xff);
    this.rom = [...bytes, crc8(bytes)];
  }

  attach(board: Board): void {
    board.connect(this.pin, this);
  }

  level(_pin: number, at: Micros): Level {
    return at >= this.#holdFrom && at < this.#holdUntil ? 0 : 1;
  }

  driven(_pin: number, level: Level, at: Micros): void {
    if (level === 0) {
      this.#lowSince = at;
      if (this.#state !== 'asleep' && this.#nextBit(at) === 0) this.#hold(at, HOLD_US);
    } else if (this.#lowSince !== undefined) {
      const low = at - this.#lowSince;
      this.#lowSince = undefined;
      if (low >= RESET_US) this.#reset(at);
      else this.#slot(low < ZERO_US ? 1 : 0, at);
    }
  }

  /** A byte of the device's own commands. */
  protected abstract command(byte: number, at: Micros): void;
  /** A reset: what was under way is forgotten. */
  protected abstract restart(): void;
  /** Whether it takes part in an alarm search. */
  protected alarmed(_at: Micros): boolean {
    return false;
  }
  /** What a read slot gives when nothing is to be sent: 0 while busy. */
  protected idleBit(_at: Micros): Level {
    return 1;
  }

  protected send(bytes: Iterable<number>): void {
    for (const byte of bytes) for (let i = 0; i < 8; i++) this.#sending.push(((byte >> i) & 1) as Level);
  }

  #hold(at: Micros, duration: number): void {
    this.#holdFrom = at;
    this.#holdUntil = us(at + duration);
  }

  #reset(at: Micros): void {
    this.#state = 'rom-command';
    this.#shift = 0;
    this.#bits = 0;
    this.#sending = [];
    this.restart();
    this.#hold(us(at + PRESENCE_AFTER_US), PRESENCE_US);
  }

  /** What this device puts on the line in the slot that begins now. */
  #nextBit(at: Micros): Level {
    const [first] = this.#sending;
    if (first !== undefined) return first;
    return this.#state === 'function' && this.#bits === 0 ? this.idleBit(at) : 1;
  }

  /** The end of a slot; `bit` is what the master wrote, if it wrote. */
  #slot(bit: Level, at: Micros): void {
    if (this.#state === 'asleep') return;
    if (this.#sending.length > 0) {
      this.#sending.shift();
      return;
    }
    if (this.#state === 'function' && this.idleBit(at) === 0) return;
    if (this.#state === 'search') {
      this.#direction(bit);
      return;
    }
    this.#shift |= bit << (this.#bits % 8);
    this.#bits++;
    if (this.#bits % 8 !== 0) return;
    const byte = this.#shift;
    this.#shift = 0;
    if (this.#state === 'match') {
      if (byte !== this.rom[this.#bits / 8 - 1]) this.#state = 'asleep';
      else if (this.#bits === 64) this.#begin();
    } else {
      this.#bits = 0;
      if (this.#state === 'rom-command') this.#romCommand(byte, at);
      else this.command(byte, at);
    }
  }

  #begin(): void {
    this.#state = 'function';
    this.#bits = 0;
  }

  #romCommand(byte: number, at: Micros): void {
    if (byte === ROM.SKIP) this.#begin();
    else if (byte === ROM.MATCH) this.#state = 'match';
    else if (byte === ROM.SEARCH || (byte === ROM.ALARM_SEARCH && this.alarmed(at))) {
      this.#state = 'search';
      this.#offer();
    } else if (byte === ROM.READ) {
      this.#begin();
      this.send(this.rom);
    } else this.#state = 'asleep';
  }

  #romBit(n: number): Level {
    return (((this.rom[n >> 3] ?? 0) >> (n & 7)) & 1) as Level;
  }

  /** Search: the next bit of the own number, and its complement. */
  #offer(): void {
    const bit = this.#romBit(this.#bits);
    this.#sending.push(bit, bit === 0 ? 1 : 0);
  }

  /** Search: the master goes on with those that have this bit. */
  #direction(bit: Level): void {
    if (bit !== this.#romBit(this.#bits)) {
      this.#state = 'asleep';
      return;
    }
    this.#bits++;
    if (this.#bits === 64) this.#begin();
    else this.#offer();
  }
}
