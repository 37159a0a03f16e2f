/**
 * The sockets of this computer for a world in another process, which is not trusted: a guard stands here, and what the
 * world has not taken yet is bounded. A stream is not read for the time being, datagrams get lost.
 */
import type { Ipv4Address } from '../../runtime/index.ts';
import {
  type Address,
  type Arrival,
  type BridgeSpec,
  emitMessage,
  Guard,
  isLast,
  type Order,
  parseFromDoor,
  type ToDoor,
} from '../index.ts';
import { HostLines } from './host-lines.ts';

/** Bytes on their way to the world above which its line is not read, and below which it is again. */
const WINDOW_HIGH = 256 * 1024;
const WINDOW_LOW = 64 * 1024;

const OPENING: ReadonlySet<Order['do']> = new Set(['connect', 'listen', 'udp', 'lookup', 'ask', 'ping']);

interface Flow {
  readonly datagrams: boolean;
  /** Bytes on their way. */
  ahead: number;
  /** The window is full. */
  full: boolean;
  /** The world itself wants to wait. */
  paused: boolean;
}

export class RemoteHost {
  readonly #send: (message: Uint8Array) => void;
  readonly #guard: Guard;
  readonly lines: HostLines;
  readonly #flows = new Map<number, Flow>();
  /** Streams that nobody has taken yet. */
  readonly #offers = new Map<number, (line: number) => void>();
  #lastOffer = 0;

  /** `gateway` is the address of the virtual network that stands for this computer. */
  constructor(spec: BridgeSpec, gateway: Ipv4Address, send: (message: Uint8Array) => void) {
    this.#send = send;
    const entrance = {
      arrive: (line: number, arrival: Arrival): void => this.#arrive(line, arrival),
      accept: (line: number, from: Address, take: (line: number) => void): void => this.#offer(line, from, take),
    };
    const say = (line: string): void => this.#tell({ say: line });
    this.#guard = new Guard(spec, { entrance, gateway, later: setImmediate, say });
    this.lines = new HostLines(this.#guard);
    this.#tell({ hello: worldSide(spec) });
    this.#guard.begin(this.lines);
  }

  /** A message of the world. False: it is none, and whoever sent it is not to be listened to. */
  take(bytes: Uint8Array): boolean {
    const message = parseFromDoor(bytes);
    if (message === undefined) return false;
    const { line } = message;
    if ('out' in message) this.#order(line, message.out);
    else if ('took' in message) this.#took(line, message.took);
    else {
      const take = this.#offers.get(message.taken);
      this.#offers.delete(message.taken);
      // A line that is in use already belongs to somebody else.
      if (take === undefined || this.#flows.has(line)) return false;
      this.#flows.set(line, newFlow(false));
      take(line);
    }
    return true;
  }

  /** Closes everything. */
  close(): void {
    this.lines.close();
  }

  #order(line: number, order: Order): void {
    const known = this.#flows.get(line);
    // What is ordered about a line may cross the word that it is gone.
    if (known === undefined && !OPENING.has(order.do)) return;
    const flow = known ?? newFlow(order.do === 'udp');
    this.#flows.set(line, flow);
    if (order.do === 'reset') this.#flows.delete(line);
    if (order.do === 'pause' || order.do === 'resume') flow.paused = order.do === 'pause';
    if (order.do === 'resume' && flow.full) return;
    this.#guard.order(line, order);
  }

  #took(line: number, bytes: number): void {
    const flow = this.#flows.get(line);
    if (flow === undefined) return;
    flow.ahead = Math.max(0, flow.ahead - bytes);
    if (!flow.full || flow.ahead > WINDOW_LOW) return;
    flow.full = false;
    if (!flow.paused) this.#guard.order(line, { do: 'resume' });
  }

  #arrive(line: number, arrival: Arrival): void {
    const flow = this.#flows.get(line);
    if (isLast(arrival)) this.#flows.delete(line);
    if (arrival.is === 'data' && flow !== undefined) {
      if (flow.datagrams && flow.ahead >= WINDOW_HIGH) return;
      flow.ahead += arrival.data.length;
      if (!flow.datagrams && !flow.full && flow.ahead >= WINDOW_HIGH) {
        flow.full = true;
        this.#guard.order(line, { do: 'pause' });
      }
    }
    this.#tell({ line, in: arrival });
  }

  #offer(line: number, from: Address, take: (line: number) => void): void {
    const offered = ++this.#lastOffer;
    this.#offers.set(offered, take);
    this.#tell({ line, offered, from });
  }

  #tell(message: ToDoor): void {
    this.#send(emitMessage(message));
  }
}

const newFlow = (datagrams: boolean): Flow => ({ datagrams, ahead: 0, full: false, paused: false });

/** Without the policy, but for whether there is one to speak of. */
function worldSide({ gateway, ...rest }: BridgeSpec): Extract<ToDoor, { hello: unknown }>['hello'] {
  if (gateway === undefined) return rest;
  const { dns, restrict } = gateway;
  return { ...rest, gateway: { restrict, ...(dns === undefined ? {} : { dns }) } };
}
