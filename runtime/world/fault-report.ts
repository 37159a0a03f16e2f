/** The last facts before a fault, and the report that makes it repeatable: seed, virtual time, trace lines. */
import { type Micros, SimulatorFault, type Trace, type TraceEvent } from '../core/index.ts';

/** `12.503000 esp1 stack/tcp moved: …` */
export function formatTrace({ at, node, layer, event, detail }: TraceEvent): string {
  return `${formatTime(at)} ${node} ${layer} ${event}${detail === '' ? '' : `: ${detail}`}`;
}

/** Seconds with all six decimals. */
export const formatTime = (at: Micros): string => (at / 1e6).toFixed(6);

/** Keeps the last events of a trace; text is made only when somebody asks. */
export class LastEvents {
  readonly #limit: number;
  readonly #events: TraceEvent[] = [];
  #next = 0;

  /** Listens from now on. */
  constructor(trace: Trace, limit: number) {
    this.#limit = limit;
    if (limit > 0) trace.listen((event) => this.#keep(event));
  }

  /** Oldest first. */
  lines(): string[] {
    return [...this.#events.slice(this.#next), ...this.#events.slice(0, this.#next)].map(formatTrace);
  }

  #keep(event: TraceEvent): void {
    this.#events[this.#next] = event;
    this.#next = (this.#next + 1) % this.#limit;
  }
}

/** What escaped an event of the world, as a fault that tells how to see it again. */
export function faultReport(error: unknown, seed: number, at: Micros, last: LastEvents): SimulatorFault {
  const lines = last.lines();
  const story = lines.length === 0 ? '' : `\nlast events:\n  ${lines.join('\n  ')}`;
  const message = error instanceof Error ? error.message : String(error);
  return new SimulatorFault(`${message}\nseed ${seed}, virtual time ${formatTime(at)} s${story}`, { cause: error });
}
