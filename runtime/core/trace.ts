/** One stream of small facts; sinks (text, ring buffer, JSON) live outside. Producing is free while nobody listens. */
import type { Clock, Micros } from './clock.ts';

export interface TraceEvent {
  readonly at: Micros;
  /** Device, host or access point, for example `esp1`. */
  readonly node: string;
  /** Room and machine, for example `stack/tcp`. */
  readonly layer: string;
  /** Past tense, for example `dropped`. */
  readonly event: string;
  readonly detail: string;
}

export type TraceSink = (event: TraceEvent) => void;

/** Handed to machines. Guard calls that build text with `if (trace.on)`. */
export interface Tracer {
  readonly on: boolean;
  emit(layer: string, event: string, detail?: string): void;
}

/** The world's trace: sinks may come and go; the last lines are kept for fault reports. */
export class Trace {
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

  /** The view of one node of the world. */
  node(node: string): Tracer {
    const sinks = this.#sinks;
    const clock = this.#clock;
    return {
      get on() {
        return sinks.size > 0;
      },
      emit(layer, event, detail = '') {
        if (sinks.size === 0) return;
        const fact = { at: clock.now(), node, layer, event, detail };
        for (const sink of sinks) sink(fact);
      },
    };
  }
}

/** For machines in tests that need no trace. */
export const SILENT: Tracer = { on: false, emit: () => {} };
