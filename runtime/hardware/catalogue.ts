/** Parts by name and text: `dht22:pin=2,temperature=23.5`. What a command line or a world file says about hardware. */
import { Ads1115 } from './ads1115.ts';
import { Am2320 } from './am2320.ts';
import { Attributes, BadPart, given } from './attributes.ts';
import { Axes, type AxesKind } from './axes.ts';
import { Bme280 } from './bme280.ts';
import { Bme680 } from './bme680.ts';
import { Bmp085 } from './bmp085.ts';
import { Button } from './button.ts';
import { ColorDisplay } from './color-display.ts';
import { Dht } from './dht.ts';
import { Ds18b20 } from './ds18b20.ts';
import { Hdc1080 } from './hdc1080.ts';
import { Hx711 } from './hx711.ts';
import { I2cRegisters } from './i2c-registers.ts';
import { Led } from './led.ts';
import { Mcp4725 } from './mcp4725.ts';
import { Pcf8574 } from './pcf8574.ts';
import { type PixelKind, PixelStrip } from './pixels.ts';
import { Si7021 } from './si7021.ts';
import { Ssd1306 } from './ssd1306.ts';
import { Tcs34725 } from './tcs34725.ts';
import { Tsl2561 } from './tsl2561.ts';
import { Wiegand } from './wiegand.ts';
import type { Level, Part } from './wire.ts';
import { Xpt2046 } from './xpt2046.ts';

export type PartResult = { readonly ok: true; readonly part: Part } | { readonly ok: false; readonly message: string };

const dht = (kind: 'dht11' | 'dht22') => (a: Attributes) =>
  new Dht(kind, given({ pin: a.pin(), temperature: a.number('temperature'), humidity: a.number('humidity') }));

/** What a sensor of the weather measures, as far as it is said. */
const weather = (a: Attributes, ...quantities: readonly ('temperature' | 'pressure' | 'humidity' | 'gas')[]) => ({
  ...a.i2c(),
  ...(given(Object.fromEntries(quantities.map((name) => [name, a.number(name)]))) as { [name: string]: number }),
});

const axes = (kind: AxesKind) => (a: Attributes) =>
  new Axes(kind, { ...a.i2c(), ...given({ x: a.number('x'), y: a.number('y'), z: a.number('z') }) });

const converter = (kind: 'ads1115' | 'ads1015') => (a: Attributes) => {
  const part = new Ads1115(kind, a.i2c());
  for (const input of [0, 1, 2, 3] as const) part.volts[input] = a.number(`a${input}`) ?? 0;
  return part;
};

const colorDisplay = (kind: 'ili9341' | 'st7735') => (a: Attributes) =>
  new ColorDisplay(kind, a.spi() ?? { cs: a.pinNamed('cs'), dc: a.pinNamed('dc') });

const strip = (kind: PixelKind) => (a: Attributes) =>
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
  bme280: (a) => new Bme280(weather(a, 'temperature', 'pressure', 'humidity')),
  bme680: (a) => new Bme680(weather(a, 'temperature', 'pressure', 'humidity', 'gas')),
  bmp085: (a) => new Bmp085(weather(a, 'temperature', 'pressure')),
  am2320: (a) => new Am2320(weather(a, 'temperature', 'humidity')),
  si7021: (a) => new Si7021(weather(a, 'temperature', 'humidity')),
  hdc1080: (a) => new Hdc1080(weather(a, 'temperature', 'humidity')),
  tsl2561: (a) => new Tsl2561({ ...a.i2c(), ...given({ lux: a.number('lux') }) }),
  adxl345: axes('adxl345'),
  l3g4200d: axes('l3g4200d'),
  hmc5883l: axes('hmc5883l'),
  hx711: (a) => new Hx711(given({ clock: a.pinNamed('clock'), data: a.pinNamed('data'), value: a.number('value') })),
  mcp4725: (a) => new Mcp4725(a.i2c()),
  ads1115: converter('ads1115'),
  ads1015: converter('ads1015'),
  tcs34725: (a) =>
    new Tcs34725({
      ...a.i2c(),
      ...given({ red: a.number('red'), green: a.number('green'), blue: a.number('blue'), clear: a.number('clear') }),
    }),
  xpt2046: (a) =>
    new Xpt2046(
      given({
        cs: a.pinNamed('cs'),
        irq: a.pinNamed('irq'),
        x: a.within('x', 0, 4095),
        y: a.within('y', 0, 4095),
      }),
    ),
  wiegand: (a) =>
    new Wiegand(
      given({
        d0: a.pinNamed('d0'),
        d1: a.pinNamed('d1'),
        card: a.within('card', 0, 0xffffff),
        at: a.times('at')?.[0],
      }),
    ),
  pcf8574: (a) => {
    const part = new Pcf8574(a.i2c());
    part.inputs = a.within('inputs', 0, 255) ?? part.inputs;
    return part;
  },
  ssd1306: (a) => new Ssd1306({ ...a.i2c(), ...given({ spi: a.spi(), height: a.within('height', 32, 64) }) }),
  ili9341: colorDisplay('ili9341'),
  st7735: colorDisplay('st7735'),
  ws2812: strip('ws2812'),
  apa102: strip('apa102'),
  ws2801: strip('ws2801'),
  tm1829: strip('tm1829'),
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
