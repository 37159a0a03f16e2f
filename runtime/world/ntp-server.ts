/**
 * A time server for the virtual network (RFC 5905, RFC 4330): its clock stands at {@link WORLD_EPOCH} when the world
 * begins and is never wrong unless told to be.
 */
import { type Clock, type Micros, type Timer, us } from '../core/index.ts';
import {
  emitNtp,
  type Ipv4Address,
  NTP_CLIENT,
  NTP_PORT,
  NTP_SERVER,
  NTP_UNSYNCHRONIZED,
  type Ntp,
  ntpTimestamp,
  parseNtp,
} from '../wire/index.ts';
import type { Host, HostUdp } from './host.ts';

/** Unix time at virtual time 0: 2024-01-01 00:00:00 UTC. */
export const WORLD_EPOCH = 1_704_067_200;

/** What goes wrong on purpose; to be changed at any time. */
export interface NtpFaults {
  /** No answer. */
  silent?: boolean | undefined;
  /** Answers leave this much later, and do not say so. */
  delay?: Micros | undefined;
  /** The clock is ahead by so much; negative for behind. */
  offset?: Micros | undefined;
  /** Every client is told never to ask again. */
  deny?: boolean | undefined;
  /** Announces a leap second: 1 an inserted one, 2 a deleted one. */
  leap?: number | undefined;
}

interface Late {
  readonly at: Micros;
  readonly bytes: Uint8Array;
  readonly addr: Ipv4Address;
  readonly port: number;
}

const SECOND = 1_000_000;

export class NtpServer {
  readonly faults: NtpFaults = {};
  readonly #clock: Clock;
  readonly #socket: HostUdp;
  readonly #late: Late[] = [];
  readonly #timer: Timer;

  /** Takes UDP port 123 of `host`. */
  constructor(clock: Clock, host: Host) {
    this.#clock = clock;
    this.#socket = host.udp(NTP_PORT, (bytes, addr, port) => this.#onRequest(bytes, addr, port));
    this.#timer = clock.timer('ntp', () => this.#sendLate());
  }

  /** Microseconds since 1970, as the server tells it. */
  get time(): Micros {
    return us(WORLD_EPOCH * SECOND + this.#clock.now() + (this.faults.offset ?? 0));
  }

  #onRequest(bytes: Uint8Array, addr: Ipv4Address, port: number): void {
    const request = parseNtp(bytes);
    if (!request.ok || request.value.mode !== NTP_CLIENT || this.faults.silent) return;
    const answer = emitNtp(this.#answer(request.value));
    const delay = this.faults.delay ?? (0 as Micros);
    if (delay <= 0) {
      this.#socket.send(answer, addr, port);
      return;
    }
    this.#late.push({ at: us(this.#clock.now() + delay), bytes: answer, addr, port });
    if (!this.#timer.armed) this.#timer.arm(delay);
  }

  #answer(request: Ntp): Ntp {
    const { deny = false, leap = 0 } = this.faults;
    const now = ntpTimestamp(Math.floor(this.time / SECOND), this.time % SECOND);
    return {
      leap: deny ? NTP_UNSYNCHRONIZED : leap,
      version: request.version,
      mode: NTP_SERVER,
      stratum: deny ? 0 : 1,
      poll: request.poll,
      precision: -20,
      rootDelay: 0,
      rootDispersion: 0,
      referenceId: deny ? 'DENY' : 'LOCL',
      reference: now,
      origin: request.transmit,
      receive: now,
      transmit: now,
    };
  }

  #sendLate(): void {
    const first = this.#late.shift();
    if (first !== undefined) this.#socket.send(first.bytes, first.addr, first.port);
    const [next] = this.#late;
    if (next !== undefined) this.#timer.arm(us(next.at - this.#clock.now()));
  }
}
