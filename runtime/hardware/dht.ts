/**
 * DHT11, DHT22 and their kin: a temperature and humidity sensor on one pin. A start pulse of the program is answered by
 * 40 bits whose lengths tell 0 from 1 (Aosong AM2302 data sheet).
 */
import { type Micros, us } from '../core/index.ts';
import type { Board, Level, Part, PinWire } from './wire.ts';

export interface DhtOptions {
  readonly pin: number;
  /** Degrees Celsius. */
  readonly temperature?: number;
  /** Percent. */
  readonly humidity?: number;
}

/** Shortest start pulse that wakes the sensor, in microseconds. */
const START_US = { dht11: 15_000, dht22: 800 } as const;
const RESPONSE_AFTER_US = 30;
const RESPONSE_US = 80;
const BIT_LOW_US = 50;
const ZERO_US = 26;
const ONE_US = 70;

export class Dht implements Part, PinWire {
  readonly kind: 'dht11' | 'dht22';
  readonly pin: number;
  /** Degrees Celsius; what the next measurement gives. */
  temperature: number;
  /** Percent. */
  humidity: number;
  /** False: it stays silent. */
  alive = true;
  /** True: the check sum is wrong. */
  corrupt = false;
  #lowSince: Micros | undefined;
  /** Times at which the line changes while the sensor talks, beginning with a fall. */
  #edges: Micros[] = [];

  constructor(kind: 'dht11' | 'dht22', options: DhtOptions) {
    this.kind = kind;
    this.pin = options.pin;
    this.temperature = options.temperature ?? 20;
    this.humidity = options.humidity ?? 50;
  }

  attach(board: Board): void {
    board.connect(this.pin, this);
  }

  driven(_pin: number, level: Level, at: Micros): void {
    if (level === 0) {
      this.#lowSince = at;
      this.#edges = [];
    } else if (this.#lowSince !== undefined) {
      if (this.alive && at - this.#lowSince >= START_US[this.kind]) this.#answer(at);
      this.#lowSince = undefined;
    }
  }

  level(_pin: number, at: Micros): Level {
    const passed = this.#edges.findIndex((edge) => edge > at);
    return passed > 0 && passed % 2 === 1 ? 0 : 1;
  }

  #answer(at: Micros): void {
    let t = us(at + RESPONSE_AFTER_US);
    this.#edges = [t];
    const next = (duration: number): void => {
      t = us(t + duration);
      this.#edges.push(t);
    };
    next(RESPONSE_US);
    next(RESPONSE_US);
    for (const byte of this.frame()) {
      for (let bit = 7; bit >= 0; bit--) {
        next(BIT_LOW_US);
        next((byte >> bit) & 1 ? ONE_US : ZERO_US);
      }
    }
    next(BIT_LOW_US);
  }

  /** The five bytes of a measurement. */
  frame(): number[] {
    const data =
      this.kind === 'dht22' ? dht22(this.temperature, this.humidity) : dht11(this.temperature, this.humidity);
    const sum = data.reduce((a, b) => a + b, 0) & 0xff;
    return [...data, this.corrupt ? sum ^ 0xff : sum];
  }
}

/** Tenths, sign and magnitude. */
function dht22(temperature: number, humidity: number): number[] {
  const t = Math.round(Math.abs(temperature) * 10);
  const h = Math.round(humidity * 10);
  return [h >> 8, h & 0xff, (t >> 8) | (temperature < 0 ? 0x80 : 0), t & 0xff];
}

/** Whole percent; degrees with one decimal, a sign bit in the byte of the decimal. */
function dht11(temperature: number, humidity: number): number[] {
  const tenths = Math.round(Math.abs(temperature) * 10);
  if (temperature >= 0) return [Math.round(humidity), 0, Math.floor(tenths / 10), tenths % 10];
  return [Math.round(humidity), 0, Math.floor(tenths / 10), (tenths % 10) | 0x80];
}
