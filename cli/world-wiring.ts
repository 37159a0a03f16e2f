/**
 * What a world file says about a device's hardware: parts in the words of `--attach` or in sentences, what they measure
 * later, and levels at pins over time.
 */
import { type Board, type Device, makePart, type Part, type Timer, us } from '../runtime/index.ts';
import { type PartSpec, partSpec } from './parts.ts';
import { duration, integer, type Parsed } from './values.ts';

/** A quantity at a part and its value: `temperature` in °C, `humidity` in %, `pressure` in hPa, `lux`. */
type Readings = Readonly<Record<string, number>>;

/** A part on the board, or what one that is there measures from some time on. */
export type Wiring =
  | { readonly is: 'part'; readonly kind: string; readonly pin: number | undefined; readonly spec: PartSpec }
  | {
      readonly is: 'change';
      readonly kind: string;
      readonly pin: number | undefined;
      readonly readings: Readings;
      readonly atUs: number;
    };

/** A level of a pin, or a reading of the ADC (0 to 1024), from some time on. */
export interface PinLevel {
  readonly pin: number | 'adc';
  readonly level: number;
  readonly atUs: number;
}

const QUANTITIES: Readonly<Record<string, string>> = { C: 'temperature', '%': 'humidity', hPa: 'pressure', lx: 'lux' };
const SENTENCE = /^(\w+)(?: on D?(\d+))?: ((?:-?\d+(?:\.\d+)? ?(?:C|%|hPa|lx) ?)+)(?:at (\S+))?$/;
const LEVEL = /^(?:(?:pin )?D?(\d+) = (low|high|0|1)|adc = (\d+))(?: at (\S+))?$/;
const LAST_PIN = 12;

const bad = (message: string): { readonly ok: false; readonly message: string } => ({ ok: false, message });

/** `dht on 2: 23.5 C 45.5 %`, the same with `at 10s`, or `button:pin=3,press=2s` as `--attach` takes it. */
export function wiring(text: string): Parsed<Wiring> {
  const match = SENTENCE.exec(text);
  if (match === null) {
    if (/: /.test(text)) return bad(`'${text}' is not understood; write dht on 2: 23.5 C 45.5 %, and at 10s behind it`);
    const [kind = text] = text.split(':');
    const spec = partSpec(text);
    return spec.ok ? { ok: true, value: { is: 'part', kind, pin: undefined, spec: spec.value } } : spec;
  }
  const [, name = '', pinText, list = '', at] = match;
  const kind = name === 'dht' ? 'dht22' : name;
  const pin = pinText === undefined ? undefined : Number(pinText);
  const readings: Record<string, number> = {};
  for (const [, value, unit] of list.matchAll(/(-?[\d.]+) ?(C|%|hPa|lx)/g))
    readings[QUANTITIES[unit as string] as string] = Number(value);
  const attributes = Object.entries({ ...(pin === undefined ? {} : { pin }), ...readings });
  const spec = partSpec(`${kind}:${attributes.map(([key, value]) => `${key}=${value}`).join(',')}`);
  if (!spec.ok) return spec;
  if (at === undefined) return { ok: true, value: { is: 'part', kind, pin, spec: spec.value } };
  const when = duration(at);
  return when.ok ? { ok: true, value: { is: 'change', kind, pin, readings, atUs: when.value } } : when;
}

/** An I2C device as a map of registers, names and values 0 to 255. */
export function registerMap(address: number, registers: Readonly<Record<string, number>>): Parsed<Wiring> {
  const items = [`address=${address}`];
  for (const [name, value] of Object.entries(registers)) {
    const register = /^(0x[0-9a-f]{1,2}|\d{1,3})$/i.test(name) ? Number(name) : Number.NaN;
    if (!(register <= 0xff)) return bad(`'${name}' is not a register; write 0x00 to 0xff`);
    items.push(`0x${register.toString(16).padStart(2, '0')}=${value}`);
  }
  return { ok: true, value: { is: 'part', kind: 'i2c', pin: undefined, spec: { text: `i2c:${items.join(',')}` } } };
}

/** `pin 4 = low at 3s`, `adc = 512 at 2s`; without a time from the beginning. */
export function pinLevel(text: string): Parsed<PinLevel> {
  const match = LEVEL.exec(text);
  if (match === null) return bad(`'${text}' is not understood; write pin 4 = low at 3s, or adc = 512 at 3s`);
  const [, pinText, level, reading, at = '0'] = match;
  const when = duration(at);
  if (!when.ok) return when;
  if (reading !== undefined) {
    const value = integer(reading, 0, 1024);
    return value.ok ? { ok: true, value: { pin: 'adc', level: value.value, atUs: when.value } } : value;
  }
  const pin = Number(pinText);
  if (pin > LAST_PIN) return bad(`there is no pin ${pin}; the firmware numbers them 0 to ${LAST_PIN}`);
  return { ok: true, value: { pin, level: level === 'high' || level === '1' ? 1 : 0, atUs: when.value } };
}

/** Whether there is such a part for a change among those. */
export const concerns = (change: Wiring, part: Wiring): boolean =>
  part.is === 'part' && part.kind === change.kind && (change.pin === undefined || part.pin === change.pin);

/** Wires everything up; returns the parts' texts in the order of the board. */
export function wireUp(device: Device, wirings: readonly Wiring[], levels: readonly PinLevel[]): PartSpec[] {
  const events: Event[] = [];
  const made: { readonly wiring: Wiring; readonly part: Part }[] = [];
  const specs: PartSpec[] = [];
  for (const wiring of wirings) {
    if (wiring.is === 'part') {
      const result = makePart(wiring.spec.text);
      if (!result.ok) continue;
      specs.push(wiring.spec);
      made.push({ wiring, part: device.hardware.attach(result.part) });
      continue;
    }
    const part = made.find((candidate) => concerns(wiring, candidate.wiring))?.part;
    if (part !== undefined) events.push({ atUs: wiring.atUs, act: () => Object.assign(part, wiring.readings) });
  }
  for (const { pin, level, atUs } of levels) {
    if (pin === 'adc')
      events.push({
        atUs,
        act: () => {
          device.analog.input = level;
        },
      });
    else events.push({ atUs, act: (board) => board.apply(pin, level === 0 ? 0 : 1) });
  }
  if (events.length > 0) device.hardware.attach(new Timeline(events));
  return specs;
}

interface Event {
  readonly atUs: number;
  readonly act: (board: Board) => void;
}

/** What happens at a device's pins by itself: a part, so that a run waits for it. */
class Timeline implements Part {
  readonly kind = 'timeline';
  readonly #events: Event[];
  #board: Board | undefined;
  #timer: Timer | undefined;

  constructor(events: readonly Event[]) {
    this.#events = [...events].sort((a, b) => a.atUs - b.atUs);
  }

  get pending(): boolean {
    return this.#events.length > 0;
  }

  attach(board: Board): void {
    this.#board = board;
    this.#timer = board.clock.timer('timeline', () => this.#next());
    this.#next();
  }

  #next(): void {
    if (this.#board === undefined) return;
    const now = this.#board.clock.now();
    for (let first = this.#events[0]; first !== undefined; first = this.#events[0]) {
      if (first.atUs > now) {
        this.#timer?.arm(us(first.atUs - now));
        return;
      }
      this.#events.shift();
      first.act(this.#board);
    }
  }
}
