/**
 * Another process as the outside of a door: orders go there as messages, and what comes back enters the world. When it
 * is gone, every line is broken off, and what is opened from then on is denied.
 */
import { type Arrival, type Entrance, isLast, type Order, type Outside } from './door.ts';
import { emitMessage, type FromDoor, type ToDoor } from './message.ts';

export interface RemoteEnv {
  readonly entrance: Entrance;
  send(message: Uint8Array): void;
  /** Calls back when the order is over that is being given. */
  later(action: () => void): void;
}

const GONE: Arrival = { is: 'denied', reason: 'the bridge is gone' };

export class RemoteLines implements Outside {
  readonly #env: RemoteEnv;
  readonly #lines = new Set<number>();
  #gone = false;

  constructor(env: RemoteEnv) {
    this.#env = env;
  }

  order(line: number, order: Order): void {
    const opens = !this.#lines.has(line);
    if (order.do === 'reset') this.#lines.delete(line);
    else this.#lines.add(line);
    if (!this.#gone) this.#send({ line, out: order });
    else if (opens) this.#env.later(() => this.#arrive(line, GONE));
  }

  /** What the other process says behind its hello. */
  take(message: ToDoor): void {
    if ('in' in message) this.#arrive(message.line, message.in);
    else if ('offered' in message)
      this.#env.entrance.accept(message.line, message.from, (line) => {
        this.#lines.add(line);
        this.#send({ taken: message.offered, line });
      });
  }

  /** The other process is not there any more. */
  lose(): void {
    this.#gone = true;
    for (const line of [...this.#lines]) this.#arrive(line, { is: 'closed', error: 'ECONNRESET' });
  }

  #arrive(line: number, arrival: Arrival): void {
    if (isLast(arrival)) this.#lines.delete(line);
    this.#env.entrance.arrive(line, arrival);
    if (arrival.is === 'data' && !this.#gone) this.#send({ took: arrival.data.length, line });
  }

  #send(message: FromDoor): void {
    this.#env.send(emitMessage(message));
  }
}
