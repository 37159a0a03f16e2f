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

  constructor(trace: Tracer) {
    this.trace = trace;
  }

  /** Counts and traces one dropped unit. `reason` is a short name such as `bad-checksum`; `detail` is for the trace. */
  drop(layer: DropLayer, reason: string, detail?: () => string): void {
    const counter = this.#find(layer, reason);
    if (counter === undefined) this.#counters.push({ layer, reason, count: 1 });
    else counter.count++;
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

  #find(layer: DropLayer, reason: string): Counter | undefined {
    return this.#counters.find((counter) => counter.layer === layer && counter.reason === reason);
  }
}
