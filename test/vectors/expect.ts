/**
 * The recorded outputs and how what happens is matched with them: frames in order per flow, console lines in one
 * order, each at its time. The first thing that fits nowhere, or a missing output, is the failure.
 */
import { consoleText, matchConsole } from './console.ts';
import type { Flows } from './flows.ts';
import { isInput, type Step, type Vector } from './format.ts';
import { laneOf, matchFrame } from './match.ts';
import { parseSent, relativeOf, type SentFrame } from './sent.ts';
import type { Symbols } from './symbols.ts';
import { happened, type Row, sentText, stepText } from './timeline.ts';
import { COAP_SCALE, isImmediate, toleranceOf } from './tolerance.ts';

interface Match {
  /** Milliseconds of vector time. */
  readonly at: number;
  readonly text: string;
}

export class Expectations {
  readonly #vector: Vector;
  readonly #symbols: Symbols;
  readonly #flows: Flows;
  readonly #focus: ReadonlySet<string>;
  readonly #steps: readonly Step[];
  /** By index of the step: inputs performed, outputs found. */
  readonly #done = new Map<number, Match>();
  readonly #console = { text: '', at: 0 };
  /** CoAP: recorded intervals are multiplied by this. */
  #scale: number | undefined;
  #failure: { reason: string; step?: number; text?: string } | undefined;

  constructor(vector: Vector, symbols: Symbols, flows: Flows) {
    this.#vector = vector;
    this.#symbols = symbols;
    this.#flows = flows;
    this.#steps = vector.steps;
    this.#focus = new Set(vector.focus);
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** An error from which the device does not come back was matched: nothing after it counts. */
  get ended(): boolean {
    return this.#steps.some((step, i) => step.panic !== undefined && this.#done.has(i));
  }

  /** When step number `n` was matched or performed. */
  timeOf(n: number): number | undefined {
    return this.#done.get(this.#steps.findIndex((step) => step.n === n))?.at;
  }

  performed(index: number, at: number): void {
    this.#done.set(index, { at, text: '' });
  }

  /** The latest time at which an output before step `index` may still come; undefined when none is missing. */
  deadlineBefore(index: number): number | undefined {
    const open = this.#steps.flatMap((step, i) =>
      i < index && this.#isOpen(i) && !step.optional ? [this.#expectedAt(i) + this.#tolerance(i)] : [],
    );
    return open.length === 0 ? undefined : Math.max(...open);
  }

  fail(reason: string, index?: number, text?: string): void {
    this.#failure ??= {
      reason,
      ...(index === undefined ? {} : { step: index }),
      ...(text === undefined ? {} : { text }),
    };
  }

  /** Fails for the first recorded output before `index` that has not come. */
  requireBefore(index: number): void {
    const missing = this.#steps.findIndex((step, i) => i < index && this.#isOpen(i) && !step.optional);
    if (missing < 0) return;
    const step = this.#steps[missing] as Step;
    const rest =
      consoleText(step) !== undefined && this.#console.text !== ''
        ? `, console has ${JSON.stringify(this.#console.text)}`
        : '';
    this.fail(`step ${step.n} did not come: ${stepText(step).trim()}${rest}`, missing);
  }

  onFrame(bytes: Uint8Array, at: number): void {
    if (this.failed || this.ended) return;
    const sent = parseSent(bytes);
    const relative = relativeOf(this.#flows, sent);
    const text = `out ${sentText(sent, relative, this.#symbols)}`;
    const blocked = new Set<string>();
    let nearest: { reason: string; index: number } | undefined;
    for (const [index, step] of this.#steps.entries()) {
      if (step.out === undefined || !this.#isOpen(index)) continue;
      const lane = laneOf(step.out);
      if (blocked.has(lane)) continue;
      const reason = this.#tryFrame(index, step, sent, at);
      if (reason === undefined) {
        relative?.commit();
        this.#skipOptional(index, lane);
        this.#done.set(index, { at, text });
        return;
      }
      if (nearest === undefined || (aboutEnds(nearest.reason) && !aboutEnds(reason))) nearest = { reason, index };
      if (!step.optional) blocked.add(lane);
    }
    if (relative?.repeats) return;
    const difference = nearest === undefined || aboutEnds(nearest.reason) ? undefined : nearest;
    const why = difference === undefined ? '' : ` (${difference.reason})`;
    this.fail(`unexpected frame at ${at} ms: ${text}${why}`, difference?.index, happened(at, text));
  }

  onConsole(text: string, at: number): void {
    if (this.failed || this.ended) return;
    this.#console.text += text;
    this.#console.at = at;
    this.#matchConsole();
  }

  /** An error went to the handler of node.setonerror. */
  onScriptError(message: string, at: number): void {
    if (this.failed || this.ended) return;
    const index = this.#nextOnConsole();
    const step = index === undefined ? undefined : this.#steps[index];
    const expected = step?.onerror ?? step?.error;
    const first = message.split('\nstack traceback:')[0] as string;
    const text = `error ${JSON.stringify(first)}`;
    if (index === undefined || expected !== first || this.#console.text !== '')
      this.fail(`unexpected error at ${at} ms: ${message}`, index, happened(at, text));
    else this.#finish(index, at, text);
  }

  onEvent(name: string, at: number): void {
    const index = this.#steps.findIndex((step, i) => step.event === name && this.#isOpen(i));
    if (index >= 0) this.#finish(index, at, `event ${name}`);
  }

  /** The program asked for a restart. */
  onRestart(at: number): void {
    const index = this.#steps.findIndex((step, i) => step.restart === true && this.#isOpen(i));
    if (index >= 0) this.#finish(index, at, 'restart');
  }

  rows(): Row[] {
    const rows: Row[] = this.#steps.map((step, i) => {
      const done = this.#done.get(i);
      const expected = stepText(step);
      const differs = this.#failure?.step === i ? { differs: true } : {};
      if (this.#failure?.step === i && this.#failure.text !== undefined)
        return { expected, actual: this.#failure.text, ...differs };
      if (done === undefined) return { expected, ...differs };
      return { expected, actual: isInput(step) ? expected : happened(done.at, done.text), ...differs };
    });
    if (this.#failure?.step === undefined && this.#failure?.text !== undefined)
      rows.splice(this.#lastDone() + 1, 0, { actual: this.#failure.text, differs: true });
    return rows;
  }

  get reason(): string {
    return this.#failure?.reason ?? '';
  }

  #lastDone(): number {
    return Math.max(-1, ...this.#done.keys());
  }

  /** An output that is still awaited. */
  #isOpen(index: number): boolean {
    const step = this.#steps[index] as Step;
    return !isInput(step) && step.state === undefined && !this.#done.has(index);
  }

  #tryFrame(index: number, step: Step, sent: SentFrame, at: number): string | undefined {
    const trial = this.#symbols.trial();
    const relative = relativeOf(this.#flows, sent);
    const answersWithoutAck = this.#followsWithoutAck(index, step);
    const context = { trial, focus: this.#focus, relative, answersWithoutAck };
    const reason = matchFrame(step.out as NonNullable<Step['out']>, sent, context) ?? this.#timeDifference(index, at);
    if (reason === undefined) this.#symbols.commit(trial);
    return reason;
  }

  /** The step answers the last segment of its flow, and that had no flag A. */
  #followsWithoutAck(index: number, step: Step): boolean {
    const tcp = step.out?.tcp;
    if (tcp === undefined || step.by !== 'in') return false;
    const before = this.#steps.slice(0, index).findLast((s) => s.in?.tcp?.from === tcp.to && s.in.tcp.to === tcp.from);
    return before !== undefined && !before.in?.tcp?.flags.includes('A');
  }

  #timeDifference(index: number, at: number): string | undefined {
    const step = this.#steps[index] as Step;
    if (this.#scaled(index, step, at)) return undefined;
    const expected = this.#expectedAt(index);
    if (Number.isNaN(expected)) return `came before its cause, recorded at ${step.t}`;
    return Math.abs(at - expected) <= this.#tolerance(index) ? undefined : `at ${at} ms, recorded at ${expected}`;
  }

  #tolerance(index: number): number {
    const query = this.#steps.slice(0, index).findLast((step) => step.in?.igmp?.type === 'query');
    return toleranceOf(this.#steps[index] as Step, query?.in?.igmp?.maxResp);
  }

  /** Time of an output in this run: an immediate one follows its input, NaN while that was not performed. */
  #expectedAt(index: number): number {
    const step = this.#steps[index] as Step;
    if (!isImmediate(step)) return step.t;
    const cause = this.#steps.slice(0, index).findLastIndex(isInput);
    const performedAt = this.#done.get(cause)?.at;
    return performedAt === undefined ? Number.NaN : step.t + performedAt - (this.#steps[cause] as Step).t;
  }

  /** A retransmission of CoAP: its interval is the recorded one times a factor that stays the same. */
  #scaled(index: number, step: Step, at: number): boolean {
    if (this.#vector.theme !== 'coap' || step.by !== 'os-timer' || step.out === undefined) return false;
    const lane = laneOf(step.out);
    const before = this.#steps.slice(0, index).findLastIndex((s) => s.out !== undefined && laneOf(s.out) === lane);
    const earlier = this.#done.get(before);
    if (earlier === undefined) return false;
    const recorded = step.t - (this.#steps[before] as Step).t;
    const factor = (at - earlier.at) / recorded;
    if (this.#scale !== undefined) return Math.abs(factor - this.#scale) * recorded <= 2 * this.#tolerance(index);
    if (factor < COAP_SCALE.min || factor > COAP_SCALE.max) return false;
    this.#scale = factor;
    return true;
  }

  #skipOptional(index: number, lane: string): void {
    for (const [i, step] of this.#steps.entries()) {
      const earlier = i < index && step.optional && this.#isOpen(i);
      if (earlier && step.out !== undefined && laneOf(step.out) === lane)
        this.#done.set(i, { at: step.t, text: '(absent)' });
    }
  }

  #matchConsole(): void {
    while (this.#console.text !== '') {
      const index = this.#nextOnConsole();
      const step = index === undefined ? undefined : (this.#steps[index] as Step);
      if (index === undefined || step === undefined || consoleText(step) === undefined) {
        this.#failConsole(index);
        return;
      }
      const trial = this.#symbols.trial();
      const result = matchConsole(step, this.#console.text, trial, this.#vector.theme);
      if (result.kind === 'wait') return;
      if (result.kind === 'differs') {
        this.#failConsole(index);
        return;
      }
      this.#symbols.commit(trial);
      const text = this.#console.text.slice(0, result.length);
      this.#console.text = this.#console.text.slice(result.length);
      this.#finish(index, this.#console.at, `print ${JSON.stringify(text.slice(0, -2))}`);
      if (step.panic !== undefined || this.failed) return;
    }
  }

  #failConsole(index: number | undefined): void {
    const text = JSON.stringify(this.#console.text);
    const { at } = this.#console;
    this.fail(`unexpected console output at ${at} ms: ${text}`, index, happened(at, `console ${text}`));
  }

  /** Next of the lines that keep one order. */
  #nextOnConsole(): number | undefined {
    const index = this.#steps.findIndex(
      (step, i) =>
        this.#isOpen(i) && (consoleText(step) !== undefined || step.onerror !== undefined || step.error !== undefined),
    );
    return index < 0 ? undefined : index;
  }

  #finish(index: number, at: number, text: string): void {
    const reason = this.#timeDifference(index, at);
    if (reason === undefined) this.#done.set(index, { at, text });
    else this.fail(`step ${(this.#steps[index] as Step).n} came ${reason}`, index, happened(at, text));
  }
}

/** The frame belongs to somebody else: not the interesting kind of difference. */
const aboutEnds = (reason: string): boolean => /^(from|to|mac|not an?) /.test(reason);
