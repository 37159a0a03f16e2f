/**
 * The one opening between a world and the computer it runs on: numbered lines, over which orders go out and arrivals
 * come in, both plain data. Whoever stands outside (sockets, or a recording) sees nothing else, so what passed here
 * is all that a run depends on. An arrival happens in the world at a virtual time between two of its events.
 */
import type { Micros, World } from '../runtime/index.ts';

/** A TCP or UDP end by number or name, or the path of a UNIX socket. */
export type Address = { readonly host: string; readonly port: number } | { readonly path: string };

/** What the world wants of the outside. The first eight open a line, the others are about one. */
export type Order =
  /** A stream; `room` arrivals tell how fast the peer reads, nothing is read before `resume`. */
  | { readonly do: 'connect'; readonly to: Address }
  /** Streams of others, each a line of its own. */
  | { readonly do: 'listen'; readonly at: Address }
  /** A UDP socket; with `to` for datagrams to and from there only. */
  | { readonly do: 'udp'; readonly at?: Address; readonly to?: Address }
  /** IPv4 addresses of a name, as this computer knows it. */
  | { readonly do: 'lookup'; readonly name: string }
  /** A DNS message about a name to a server, this computer's own one without `server`; `found` when policy has fixed the name. */
  | { readonly do: 'ask'; readonly name: string; readonly server?: Address; readonly data: Uint8Array }
  | { readonly do: 'ping'; readonly host: string }
  /** What somebody types at the console; only `data` arrives. */
  | { readonly do: 'type' }
  /** The addresses of this computer itself. */
  | { readonly do: 'interfaces' }
  | { readonly do: 'send'; readonly data: Uint8Array; readonly to?: Address }
  /** Nothing more will be sent. */
  | { readonly do: 'end' }
  | { readonly do: 'pause' }
  | { readonly do: 'resume' }
  /** A stream breaks with RST; anything else is closed. No arrival follows. */
  | { readonly do: 'reset' };

/** What comes of it. `closed`, `denied` and `found` are the last ones on their line, see {@link isLast}. */
export type Arrival =
  /** The stream is connected, or the socket bound there. */
  | { readonly is: 'open'; readonly at?: Address }
  | { readonly is: 'data'; readonly data: Uint8Array; readonly from?: Address }
  /** What was sent so far has left this process, almost all of it. */
  | { readonly is: 'room' }
  /** The peer sends nothing more. */
  | { readonly is: 'end' }
  /** A datagram met a closed port. */
  | { readonly is: 'refused' }
  | { readonly is: 'found'; readonly addresses: readonly string[] }
  /** Policy does not let it through; `remedy` is a place that the user may allow. */
  | { readonly is: 'denied'; readonly reason: string; readonly remedy?: string }
  /** The line is gone; `error` is the code of the operating system. */
  | { readonly is: 'closed'; readonly error?: string };

export const isLast = ({ is }: Arrival): boolean => is === 'closed' || is === 'denied' || is === 'found';

/** One thing that passed the door. `accepted` is a new stream on the line of a listener. */
export type Crossing = { readonly at: Micros; readonly line: number } & (
  | { readonly out: Order }
  | { readonly in: Arrival }
  | { readonly accepted: number; readonly from: Address }
);

/** Carries orders out. Must never answer from within an order. */
export interface Outside {
  order(line: number, order: Order): void;
}

/** Lets in what comes of them. */
export interface Entrance {
  arrive(line: number, arrival: Arrival): void;
  /** `take` is called with the number of the new line, unless nobody wants it. */
  accept(line: number, from: Address, take: (line: number) => void): void;
}

/** World side of a line. */
export class Line {
  readonly id: number;
  /** The far end, of an accepted stream. */
  readonly from: Address | undefined;
  readonly #door: Door;
  /** What to do with arrivals; those before it is set are lost. */
  onArrival: (arrival: Arrival) => void = () => {};
  /** What to do with new streams of a listener. */
  onAccepted: (line: Line) => void = (line) => line.order({ do: 'reset' });

  constructor(door: Door, id: number, from?: Address) {
    this.#door = door;
    this.id = id;
    this.from = from;
  }

  order(order: Order): void {
    this.#door.order(this, order);
  }
}

export class Door {
  readonly #world: World;
  readonly #outside: Outside;
  readonly #lines = new Map<number, Line>();
  #next = 1;
  /** Sees everything that passes, in order. */
  tap: ((crossing: Crossing) => void) | undefined;

  constructor(world: World, outside: Outside) {
    this.#world = world;
    this.#outside = outside;
  }

  /** Lines in use. */
  get size(): number {
    return this.#lines.size;
  }

  /** Opens a line by its first order. */
  open(order: Order, onArrival: (arrival: Arrival) => void): Line {
    const line = this.#add();
    line.onArrival = onArrival;
    line.order(order);
    return line;
  }

  /** @internal Use {@link Line.order}. Orders on a line that is gone do nothing. */
  order(line: Line, order: Order): void {
    if (this.#lines.get(line.id) !== line) return;
    this.tap?.({ at: this.#world.now, line: line.id, out: order });
    if (order.do === 'reset') this.#lines.delete(line.id);
    this.#outside.order(line.id, order);
  }

  /** Something happened outside; the world stands at the time at which it shall have happened. */
  arrive(id: number, arrival: Arrival): void {
    const line = this.#lines.get(id);
    if (line === undefined) return;
    this.tap?.({ at: this.#world.now, line: id, in: arrival });
    if (isLast(arrival)) this.#lines.delete(id);
    line.onArrival(arrival);
  }

  /** A stream of somebody else on the line of a listener. `taken` hears its own line before any order about it; never, when nobody listens any more. */
  accept(id: number, from: Address, taken: (line: number) => void = () => {}): void {
    const listener = this.#lines.get(id);
    if (listener === undefined) return;
    const line = this.#add(from);
    this.tap?.({ at: this.#world.now, line: id, accepted: line.id, from });
    taken(line.id);
    listener.onAccepted(line);
  }

  #add(from?: Address): Line {
    const line = new Line(this, this.#next++, from);
    this.#lines.set(line.id, line);
    return line;
  }
}

/** `127.0.0.1:80`, `/tmp/x.sock`. */
export const formatAddress = (address: Address): string =>
  'path' in address ? address.path : `${address.host}:${address.port}`;
