/** What a stack threw away, counted by layer and named reason (band 1 of the error rules). */
import type { Tracer } from '../core/index.ts';

export type DropLayer = 'ethernet' | 'arp' | 'ip4' | 'icmp' | 'igmp' | 'udp' | 'tcp' | 'dhcp' | 'dns';

export class DropCounters {
  /** The stack's trace, for layers that are given nothing else of it. */
  readonly trace: Tracer;
  readonly #counts = new Map<string, number>();

  constructor(trace: Tracer) {
    this.trace = trace;
  }

  /** Counts and traces one dropped unit. `reason` is a short name such as `bad-checksum`. */
  drop(layer: DropLayer, reason: string, detail = ''): void {
    const key = `${layer} ${reason}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    if (this.trace.on) this.trace.emit(`stack/${layer}`, 'dropped', detail === '' ? reason : `${reason}: ${detail}`);
  }

  of(layer: DropLayer, reason: string): number {
    return this.#counts.get(`${layer} ${reason}`) ?? 0;
  }

  /** `['arp queue-full', 2]`, in the order of first occurrence. */
  entries(): [string, number][] {
    return [...this.#counts];
  }
}
