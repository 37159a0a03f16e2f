/** Plays a recorded conversation (`esp8266-net-vector/1` and `/2`): performs its inputs, watches its outputs. */
import { Rng } from '../../runtime/core/index.ts';
import { Expectations } from './expect.ts';
import { Flows } from './flows.ts';
import { type Frame, isInput, PASSED, type Step, type Vector, type Verdict } from './format.ts';
import { buildFrame, macOf } from './frames.ts';
import { Rig } from './rig.ts';
import { Symbols } from './symbols.ts';
import { renderTimeline } from './timeline.ts';

export function playNet(vector: Vector): Verdict {
  const player = new Player(vector);
  player.play();
  const { expectations } = player;
  if (!expectations.failed) return PASSED;
  return { kind: 'failed', reason: expectations.reason, timeline: renderTimeline(expectations.rows()) };
}

class Player {
  readonly expectations: Expectations;
  readonly #vector: Vector;
  readonly #symbols: Symbols;
  readonly #flows = new Flows(new Rng(2));
  readonly #rig: Rig;

  constructor(vector: Vector) {
    this.#vector = vector;
    this.#symbols = new Symbols(vector.symbols);
    this.expectations = new Expectations(vector, this.#symbols, this.#flows);
    const { expectations } = this;
    this.#rig = new Rig(vector, {
      onFrame: (bytes, at) => expectations.onFrame(bytes, at),
      onConsole: (text, at) => expectations.onConsole(text, at),
      onScriptError: (message, at) => expectations.onScriptError(message, at),
      onEvent: (name, at) => expectations.onEvent(name, at),
      onRestart: (at) => expectations.onRestart(at),
      onWatchdog: (at) => expectations.fail(`the watchdog bit at ${at} ms`),
    });
  }

  play(): void {
    for (const [index, step] of this.#vector.steps.entries()) {
      if (this.#over) return;
      if (isInput(step)) this.#input(index, step);
      else if (step.state !== undefined) this.#compareState(index, step);
    }
    if (this.#over) return;
    this.#rig.runUntil(this.#vector.end);
    this.#await(this.#vector.steps.length);
    this.expectations.requireBefore(this.#vector.steps.length);
  }

  get #over(): boolean {
    return this.expectations.failed || this.expectations.ended;
  }

  /** Performs an input at its time, but not before every output listed ahead of it has come. */
  #input(index: number, step: Step): void {
    const at = this.#timeOf(step);
    this.#rig.runUntil(at);
    this.#await(index);
    this.expectations.requireBefore(index);
    if (this.#over) return;
    this.expectations.performed(index, this.#rig.now);
    this.#perform(index, step);
    this.#rig.runUntil(this.#rig.now);
  }

  /** The peer's reaction to a frame keeps its distance from that frame. */
  #timeOf(step: Step): number {
    const cause = step.re === undefined ? undefined : this.#vector.steps.find((s) => s.n === step.re);
    const seenAt = cause === undefined ? undefined : this.expectations.timeOf(cause.n);
    return cause === undefined || seenAt === undefined ? step.t : seenAt + step.t - cause.t;
  }

  /** Lets time pass until the outputs before step `index` are there or can no longer be in time. */
  #await(index: number): void {
    for (;;) {
      const deadline = this.expectations.deadlineBefore(index);
      const { nextAt } = this.#rig;
      if (this.#over || deadline === undefined || nextAt === undefined || nextAt > deadline) return;
      this.#rig.step();
    }
  }

  #perform(index: number, step: Step): void {
    if (step.lua !== undefined) {
      const message = this.#rig.lua(step.lua.join('\n'), this.#vector.chunk);
      if (message !== undefined) this.expectations.fail(`step ${step.n} does not compile: ${message}`, index);
    } else if (step.ctl !== undefined) {
      this.#rig.ctl(step.ctl);
    } else if (step.in !== undefined) {
      const frame = buildFrame(step.in, {
        deviceMac: macOf(this.#vector.device.mac),
        symbols: this.#symbols,
        flows: this.#flows,
        restart: this.#isAnswered(index, step.in),
      });
      if (frame.ok) this.#rig.deliver(frame.value);
      else this.expectations.fail(`step ${step.n}: ${frame.error}`, index);
    }
  }

  /** A SYN of the peer that the device answers with SYN+ACK. */
  #isAnswered(index: number, frame: Frame): boolean {
    const { tcp } = frame;
    if (tcp?.flags !== 'S') return false;
    const same = (f: Frame | undefined): boolean => f?.tcp?.from === tcp.to && f.tcp.to === tcp.from;
    const next = this.#vector.steps.slice(index + 1).find((s) => same(s.out) || s.in?.tcp?.from === tcp.from);
    return next?.out?.tcp?.flags === 'SA';
  }

  /** Soft unless the vector is about it. */
  #compareState(index: number, step: Step): void {
    this.#rig.runUntil(step.t);
    if (!this.#vector.focus?.includes('state')) return;
    const expected = (step.state?.tcp ?? []).map(({ state, local, remote }) => {
      const port = local.startsWith('$') ? this.#symbols.get(local) : local.split(':').at(-1);
      return `${state} ${port} ${remote}`;
    });
    const actual = this.#rig.connections().map(({ state, port, remote }) => `${state} ${port} ${remote}`);
    if (expected.sort().join() === actual.sort().join()) return;
    this.expectations.fail(
      `state is ${actual.join(', ') || 'empty'}, recorded ${expected.join(', ') || 'empty'}`,
      index,
    );
  }
}
