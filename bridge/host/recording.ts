/**
 * What crossed a door, as lines of JSON: one per crossing, with its virtual time in microseconds. Bytes are base64.
 * The lines before and after them belong to whoever records: how the world was made, how it ended.
 */
import { us } from '../../runtime/index.ts';
import type { Crossing, Door, Order, Outside } from '../index.ts';

/** As one line, without its end. */
export const emitCrossing = (crossing: Crossing): string =>
  JSON.stringify(crossing, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64') : value,
  );

/** Undefined for a line that is something else. */
export function parseCrossing(line: string): Crossing | undefined {
  const value = JSON.parse(line, (key, inner: unknown) =>
    key === 'data' && typeof inner === 'string' ? new Uint8Array(Buffer.from(inner, 'base64')) : inner,
  );
  return typeof value === 'object' && value !== null && 'line' in value && 'at' in value ? value : undefined;
}

/** Stands outside of a door in place of the computer: nothing comes back from it, the recording does that. */
export const NOBODY: Outside = { order: () => {} };

/** How far a repetition has come, and where it went another way. */
export interface Difference {
  /** Virtual microseconds. */
  readonly at: number;
  readonly text: string;
}

/** Plays the arrivals of a recording to a door, and holds what the world orders against what it ordered then. */
export class Player {
  readonly #door: Door;
  readonly #crossings: readonly Crossing[];
  #next = 0;
  difference: Difference | undefined;

  constructor(door: Door, crossings: readonly Crossing[]) {
    this.#door = door;
    this.#crossings = crossings;
    door.tap = (crossing) => this.#compare(crossing);
  }

  /** Virtual time of the next arrival; undefined when there is none. The world must have done all that is due then. */
  get nextAt(): number | undefined {
    const next = this.#crossings[this.#next];
    return next === undefined || this.difference !== undefined ? undefined : us(next.at);
  }

  /** Lets the crossing in for which it is time. What the world should have ordered by now, but did not, is a difference. */
  step(): void {
    const at = this.#next;
    const next = this.#crossings[at];
    if (next === undefined) return;
    if ('in' in next) this.#door.arrive(next.line, next.in);
    else if ('accepted' in next) this.#door.accept(next.line, next.from);
    // An order that did not come, or an arrival on a line that is not there.
    if (this.#next === at) this.#differ(next, undefined);
  }

  /** Crossings so far, in both directions. */
  get played(): number {
    return this.#next;
  }

  #compare(now: Crossing): void {
    const then = this.#crossings[this.#next];
    if (then === undefined || emitCrossing(then) !== emitCrossing(now)) this.#differ(then, now);
    else this.#next++;
  }

  #differ(then: Crossing | undefined, now: Crossing | undefined): void {
    const show = (crossing: Crossing | undefined): string => (crossing === undefined ? 'nothing' : describe(crossing));
    this.difference ??= { at: then?.at ?? now?.at ?? 0, text: `recorded ${show(then)}, now ${show(now)}` };
  }
}

function describe(crossing: Crossing): string {
  const { at, line } = crossing;
  const what =
    'out' in crossing ? order(crossing.out) : 'in' in crossing ? crossing.in.is : `stream ${crossing.accepted}`;
  return `${what} on line ${line} at ${(at / 1e6).toFixed(6)} s`;
}

const order = (out: Order): string => (out.do === 'send' ? `send of ${out.data.length} bytes` : out.do);
