/** Bytes out of the level changes of an asynchronous line: one start bit, eight data bits, one stop bit, least significant first. */
import { type Micros, us } from '../core/index.ts';
import type { Level } from './wire.ts';

interface Edge {
  readonly level: Level;
  readonly at: Micros;
}

export class UartDecoder {
  readonly #bitUs: number;
  readonly #edges: Edge[] = [];

  constructor(baud: number) {
    this.#bitUs = 1e6 / baud;
  }

  edge(level: Level, at: Micros): void {
    this.#edges.push({ level, at });
  }

  /** When the byte under way will be known; undefined while the line rests. */
  get readyAt(): Micros | undefined {
    const start = this.#edges.find(({ level }) => level === 0);
    return start === undefined ? undefined : us(start.at + 9.5 * this.#bitUs);
  }

  /** The bytes that are complete by `now`. */
  take(now: Micros): number[] {
    const bytes: number[] = [];
    for (;;) {
      const from = this.#edges.findIndex(({ level }) => level === 0);
      const start = this.#edges[from];
      if (start === undefined || start.at + 9.5 * this.#bitUs > now) return bytes;
      let byte = 0;
      for (let i = 0; i < 8; i++) byte |= this.#levelAt(start.at + (1.5 + i) * this.#bitUs) << i;
      bytes.push(byte);
      const end = start.at + 9 * this.#bitUs;
      while (this.#edges[0] !== undefined && this.#edges[0].at < end) this.#edges.shift();
    }
  }

  #levelAt(time: number): Level {
    let level: Level = 1;
    for (const edge of this.#edges) if (edge.at <= time) level = edge.level;
    return level;
  }
}
