/** What a text says about a part: `name=value,name=value`, taken one by one with their units and ranges. */
import type { I2cPins } from './wire.ts';

/** A mistake in the text; caught where a part is made. */
export class BadPart extends Error {}

/** The attributes of one part, taken one by one. */
export class Attributes {
  readonly #left: Map<string, string>;
  /** What the part knows. */
  readonly #known = new Set<string>();
  readonly #kind: string;

  constructor(kind: string, text: string) {
    this.#kind = kind;
    this.#left = new Map(
      text
        .split(',')
        .filter((item) => item !== '')
        .map((item) => {
          const at = item.indexOf('=');
          return at < 0 ? [item, ''] : [item.slice(0, at), item.slice(at + 1)];
        }),
    );
  }

  text(name: string): string | undefined {
    this.#known.add(name);
    const value = this.#left.get(name);
    this.#left.delete(name);
    return value;
  }

  number(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text === '' || Number.isNaN(value)) throw new BadPart(`${name} of ${this.#kind} is not a number: '${text}'`);
    return value;
  }

  within(name: string, min: number, max: number): number | undefined {
    const value = this.number(name);
    if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return value;
    throw new BadPart(`${name} of ${this.#kind} goes from ${min} to ${max}, not ${value}`);
  }

  /** NodeMCU numbering. */
  pin(): number {
    return this.pinNamed('pin');
  }

  pinNamed(name: string): number {
    return this.within(name, 0, 12) ?? this.#missing(name);
  }

  i2c(): { address?: number; pins?: I2cPins } {
    const address = this.within('address', 0, 127);
    const [sda, scl] = [this.within('sda', 1, 12), this.within('scl', 1, 12)];
    if ((sda === undefined) !== (scl === undefined)) this.#missing(sda === undefined ? 'sda' : 'scl');
    return {
      ...(address === undefined ? {} : { address }),
      ...(sda === undefined || scl === undefined ? {} : { pins: { sda, scl } }),
    };
  }

  /** Pins of a display on the SPI bus. */
  spi(): { cs: number; dc: number } | undefined {
    const [cs, dc] = [this.within('cs', 0, 12), this.within('dc', 0, 12)];
    if (cs === undefined && dc === undefined) return undefined;
    return { cs: cs ?? this.#missing('cs'), dc: dc ?? this.#missing('dc') };
  }

  /** `1.5s+3s` in microseconds. */
  times(name: string): number[] | undefined {
    return this.text(name)
      ?.split('+')
      .map((text) => {
        const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
        if (match === null) throw new BadPart(`${name} of ${this.#kind} is not a time: '${text}'; write 500ms or 2s`);
        return Math.round(Number(match[1]) * (UNIT_US[match[2] as string] as number));
      });
  }

  end(): void {
    const [unknown] = this.#left.keys();
    if (unknown !== undefined)
      throw new BadPart(`${this.#kind} has no '${unknown}'; it takes ${[...this.#known].join(', ')}`);
  }

  #missing(name: string): never {
    throw new BadPart(`${this.#kind} needs ${name}=`);
  }
}

const UNIT_US: Readonly<Record<string, number>> = { ms: 1e3, s: 1e6, m: 60e6 };

/** Leaves out what is undefined, as exact optional properties want it. */
export const given = <T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
