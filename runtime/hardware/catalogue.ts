/** Parts by name and text: `dht22:pin=2,temperature=23.5`. What a command line or a world file says about hardware. */
import { Bme280 } from './bme280.ts';
import { Button } from './button.ts';
import { Dht } from './dht.ts';
import { Ds18b20 } from './ds18b20.ts';
import { I2cRegisters } from './i2c-registers.ts';
import { Led } from './led.ts';
import { Pcf8574 } from './pcf8574.ts';
import { PixelStrip } from './pixels.ts';
import { Ssd1306 } from './ssd1306.ts';
import type { I2cPins, Level, Part } from './wire.ts';

export type PartResult = { readonly ok: true; readonly part: Part } | { readonly ok: false; readonly message: string };

/** A mistake in the text; caught by {@link makePart}. */
class BadPart extends Error {}

/** The attributes of one part, taken one by one. */
class Attributes {
  readonly #left: Map<string, string>;
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
    return this.within('pin', 0, 12) ?? this.#missing('pin');
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
    if (unknown !== undefined) throw new BadPart(`${this.#kind} has no '${unknown}'`);
  }

  #missing(name: string): never {
    throw new BadPart(`${this.#kind} needs ${name}=`);
  }
}

const UNIT_US: Readonly<Record<string, number>> = { ms: 1e3, s: 1e6, m: 60e6 };

/** Leaves out what is undefined, as exact optional properties want it. */
const given = <T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

const dht = (kind: 'dht11' | 'dht22') => (a: Attributes) =>
  new Dht(kind, given({ pin: a.pin(), temperature: a.number('temperature'), humidity: a.number('humidity') }));

const strip = (kind: 'ws2812' | 'apa102') => (a: Attributes) =>
  new PixelStrip(
    kind,
    given({ leds: a.within('leds', 1, 8192), channels: a.within('channels', 3, 4) as 3 | 4 | undefined }),
  );

/** Kind -> how it is made of its attributes. */
const MAKERS: Readonly<Record<string, (a: Attributes) => Part>> = {
  button: (a) =>
    new Button(
      given({
        pin: a.pin(),
        active: a.within('active', 0, 1) as Level | undefined,
        bounces: a.within('bounces', 0, 100),
        presses: a.times('press'),
        holdUs: a.times('hold')?.[0],
      }),
    ),
  led: (a) => new Led(given({ pin: a.pin(), active: a.within('active', 0, 1) as Level | undefined })),
  dht11: dht('dht11'),
  dht22: dht('dht22'),
  ds18b20: (a) =>
    new Ds18b20(
      given({ pin: a.pin(), temperature: a.number('temperature'), serial: a.within('serial', 0, 2 ** 48 - 1) }),
    ),
  bme280: (a) =>
    new Bme280({
      ...a.i2c(),
      ...given({
        temperature: a.number('temperature'),
        pressure: a.number('pressure'),
        humidity: a.number('humidity'),
      }),
    }),
  pcf8574: (a) => {
    const part = new Pcf8574(a.i2c());
    part.inputs = a.within('inputs', 0, 255) ?? part.inputs;
    return part;
  },
  ssd1306: (a) => new Ssd1306({ ...a.i2c(), ...given({ spi: a.spi(), height: a.within('height', 32, 64) }) }),
  ws2812: strip('ws2812'),
  apa102: strip('apa102'),
  i2c: (a) => {
    const { address = 0x50, pins } = a.i2c();
    const part = new I2cRegisters({ address, ...(pins === undefined ? {} : { pins }) });
    for (let register = 0; register < 256; register++) {
      const hex = register.toString(16).padStart(2, '0');
      part.registers[register] = a.within(`0x${hex}`, 0, 255) ?? 0;
    }
    return part;
  },
};

export const PART_KINDS: readonly string[] = Object.keys(MAKERS);

/** `KIND[:name=value,…]` */
export function makePart(text: string): PartResult {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? text : text.slice(0, colon);
  const maker = Object.hasOwn(MAKERS, kind) ? MAKERS[kind] : undefined;
  if (maker === undefined) return { ok: false, message: `'${kind}' is not a part; there are ${PART_KINDS.join(', ')}` };
  try {
    const attributes = new Attributes(kind, colon < 0 ? '' : text.slice(colon + 1));
    const part = maker(attributes);
    attributes.end();
    return { ok: true, part };
  } catch (error) {
    if (error instanceof BadPart) return { ok: false, message: error.message };
    throw error;
  }
}
