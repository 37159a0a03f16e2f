/** The host computer as the outside of a door: every line is a socket, a question or a process. */
import type { Entrance, Order, Outside } from '../index.ts';
import { askLine, datagramLine } from './host-datagram-line.ts';
import type { HostEnv, HostLine } from './host-line.ts';
import { interfacesLine, lookupLine, pingLine } from './host-question-line.ts';
import { connectLine, listenLine } from './host-stream-line.ts';

export class HostLines implements Outside {
  readonly #lines = new Map<number, HostLine>();
  readonly #entrance: Entrance;

  constructor(entrance: Entrance) {
    this.#entrance = entrance;
  }

  /** Sockets and the like that are open. */
  get size(): number {
    return this.#lines.size;
  }

  order(id: number, order: Order): void {
    const line = this.#lines.get(id);
    if (line === undefined) {
      const opened = open(order, this.#env(id));
      if (opened !== undefined) this.#lines.set(id, opened);
      return;
    }
    if (order.do === 'reset') this.#lines.delete(id);
    line.order(order);
  }

  /** Closes everything. */
  close(): void {
    for (const line of this.#lines.values()) line.destroy();
    this.#lines.clear();
  }

  #env(id: number): HostEnv {
    return {
      arrive: (arrival) => {
        if (!this.#lines.has(id)) return;
        if (arrival.is === 'closed' || arrival.is === 'found') this.#lines.delete(id);
        this.#entrance.arrive(id, arrival);
      },
      accepted: (from, take) => {
        this.#entrance.accept(id, from, (accepted) => {
          this.#lines.set(accepted, take(this.#env(accepted)));
        });
      },
    };
  }
}

function open(order: Order, env: HostEnv): HostLine | undefined {
  switch (order.do) {
    case 'connect':
      return connectLine(order.to, env);
    case 'listen':
      return listenLine(order.at, env);
    case 'udp':
      return datagramLine(order.at, order.to, env);
    case 'ask':
      return askLine(order.server, order.data, env);
    case 'lookup':
      return lookupLine(order.name, env);
    case 'interfaces':
      return interfacesLine(env);
    case 'ping':
      return pingLine(order.host, env);
    default:
      return undefined;
  }
}
