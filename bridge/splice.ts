/**
 * A connection of the virtual network and a stream of the outside, joined: bytes, ends and errors of one become those
 * of the other, and neither is read faster than the other one takes.
 */
import type { HostStream, StreamHandler } from '../runtime/index.ts';
import type { Arrival, Line } from './door.ts';

/** So many bytes may be on their way out without a sign of room; then the window of the virtual peer closes. */
const OUTGOING_BYTES = 64 * 1024;

export class Splice implements StreamHandler {
  readonly #stream: HostStream;
  readonly #line: Line;
  readonly #done: () => void;
  #outgoing = 0;
  #paused = false;
  #open = true;
  #lineGone = false;

  /** Takes over both. `done` is called once, when the virtual connection is over. */
  constructor(stream: HostStream, line: Line, done: () => void = () => {}) {
    this.#stream = stream;
    this.#line = line;
    this.#done = done;
    line.onArrival = (arrival) => this.#onArrival(arrival);
    // Nobody shall wait for a timer of ours: a script often goes on only when its data is acknowledged.
    stream.quickAck = true;
    stream.handler = this;
    line.order({ do: 'resume' });
  }

  onData(bytes: Uint8Array): void {
    this.#line.order({ do: 'send', data: bytes });
    this.#outgoing += bytes.length;
    if (this.#outgoing < OUTGOING_BYTES || this.#paused) return;
    this.#paused = true;
    this.#stream.pause();
  }

  onEnd(): void {
    this.#line.order({ do: 'end' });
  }

  onDrain(): void {
    this.#line.order({ do: 'resume' });
  }

  onClose(error: number | undefined): void {
    this.#open = false;
    if (error !== undefined && !this.#lineGone) this.#line.order({ do: 'reset' });
    this.#done();
  }

  #onArrival(arrival: Arrival): void {
    switch (arrival.is) {
      case 'data':
        if (this.#open && !this.#stream.write(arrival.data)) this.#line.order({ do: 'pause' });
        return;
      case 'room':
        this.#outgoing = 0;
        if (!this.#paused) return;
        this.#paused = false;
        this.#stream.resume();
        return;
      case 'end':
        this.#stream.end();
        return;
      case 'closed':
        this.#lineGone = true;
        if (arrival.error !== undefined && this.#open) this.#stream.destroy();
        return;
      default:
        return;
    }
  }
}
