/**
 * `gpio.pulse`: a program of up to 100 steps, each setting and clearing pins and waiting, with loops. Delays with limits
 * are kept relative to a desired time, so that a pattern can be locked to a clock. Firmware: app/modules/gpio_pulse.c
 */
import { type Timer, us } from '../../runtime/core/index.ts';
import { type Device, PIN_COUNT, PRIORITY, SOFT_WATCHDOG } from '../../runtime/device/index.ts';
import {
  LuaAbort,
  type LuaCall,
  type LuaHandle,
  type LuaInput,
  type LuaRef,
  multi,
  NIL,
} from '../../runtime/vm/index.ts';
import { arg } from './arg.ts';
import { approximated, type ClassSpec, classSpec, fn, type LuaEntry, type LuaResult, luaClass, raw } from './lua.ts';

const ENTRIES_MAX = 100;
const DELAY_LIMIT_US = 64_000_000;
/** The hardware timer takes at most so much at once; longer delays are cut into pieces of a second. */
const TIMER_MAX_US = 1_200_000;
const PIECE_US = 1_000_000;
/** Steps closer together than this follow each other in the same interrupt. */
const SHORTEST_US = 3;
const NOWHERE = -1;
const EVERYWHERE = -2;
const MASK31 = 0x7fffffff;

interface Entry {
  readonly set: Set<number>;
  readonly clear: Set<number>;
  delay: number;
  /** -1: none. */
  min: number;
  max: number;
  count: number;
  countLeft: number;
  /** Step to go back to, from 1; 0 goes on. */
  loop: number;
}

class Pulser {
  readonly entries: Entry[] = [];
  steps = 0;
  entry = 0;
  active = 0;
  stop = NOWHERE;
  expectedEnd = 0;
  desiredEnd = 0;
  adjust = 0;
  /** Rest of a delay that is too long for the timer. */
  pending = 0;
  callback: LuaRef | undefined;
}

const PULSE = luaClass<Pulser>('gpio.pulse');

const newEntry = (): Entry => ({
  set: new Set(),
  clear: new Set(),
  delay: 0,
  min: -1,
  max: -1,
  count: 0,
  countLeft: 0,
  loop: 0,
});

const copyOf = (entry: Entry): Entry => ({ ...entry, set: new Set(entry.set), clear: new Set(entry.clear) });

/** luaL_checkint of a value of a table, whose place on the stack is `n`. */
function integerOf(call: LuaCall, n: number, value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number)) {
    const type = typeof value === 'object' && value !== null ? (value as LuaHandle).type : typeof value;
    call.argError(n, `number expected, got ${type}`);
  }
  return Math.trunc(number as number) | 0;
}

function delayOf(call: LuaCall, what: string, value: number): number {
  if (value < 0 || value > DELAY_LIMIT_US)
    call.error(`${what} of ${value} must be in the range 0 .. ${DELAY_LIMIT_US} microseconds`);
  return value;
}

/** Reads a step's table over what the step already says. */
function fill(call: LuaCall, given: unknown, entry: Entry): void {
  const table = typeof given === 'object' && given !== null ? (given as LuaHandle) : undefined;
  if (table?.type !== 'table') call.error('All entries must be tables');
  for (const [key, value] of (table as LuaHandle).pairs()) {
    const number = (): number => integerOf(call, -1, value);
    if (typeof key === 'number') {
      const pin = Math.trunc(key);
      const level = number();
      if (pin < 0 || pin >= PIN_COUNT) call.error(`pin number ${pin} must be in range 0 .. ${PIN_COUNT - 1}`);
      (level === 0 ? entry.clear : entry.set).add(pin);
    } else if (key === 'delay') entry.delay = delayOf(call, 'delay', number());
    else if (key === 'min') entry.min = delayOf(call, 'delay minimum', number());
    else if (key === 'max') entry.max = delayOf(call, 'delay maximum', number());
    else if (key === 'count') entry.count = number() >>> 0;
    else if (key === 'loop') entry.loop = number() & 0xffff;
    else if (typeof key === 'string') call.error(`Unrecognized key found: ${key}`);
    else call.argError(-2, `string expected, got ${typeof key === 'object' ? key.type : typeof key}`);
  }
  if (entry.min === -1 && entry.max === -1) return;
  if (entry.min === -1) entry.min = 0;
  if (entry.min > entry.delay || entry.max < entry.delay)
    call.error(`Delay of ${entry.delay} must be between min and max`);
}

/** The one pattern that may run at a time. */
export class PulseOutput {
  readonly #device: Device;
  readonly #timer: Timer;
  #pulser: Pulser | undefined;
  /** Keeps the pattern from being collected. */
  #self: LuaRef | undefined;

  constructor(device: Device) {
    this.#device = device;
    this.#timer = device.clock.timer('gpio.pulse', () => this.#timeout());
  }

  /** The `pulse` table of the module. */
  get build(): LuaEntry {
    return raw((call) => {
      call.checkType(1, 'table');
      const table = call.handle(1) as LuaHandle;
      const size = table.length();
      if (size > ENTRIES_MAX) call.error(`table is too large: ${size} entries is more than ${ENTRIES_MAX}`);
      const pulser = new Pulser();
      for (let i = 1; i <= size; i++) {
        const entry = newEntry();
        fill(call, table.get(i), entry);
        pulser.entries.push(entry);
      }
      return call.newHost(PULSE, pulser);
    });
  }

  get methods(): ClassSpec {
    const self = arg.self(PULSE);
    const members = {
      getstate: fn([self], (pulser) => multi(...this.#state(pulser))),
      start: approximated(
        'its steps wait while a script computes',
        raw((call) => this.#start(call)),
      ),
      stop: raw((call) => this.#stop(call)),
      cancel: fn([self], (pulser) => {
        if (pulser !== this.#pulser) return undefined;
        this.#timer.cancel();
        return multi(...this.#end(pulser));
      }),
      adjust: raw((call) => {
        const pulser = call.checkHost(1, PULSE);
        if (pulser !== this.#pulser) return undefined;
        pulser.adjust = call.checkInteger(2);
        return multi(...this.#state(pulser));
      }),
      update: fn([self, arg.integer()], (pulser, at, call) => {
        const entry = pulser.entries[at - 1];
        if (entry === undefined) return call.error(`entry number must be in range 1 .. ${pulser.entries.length}`);
        const updated = copyOf(entry);
        fill(call, call.value(3), updated);
        pulser.entries[at - 1] = updated;
      }),
      __gc: fn([self], (pulser) => {
        if (pulser !== this.#pulser) pulser.callback?.release();
      }),
    };
    return classSpec(PULSE, members, 'getstate stop cancel start adjust update');
  }

  /** Position or nil, steps, microseconds until the next one, now. */
  #state(pulser: Pulser): LuaInput[] {
    const now = this.#device.uptime & MASK31;
    const position = pulser.active >= pulser.entries.length ? NIL : pulser.active + 1;
    const rest = ((((pulser.expectedEnd - now) & MASK31) << 1) >> 1) | 0;
    return [position, pulser.steps, rest, now];
  }

  #start(call: LuaCall): LuaResult {
    const pulser = call.checkHost(1, PULSE);
    if (this.#pulser !== undefined) call.error('pulse operation already in progress');
    const adjusted = call.type(2) === 'number';
    const adjust = adjusted ? call.checkInteger(2) : 0;
    const n = adjusted ? 3 : 2;
    if (call.type(n) !== 'function') call.error('missing callback');
    pulser.callback?.release();
    pulser.callback = call.ref(n);
    this.#pulser = pulser;
    this.#self = call.ref(1);
    for (const entry of pulser.entries) entry.countLeft = 0;
    Object.assign(pulser, { entry: 0, active: 0, steps: 0, stop: NOWHERE, adjust });
    pulser.expectedEnd = this.#device.uptime & MASK31;
    this.#timeout();
  }

  #stop(call: LuaCall): LuaResult {
    const pulser = call.checkHost(1, PULSE);
    if (pulser !== this.#pulser) return undefined;
    const placed = call.type(2) === 'number';
    let stop = placed ? call.checkInteger(2) : EVERYWHERE;
    if (stop !== EVERYWHERE) {
      const size = pulser.entries.length;
      if (stop < 1 || stop > size) call.error(`bad stop position: ${stop} (valid range 1 - ${size})`);
      stop--;
    }
    const n = placed ? 3 : 2;
    if (call.type(n) !== 'function') call.error('missing callback');
    pulser.callback?.release();
    pulser.callback = call.ref(n);
    pulser.stop = stop;
    return true;
  }

  /** Forgets the running pattern and tells where it was. */
  #end(pulser: Pulser): LuaInput[] {
    const state = this.#state(pulser);
    this.#pulser = undefined;
    this.#self?.release();
    this.#self = undefined;
    return state;
  }

  #finish(): void {
    this.#device.tasks.post(PRIORITY.LOW, () => {
      const pulser = this.#pulser;
      if (pulser === undefined) return;
      const { callback } = pulser;
      const state = this.#end(pulser);
      if (callback !== undefined) this.#device.lua.pcallx(callback, state);
    });
  }

  #timeout(): void {
    const pulser = this.#pulser;
    if (pulser === undefined) return;
    if (pulser.pending > 0) {
      const piece = pulser.pending > TIMER_MAX_US ? PIECE_US : pulser.pending;
      pulser.pending -= piece;
      this.#timer.arm(us(piece));
      return;
    }
    const now = this.#device.uptime;
    let delay = 0;
    for (;;) {
      pulser.active = pulser.entry;
      pulser.steps++;
      const entry = pulser.entries[pulser.entry];
      if (entry === undefined) {
        this.#finish();
        return;
      }
      for (const pin of entry.set) this.#device.gpio.latch(pin, 1);
      for (const pin of entry.clear) this.#device.gpio.latch(pin, 0);
      if (pulser.stop === EVERYWHERE || pulser.stop === pulser.entry) {
        this.#finish();
        return;
      }
      advance(pulser, entry);
      delay = this.#delay(pulser, entry, now);
      if (delay >= SHORTEST_US) break;
      this.#device.cpu.spend(us(1));
      if (this.#device.cpu.sinceFed > SOFT_WATCHDOG)
        throw new LuaAbort('watchdog', 'gpio.pulse: a loop without delays');
    }
    if (delay > TIMER_MAX_US) {
      pulser.pending = delay - PIECE_US;
      delay = PIECE_US;
    }
    this.#timer.arm(us(delay));
  }

  /** What a step waits; with limits, corrected by how far the pattern is from its desired time. */
  #delay(pulser: Pulser, entry: Entry, now: number): number {
    let { delay } = entry;
    let behind = 0;
    if (entry.min !== -1) {
      const offset = pulser.adjust;
      pulser.adjust = 0;
      behind = (now - pulser.desiredEnd) & MASK31;
      delay = (delay - behind + offset) | 0;
      if (delay < entry.min) {
        pulser.adjust = entry.delay - entry.min + offset;
        delay = entry.min;
      } else if (delay > entry.max) {
        pulser.adjust = entry.delay - entry.max + offset;
        delay = entry.max;
      }
    }
    pulser.desiredEnd = (pulser.desiredEnd + delay + behind) >>> 0;
    pulser.expectedEnd = (this.#device.uptime + delay) >>> 0;
    return delay;
  }
}

/** To the next step, or back as often as the step says. */
function advance(pulser: Pulser, entry: Entry): void {
  if (entry.loop === 0) {
    pulser.entry++;
    return;
  }
  if (entry.countLeft === 0) entry.countLeft = (entry.count + 1) >>> 0;
  entry.countLeft = (entry.countLeft - 1) >>> 0;
  pulser.entry = entry.countLeft >= 1 ? entry.loop - 1 : pulser.entry + 1;
}
