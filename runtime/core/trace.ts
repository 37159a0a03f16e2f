/**
 * One stream of small facts; sinks (text, ring buffer, JSON) live outside. Producing is free while nobody listens.
 * It also carries causes: which line of a script asked for what happens, and what had woken the script. What is done
 * later (a segment sent again, a packet that waited for ARP) remembers its cause by the thing that waited.
 */
import type { Clock, Micros } from './clock.ts';

/** What woke a program: a frame that arrived, or the name of a timer or another event. */
export type Waker = string | Uint8Array;

/** Why something happened on a device. */
export interface Cause {
  /** The line that asked for it, as `init.lua:12`. */
  readonly line: string;
  /** Undefined where nothing more is known. */
  readonly waker: Waker | undefined;
}

export interface TraceEvent {
  readonly at: Micros;
  /** Device, host or access point, for example `esp1`. */
  readonly node: string;
  /** Room and machine, for example `stack/tcp`. */
  readonly layer: string;
  /** Past tense, for example `dropped`. */
  readonly event: string;
  readonly detail: string;
  /** Only while causes are followed. */
  readonly cause?: Cause | undefined;
  /** The Ethernet frame that the event is about. */
  readonly frame?: Uint8Array | undefined;
}

export type TraceSink = (event: TraceEvent) => void;

/** Handed to machines. Guard calls that build text with `if (trace.on)`. */
export interface Tracer {
  readonly on: boolean;
  /** Whether causes are asked for; without that the calls below do nothing. */
  readonly following: boolean;
  emit(layer: string, event: string, detail?: string, frame?: Uint8Array, at?: Micros): void;
  /** The cause of what happens now. */
  readonly cause: Cause | undefined;
  /** Says where to ask for the cause that a running program is; undefined while none runs. */
  ask(program: () => Cause | undefined): void;
  /** Remembers the cause for something that waits; where there is none now, that of what it belongs to. */
  keep(thing: object, owner?: object): void;
  /** From now on what happens has the cause of this thing. Answers what {@link restore} needs afterwards. */
  recall(thing: object): Cause | undefined;
  restore(before: Cause | undefined): void;
}

/** The world's trace: sinks may come and go; the last lines are kept for fault reports. */
export class Trace {
  /** Causes are found out and carried along; costs time, so only for those who show them. */
  following = false;
  readonly #clock: Clock;
  readonly #sinks = new Set<TraceSink>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds a sink; call the result to remove it. */
  listen(sink: TraceSink): () => void {
    this.#sinks.add(sink);
    return () => this.#sinks.delete(sink);
  }

  get on(): boolean {
    return this.#sinks.size > 0;
  }

  /** The view of one node of the world. */
  node(node: string): Tracer {
    return new NodeTracer(this, this.#clock, node);
  }

  /** @internal */
  tell(event: TraceEvent): void {
    for (const sink of this.#sinks) sink(event);
  }
}

class NodeTracer implements Tracer {
  readonly #trace: Trace;
  readonly #clock: Clock;
  readonly #node: string;
  readonly #kept = new WeakMap<object, Cause>();
  #program: (() => Cause | undefined) | undefined;
  #recalled: Cause | undefined;

  constructor(trace: Trace, clock: Clock, node: string) {
    this.#trace = trace;
    this.#clock = clock;
    this.#node = node;
  }

  get on(): boolean {
    return this.#trace.on;
  }

  get following(): boolean {
    return this.#trace.following;
  }

  get cause(): Cause | undefined {
    return this.#trace.following ? (this.#program?.() ?? this.#recalled) : undefined;
  }

  emit(layer: string, event: string, detail = '', frame?: Uint8Array, at: Micros = this.#clock.now()): void {
    if (!this.#trace.on) return;
    const fact = { at, node: this.#node, layer, event, detail };
    this.#trace.tell(this.#trace.following ? { ...fact, cause: this.cause, frame } : fact);
  }

  ask(program: () => Cause | undefined): void {
    this.#program = program;
  }

  keep(thing: object, owner?: object): void {
    if (!this.#trace.following) return;
    const cause = this.cause ?? (owner === undefined ? undefined : this.#kept.get(owner));
    if (cause !== undefined) this.#kept.set(thing, cause);
  }

  recall(thing: object): Cause | undefined {
    if (!this.#trace.following) return undefined;
    const before = this.#recalled;
    this.#recalled = this.#kept.get(thing) ?? before;
    return before;
  }

  restore(before: Cause | undefined): void {
    this.#recalled = before;
  }
}

/** For machines in tests that need no trace. */
export const SILENT: Tracer = {
  on: false,
  following: false,
  cause: undefined,
  emit: () => {},
  ask: () => {},
  keep: () => {},
  recall: () => undefined,
  restore: () => {},
};
