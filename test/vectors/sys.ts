/** Plays a recording of the console and the core modules (`esp8266-sys-vector/1`) and compares what the device does. */
import { NODEMCU_MODULES } from '../../bindings/index.ts';
import { fromLatin1, ms, Rng, SILENT, toLatin1, VirtualClock } from '../../runtime/core/index.ts';
import { Device } from '../../runtime/device/index.ts';

interface SysStep {
  readonly n: number;
  readonly t: number;
  readonly lua?: readonly string[];
  readonly rx?: string;
  readonly burst?: true;
  readonly ctl?: string;
  readonly tx?: string;
  readonly print?: string;
  readonly tx1?: string;
  readonly gpio?: readonly [number, number];
  readonly restart?: true;
  readonly reset?: readonly [number, number];
  readonly dsleep?: string;
  readonly wdt?: true;
  readonly syntax?: string;
}

export interface SysVector {
  readonly name: string;
  readonly chunk: string;
  readonly focus?: readonly string[];
  readonly needs?: readonly string[];
  readonly device: {
    readonly boot: 'idle' | 'log';
    readonly reset: readonly [number, number];
    readonly files: Readonly<Record<string, string>>;
    readonly spiffs: number;
  };
  readonly end: number;
  readonly steps: readonly SysStep[];
}

export interface SysVerdict {
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly reason?: string;
  /** What the recording has and what the device did, one line per event. */
  readonly expected: string[];
  readonly actual: string[];
}

/** One thing that can be seen from outside. */
interface Fact {
  readonly t: number;
  readonly kind: 'tx' | 'tx1' | 'gpio' | 'restart' | 'reset' | 'dsleep' | 'wdt' | 'syntax';
  text: string;
}

const IDLE_BOOT_MS = 1000;
const TOLERANCE_MS = 10;
const SPIFFS_ADDRESS = 0x100000;

export function playSys(given: unknown): SysVerdict {
  const vector = given as SysVector;
  const expected = normalize(vector.steps.flatMap(expectation));
  const player = new Player(vector);
  const wantsPins = expected.some((fact) => fact.kind === 'gpio');
  const actual = normalize(player.play().filter((fact) => wantsPins || fact.kind !== 'gpio'));
  const lines = { expected: expected.map(line), actual: actual.map(line) };
  const reason = difference(expected, actual);
  return reason === undefined ? { status: 'passed', ...lines } : { status: 'failed', reason, ...lines };
}

class Player {
  readonly #vector: SysVector;
  readonly #clock = new VirtualClock();
  readonly #device: Device;
  readonly #facts: Fact[] = [];
  /** World time of t = 0 in ms. */
  readonly #zero: number;

  constructor(vector: SysVector) {
    this.#vector = vector;
    this.#zero = vector.device.boot === 'idle' ? IDLE_BOOT_MS : 0;
    this.#device = new Device({
      clock: this.#clock,
      rng: new Rng(1),
      trace: SILENT,
      name: 'esp',
      modules: NODEMCU_MODULES,
      // The recorder's CPU costs no time, and it starts Lua at the instant of the reset.
      profile: {
        instructionUs: 0,
        uartTimed: false,
        bootDelay: ms(0),
        station: undefined,
        spiffsAddress: SPIFFS_ADDRESS,
        spiffsBytes: vector.device.spiffs,
      },
    });
    for (const [name, content] of Object.entries(vector.device.files))
      this.#device.flash.put(name, fromLatin1(content));
  }

  play(): Fact[] {
    const { events } = this.#device;
    const add = (kind: Fact['kind'], text: string, at: number): void => {
      this.#facts.push({ t: at / 1000 - this.#zero, kind, text });
    };
    const [raw, reason] = this.#vector.device.reset;
    this.#device.reset({ raw, reason });
    if (this.#vector.device.boot === 'idle') this.#runTo(0);
    events.on('uart', (port, bytes, at) => add(port === 0 ? 'tx' : 'tx1', toLatin1(bytes), at));
    events.on('pin', (pin, level, at) => add('gpio', `${pin} ${level}`, at));
    events.on('restart', (at) => add('restart', '', at));
    events.on('sleep', (durationUs, option, at) => add('dsleep', `${durationUs} ${option}`, at));
    events.on('crash', (how, _message, at) => add(how === 'watchdog' ? 'wdt' : 'tx', '', at));
    if (this.#vector.device.boot === 'log') this.#runTo(0);
    events.on('reset', (r, s, at) => add('reset', `${r} ${s}`, at));
    for (const [i, step] of this.#vector.steps.entries()) this.#input(step, this.#vector.steps[i - 1]);
    // What falls on the end itself is no longer part of the recording.
    this.#runTo(this.#vector.end - 0.001);
    return this.#facts;
  }

  #runTo(t: number): void {
    this.#clock.runUntil(ms(this.#zero + t));
  }

  #input(step: SysStep, before: SysStep | undefined): void {
    const caused = before?.restart !== undefined || before?.dsleep !== undefined || before?.wdt !== undefined;
    if (step.lua !== undefined) {
      this.#runTo(step.t);
      this.#lua(step.lua.join('\n'), step.t);
    } else if (step.rx !== undefined) {
      this.#runTo(step.t);
      for (const part of step.burst ? [step.rx] : step.rx) {
        this.#device.receive(fromLatin1(part));
        this.#runTo(step.t);
      }
    } else if (step.ctl !== undefined) {
      this.#runTo(step.t);
      this.#control(step.ctl);
    } else if (step.reset !== undefined && !caused && !this.#pendingReset(step)) {
      this.#runTo(step.t);
      this.#device.reset({ raw: step.reset[0], reason: step.reset[1] });
    }
  }

  /** A restart, sleep or watchdog earlier in the list leads to this reset by itself. */
  #pendingReset(step: SysStep): boolean {
    const earlier = this.#vector.steps.filter((s) => s.n < step.n);
    const cause = earlier.findLastIndex(
      (s) => s.restart !== undefined || s.dsleep !== undefined || s.wdt !== undefined,
    );
    const reset = earlier.findLastIndex((s) => s.reset !== undefined);
    return cause > reset;
  }

  #lua(source: string, t: number): void {
    const { lua, cpu } = this.#device;
    const loaded = lua.load(source, this.#vector.chunk);
    if (!loaded.ok) {
      this.#facts.push({ t, kind: 'syntax', text: loaded.message });
      return;
    }
    cpu.run(() => {
      lua.pcallx(loaded.chunk);
      loaded.chunk.release();
    });
  }

  #control(text: string): void {
    const [what = '', ...numbers] = text.split(' ');
    const [first = 0, second = 0] = numbers.map(Number);
    if (what === 'pin') this.#device.gpio.setExternal(first, second === 0 ? 0 : 1);
    else if (what === 'heap') this.#device.limitHeap(first);
  }
}

function expectation(step: SysStep): Fact[] {
  const { t } = step;
  if (step.tx !== undefined) return [{ t, kind: 'tx', text: step.tx }];
  if (step.print !== undefined) return [{ t, kind: 'tx', text: `${step.print}\r\n` }];
  if (step.tx1 !== undefined) return [{ t, kind: 'tx1', text: step.tx1 }];
  if (step.gpio !== undefined) return [{ t, kind: 'gpio', text: step.gpio.join(' ') }];
  if (step.restart) return [{ t, kind: 'restart', text: '' }];
  if (step.reset !== undefined) return [{ t, kind: 'reset', text: step.reset.join(' ') }];
  if (step.dsleep !== undefined) return [{ t, kind: 'dsleep', text: step.dsleep }];
  if (step.wdt) return [{ t, kind: 'wdt', text: '' }];
  if (step.syntax !== undefined) return [{ t, kind: 'syntax', text: step.syntax }];
  return [];
}

/** Joins what one UART sends at one instant; the banner and addresses are free text. */
function normalize(facts: readonly Fact[]): Fact[] {
  const joined: Fact[] = [];
  for (const fact of facts) {
    const last = joined.at(-1);
    if (
      last !== undefined &&
      fact.kind.startsWith('tx') &&
      last.kind === fact.kind &&
      Math.abs(last.t - fact.t) < 0.5
    ) {
      last.text += fact.text;
    } else {
      joined.push({ ...fact });
    }
  }
  return joined
    .filter((fact) => fact.kind !== 'tx' || fact.text !== '')
    .map((fact) => ({
      ...fact,
      text: fact.text
        .replace(/NodeMCU \d[\s\S]*?powered by[^\r]*/g, '<banner>')
        .replace(/\b[a-z]+: 0x[0-9a-f]+/g, '<address>'),
    }));
}

const line = (fact: Fact): string => `${fact.t} ${fact.kind} ${JSON.stringify(fact.text)}`;

function difference(expected: readonly Fact[], actual: readonly Fact[]): string | undefined {
  const count = Math.max(expected.length, actual.length);
  for (let i = 0; i < count; i++) {
    const [want, got] = [expected[i], actual[i]];
    if (want === undefined) return `unexpected: ${line(got as Fact)}`;
    if (got === undefined) return `missing: ${line(want)}`;
    const same = want.kind === got.kind && want.text === got.text && Math.abs(want.t - got.t) <= TOLERANCE_MS;
    if (!same) return `expected ${line(want)}, got ${line(got)}`;
  }
  return undefined;
}
