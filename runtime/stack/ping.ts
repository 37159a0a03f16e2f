/**
 * The firmware's ping sender (lwip/app/ping.c): one probe a second over the raw ICMP sockets. All pings of a device
 * share one sequence number and one id, so overlapping pings take each other's replies, as they do on the chip.
 */
import { type Clock, type Micros, ms, type Timer } from '../core/index.ts';
import type { Ipv4Address } from '../wire/index.ts';
import type { EchoListener, IcmpLayer } from './icmp.ts';

const PING_ID = 0xafaf; // lwip/app/ping.h PING_ID
const DATA_LENGTH = 32; // PING_DATA_SIZE
const INTERVAL_MS = 1000; // PING_COARSE and PING_TIMEOUT_MS
const DEFAULT_COUNT = 4; // DEFAULT_PING_MAX_COUNT
const LAST_SEQ = 0x7fff;
const DATA = Uint8Array.from({ length: DATA_LENGTH }, (_, i) => i);

/** Told by a running ping. Each may start further pings. */
export interface PingHandlers {
  /** `bytes` of payload came back after `rttMs`, truncated to whole milliseconds. */
  reply(bytes: number, seq: number, rttMs: number): void;
  /** No reply within a second after a probe. */
  timeout(): void;
  /** The last call: a second after the last probe. `bytes` counts the payload of all replies. */
  done(total: number, timeouts: number, bytes: number, totalMs: number): void;
}

export interface PingEnv {
  readonly clock: Clock;
  readonly icmp: IcmpLayer;
  /** How long ago lwIP's timers last advanced: a one-shot timer counts from there. */
  timerLag(): Micros;
}

/** All pings of one boot. */
export class PingSender {
  readonly #env: PingEnv;
  readonly #running = new Set<Ping>();
  #seq = 0;
  /** Sequence number of the last reply taken: a duplicate is eaten in silence. */
  #taken = 0;

  constructor(env: PingEnv) {
    this.#env = env;
  }

  /** The machine stops: nobody is told. */
  shutdown(): void {
    for (const ping of this.#running) ping.cancel();
    this.#running.clear();
  }

  /** Sends the first probe at once. `count` 0 means four; it cannot be stopped. */
  start(target: Ipv4Address, count: number, handlers: PingHandlers): void {
    const ping = new Ping(this, this.#env, target, count === 0 ? DEFAULT_COUNT : count, handlers);
    this.#running.add(ping);
    this.#env.icmp.register(ping);
    ping.probe();
  }

  /** @internal */
  send(target: Ipv4Address): void {
    this.#seq++;
    if (this.#seq === LAST_SEQ) this.#seq = 0;
    this.#env.icmp.sendEcho(target, PING_ID, this.#seq, DATA);
  }

  /** @internal 'new' or a 'duplicate' of the latest probe of any ping, or undefined for all else. */
  classify(id: number, seq: number): 'new' | 'duplicate' | undefined {
    if (id !== PING_ID || seq !== this.#seq) return undefined;
    return seq === this.#taken ? 'duplicate' : 'new';
  }

  /** @internal */
  took(seq: number): void {
    this.#taken = seq;
  }

  /** @internal */
  finished(ping: Ping): void {
    this.#env.icmp.unregister(ping);
    this.#running.delete(ping);
  }
}

class Ping implements EchoListener {
  readonly #sender: PingSender;
  readonly #env: PingEnv;
  readonly #target: Ipv4Address;
  readonly #count: number;
  readonly #handlers: PingHandlers;
  readonly #timeout: Timer;
  readonly #next: Timer;
  readonly #startedAt: Micros;
  #left: number;
  #timeouts = 0;
  #sentAt: Micros;

  constructor(sender: PingSender, env: PingEnv, target: Ipv4Address, count: number, handlers: PingHandlers) {
    this.#sender = sender;
    this.#env = env;
    this.#target = target;
    this.#count = count;
    this.#handlers = handlers;
    this.#left = count;
    this.#startedAt = env.clock.now();
    this.#sentAt = this.#startedAt;
    this.#timeout = env.clock.timer('ping.timeout', () => this.#onTimeout());
    this.#next = env.clock.timer('ping.next', () => this.#onNext());
  }

  probe(): void {
    this.#sentAt = this.#env.clock.now();
    this.#sender.send(this.#target);
    const delay = (ms(INTERVAL_MS) - this.#env.timerLag()) as Micros;
    // Armed in this order: of the two that fall together the time-out is told first.
    this.#timeout.arm(delay);
    this.#next.arm(delay);
  }

  cancel(): void {
    this.#timeout.cancel();
    this.#next.cancel();
  }

  onEchoReply(_from: Ipv4Address, id: number, seq: number): boolean {
    const kind = this.#sender.classify(id, seq);
    if (kind !== 'new') return kind === 'duplicate';
    this.#timeout.cancel();
    this.#handlers.reply(DATA_LENGTH, seq, Math.floor((this.#env.clock.now() - this.#sentAt) / 1000));
    this.#sender.took(seq);
    return true;
  }

  #onTimeout(): void {
    this.#timeouts++;
    this.#handlers.timeout();
  }

  #onNext(): void {
    this.#left--;
    if (this.#left > 0) {
      this.probe();
      return;
    }
    const totalMs = Math.floor((this.#env.clock.now() - this.#startedAt) / 1000);
    this.#sender.finished(this);
    this.#handlers.done(this.#count, this.#timeouts, DATA_LENGTH * (this.#count - this.#timeouts), totalMs);
  }
}
