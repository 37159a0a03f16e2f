/**
 * Confirmable requests of the firmware's CoAP clients that wait for an answer (app/coap/coap_timer.c, node.c, coap_io.c;
 * RFC 7252 section 4.2): one queue and one timer for all. Times are relative to the request in front, and the time
 * base is only renewed by requests and answers, so what is in front may be repeated too early when both come late.
 */
import { us } from '../core/index.ts';
import type { ProtoEnv } from './env.ts';
import type { EspconnUdp } from './espconn-udp.ts';
import type { ProtoTimer } from './timer.ts';

interface Waiting {
  /** Milliseconds behind the one in front of it. */
  delay: number;
  retransmits: number;
  /** First time-out in milliseconds. */
  readonly timeout: number;
  key: string;
  readonly id: number;
  readonly socket: EspconnUdp;
  readonly message: Uint8Array;
}

/** coap_timer.h, in milliseconds. */
const RESPONSE_TIMEOUT = 2000;
const MAX_RETRANSMIT = 4;

export class CoapQueue {
  readonly #env: ProtoEnv;
  readonly #timer: ProtoTimer;
  #waiting: Waiting[] = [];
  #base = 0;

  constructor(env: ProtoEnv) {
    this.#env = env;
    this.#timer = env.timer('coap', () => this.#onTimer());
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Sends `message` and repeats it until {@link answered}. */
  send(socket: EspconnUdp, id: number, message: Uint8Array): void {
    socket.send(message);
    // coap_io.c: up to half as much again, in 256 steps.
    const timeout = RESPONSE_TIMEOUT + ((1000 * this.#env.rng.below(256)) >> 8);
    this.#timer.disarm();
    this.#renewBase();
    this.#insert({ delay: timeout, retransmits: 0, timeout, key: keyOf(socket, id), id, socket, message });
    this.#start();
  }

  /** An answer to message `id` came in at `socket`. */
  answered(socket: EspconnUdp, id: number): void {
    this.#timer.disarm();
    const key = keyOf(socket, id);
    const at = this.#waiting.findIndex((w) => w.key === key);
    const [gone] = at < 0 ? [] : this.#waiting.splice(at, 1);
    const next = this.#waiting[at];
    if (gone !== undefined && next !== undefined) next.delay += gone.delay;
    this.#renewBase();
    this.#start();
  }

  #onTimer(): void {
    const first = this.#waiting.shift();
    if (first === undefined) return;
    if (first.retransmits < MAX_RETRANSMIT) {
      first.retransmits++;
      first.delay = first.timeout << first.retransmits;
      if (first.socket.freed) this.#env.crash('coap: a request is repeated for a client that was collected');
      first.socket.send(first.message);
      // To wherever the socket points by now.
      first.key = keyOf(first.socket, first.id);
      this.#insert(first);
    }
    this.#start();
  }

  /** Behind all that are due before or with it. */
  #insert(waiting: Waiting): void {
    let at = 0;
    for (const other of this.#waiting) {
      if (waiting.delay < other.delay) break;
      waiting.delay -= other.delay;
      at++;
    }
    const next = this.#waiting[at];
    if (next !== undefined) next.delay -= waiting.delay;
    this.#waiting.splice(at, 0, waiting);
  }

  #renewBase(): void {
    const now = Math.floor(us(this.#env.clock.now()) / 1000);
    const [first] = this.#waiting;
    if (first !== undefined) first.delay = Math.max(0, first.delay - (now - this.#base));
    this.#base = now;
  }

  #start(): void {
    const [first] = this.#waiting;
    if (first !== undefined) this.#timer.arm(first.delay, false);
  }
}

/** coap_transaction_id: a hash of the same three things. */
const keyOf = ({ remoteAddr, remotePort }: EspconnUdp, id: number): string => `${remoteAddr}:${remotePort}:${id}`;
