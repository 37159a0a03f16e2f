/**
 * A time server for the virtual network (RFC 5905, RFC 4330): its clock stands at {@link WORLD_EPOCH} when the world
 * begins and is never wrong unless told to be.
 */
import { type Clock, type Micros, us } from '../core/index.ts';
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
import type { Host } from './host.ts';
import { refusal, type Service, type ServiceFaults, ServicePort } from './service.ts';

/** Unix time at virtual time 0: 2024-01-01 00:00:00 UTC. */
export const WORLD_EPOCH = 1_704_067_200;

/** A refusal tells the client never to ask again (DENY); a wrong answer belongs to another question. */
export interface NtpFaults extends ServiceFaults {
  /** The clock is ahead by so much; negative for behind. */
  offset?: Micros | undefined;
  /** Announces a leap second: 1 an inserted one, 2 a deleted one. */
  leap?: number | undefined;
}

const SECOND = 1_000_000;

export class NtpServer implements Service {
  readonly faults: NtpFaults = {};
  readonly #clock: Clock;
  readonly #socket: ServicePort;

  /** Takes UDP port 123 of `host`. */
  constructor(clock: Clock, host: Host) {
    this.#clock = clock;
    this.#socket = new ServicePort(clock, host, NTP_PORT, this.faults, (bytes, addr, port) =>
      this.#onRequest(bytes, addr, port),
    );
  }

  /** Microseconds since 1970, as the server tells it. */
  get time(): Micros {
    return us(WORLD_EPOCH * SECOND + this.#clock.now() + (this.faults.offset ?? 0));
  }

  #onRequest(bytes: Uint8Array, addr: Ipv4Address, port: number): void {
    const request = parseNtp(bytes);
    if (!request.ok || request.value.mode !== NTP_CLIENT) return;
    this.#socket.send(emitNtp(this.#answer(request.value)), addr, port);
  }

  #answer(request: Ntp): Ntp {
    const { leap = 0, wrong = false } = this.faults;
    const deny = refusal(this.faults) !== undefined;
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
      origin: wrong ? request.origin : request.transmit,
      receive: now,
      transmit: now,
    };
  }
}
