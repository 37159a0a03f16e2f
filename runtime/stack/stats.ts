/** What a stack threw away, counted by layer and named reason (band 1 of the error rules). */
import type { Tracer } from '../core/index.ts';

export type DropLayer = 'ethernet' | 'arp' | 'ip4' | 'icmp' | 'igmp' | 'udp' | 'tcp' | 'dhcp' | 'dns';

interface Counter {
  readonly layer: DropLayer;
  readonly reason: string;
  count: number;
}

export class DropCounters {
  /** The stack's trace, for layers that are given nothing else of it. */
  readonly trace: Tracer;
  /** Few, in the order of first occurrence. */
  readonly #counters: Counter[] = [];
  /** Most drops are of the same kind as the one before. */
  #last: Counter | undefined;

  constructor(trace: Tracer) {
    this.trace = trace;
  }

  /** Counts and traces one dropped unit. `reason` is a short name such as `bad-checksum`; `detail` is for the trace. */
  drop(layer: DropLayer, reason: string, detail?: () => string): void {
    const last = this.#last;
    const counter = last?.layer === layer && last.reason === reason ? last : this.#counter(layer, reason);
    counter.count++;
    this.#last = counter;
    if (!this.trace.on) return;
    this.trace.emit(`stack/${layer}`, 'dropped', detail === undefined ? reason : `${reason}: ${detail()}`);
  }

  of(layer: DropLayer, reason: string): number {
    return this.#find(layer, reason)?.count ?? 0;
  }

  /** `['arp queue-full', 2]`, in the order of first occurrence. */
  entries(): [string, number][] {
    return this.#counters.map(({ layer, reason, count }) => [`${layer} ${reason}`, count]);
  }

  #counter(layer: DropLayer, reason: string): Counter {
    const known = this.#find(layer, reason);
    if (known !== undefined) return known;
    const counter = { layer, reason, count: 0 };
    this.#counters.push(counter);
    return counter;
  }

  #find(layer: DropLayer, reason: string): Counter | undefined {
    return this.#counters.find((counter) => counter.layer === layer && counter.reason === reason);
  }
}
