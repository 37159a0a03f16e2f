/**
 * The firmware's SNTP client (app/modules/sntp.c; RFC 4330): asks every server several times, one after the other,
 * takes the answer that travelled fastest and sets the clock by it; repeated rounds only trim the clock's rate.
 * Names are looked up one by one before the first request. One round at a time.
 */
import { type Micros, us } from '../core/index.ts';
import { type DnsLookup, ERR, type UdpPcb } from '../stack/index.ts';
import {
  emitNtp,
  IPV4_ANY,
  type Ipv4Address,
  ipv4,
  NTP_PORT,
  NTP_UNSYNCHRONIZED,
  type NtpTimestamp,
  parseNtp,
} from '../wire/index.ts';
import type { ProtoEnv } from './env.ts';
import { LeapOffset } from './sntp-offset.ts';
import {
  corrected,
  measure,
  resultOf,
  type SntpResult,
  type SntpSample,
  sntpRequest,
  sntpTimestamp,
} from './sntp-sample.ts';
import type { ProtoTimer } from './timer.ts';

/** ntp_err_t. */
export const SNTP_ERR = { DNS: 1, MEMORY: 2, SEND: 3, TIMEOUT: 4 } as const;
export type SntpErr = (typeof SNTP_ERR)[keyof typeof SNTP_ERR];

/** A clock that can be set, trimmed and read (rtctime). */
export interface WallClock {
  /** Unix time; undefined while it was never set. */
  readonly unixTime: Micros | undefined;
  setUnixTime(time: Micros): void;
  /** Correction in units of 2^-32. */
  rate: number;
}

/** What the client needs of the machine beside the network. */
export interface SntpHost {
  readonly wall: WallClock;
  /** Since the reset: stands in for the time of day while that is unknown. */
  uptime(): Micros;
  /** Queues a task. */
  post(priority: 'high' | 'low', task: () => void): void;
}

/** Who wants to know the time, and from whom. */
export interface SntpRequest {
  /** Number of server names; asked again before each lookup. */
  count(): number;
  /** By index, from 0; without zero bytes. */
  name(index: number): string;
  synced(result: SntpResult): void;
  /** The message is the name that could not be found. */
  failed(code: SntpErr, message: string | undefined): void;
  /** The client keeps it, once per call, until `release`. */
  retain(): void;
  release(): void;
}

interface Round {
  readonly pcb: UdpPcb;
  readonly repeated: boolean;
  /** Undefined until names were handed over. */
  request: SntpRequest | undefined;
  lookups: boolean;
  /** Names handled. */
  looked: number;
  attempts: number;
  /** Index of the server that is asked. */
  position: number;
  /** Servers that refused. */
  readonly denied: Set<number>;
  cookie: NtpTimestamp;
  best: SntpSample | undefined;
}

const MAX_ATTEMPTS = 5;
/** Requests after which a round ends, however many servers there are. */
const ENOUGH = 8;
const TIMEOUT_MS = 1000;
const REPEAT_MS = 1_000_000;
const MAX_NAME = 128;
const TOO_LONG: DnsLookup = { status: 'error', code: ERR.ARG };
const ANYCAST = ipv4(224, 0, 1, 1);
const SECOND = 1_000_000;
/** A difference up to this is trimmed away, not jumped over: 0.2 s. */
const SLEW_LIMIT = (200_000n << 32n) / 1_000_000n;
/** Gains of the phase-locked loop: a difference of 1 s changes the rate by 2^-11, its base by 2^-13. */
const PLL_A = 1n << 21n;
const PLL_B = 1n << 19n;

export class SntpClient {
  readonly offset = new LeapOffset();
  readonly #env: ProtoEnv;
  readonly #host: SntpHost;
  readonly #timer: ProtoTimer;
  readonly #repeatTimer: ProtoTimer;
  /** Addresses of the last list, 0.0.0.0 for one that is not asked any more. */
  #servers: Ipv4Address[] = [];
  #round: Round | undefined;
  #repeat: SntpRequest | undefined;
  #pllBase = 0;

  constructor(env: ProtoEnv, host: SntpHost) {
    this.#env = env;
    this.#host = host;
    this.#timer = env.timer('sntp', () => this.#ask());
    this.#repeatTimer = env.timer('sntp repeat', () => this.#onRepeat());
  }

  /** Whether a round before left servers that can be asked again. */
  get hasServers(): boolean {
    return this.#servers.length > 0;
  }

  /** A round is under way. */
  get busy(): boolean {
    return this.#round !== undefined;
  }

  /** Takes the one round there is. 'busy' while another is under way. */
  open(): 'ok' | 'busy' | 'no port' {
    return this.#open(false);
  }

  /** Undoes `open`. */
  abandon(): void {
    const round = this.#round;
    this.#round = undefined;
    round?.pcb.remove();
  }

  /** Forgets the servers of the round before. */
  forgetServers(): void {
    this.#servers = [];
  }

  /** Begins the opened round; `failed` may be called before this returns. */
  start(request: SntpRequest): void {
    const round = this.#round;
    if (round === undefined) return;
    this.#pllBase = this.#host.wall.rate;
    this.#begin(round, request);
  }

  /** A round every 1000 s from now, until {@link stopRepeating}. */
  repeat(request: SntpRequest): void {
    request.retain();
    this.#repeat = request;
    this.#repeatTimer.arm(REPEAT_MS, true);
  }

  stopRepeating(): void {
    this.#repeatTimer.disarm();
    this.#repeat?.release();
    this.#repeat = undefined;
  }

  /** Unix seconds of the clock, 0 while it was never set. */
  get unixSeconds(): number {
    return Math.floor((this.#host.wall.unixTime ?? 0) / SECOND);
  }

  #open(repeated: boolean): 'ok' | 'busy' | 'no port' {
    if (this.#round !== undefined) return 'busy';
    const pcb = this.#env.stack.udp.newPcb();
    if (pcb.bind(IPV4_ANY, 0) !== ERR.OK) return 'no port';
    const round: Round = {
      pcb,
      repeated,
      request: undefined,
      lookups: false,
      looked: 0,
      attempts: 0,
      position: -1,
      denied: new Set(),
      cookie: 0n,
      best: undefined,
    };
    pcb.recv = (data, from) => this.#onDatagram(round, data, from);
    this.#round = round;
    return 'ok';
  }

  #begin(round: Round, request: SntpRequest): void {
    request.retain();
    round.request = request;
    round.lookups = this.#servers.length === 0;
    this.#lookUp(round);
  }

  #onRepeat(): void {
    const request = this.#repeat;
    if (request === undefined || this.#open(true) !== 'ok') return;
    this.#begin(this.#round as unknown as Round, request);
  }

  /** sntp_dolookups: literals at once, a name ends the task until it is answered. */
  #lookUp(round: Round): void {
    const { request } = round;
    if (this.#round !== round || request === undefined) return;
    while (round.lookups) {
      if (round.looked >= request.count()) {
        if (this.#servers.length > 0) break;
        this.#fail(round, SNTP_ERR.DNS, request.name(0));
        return;
      }
      const name = request.name(round.looked++);
      const result =
        name.length > MAX_NAME ? TOO_LONG : this.#env.stack.dns.resolve(name, (a) => this.#onFound(round, a));
      if (result.status === 'pending') return;
      if (result.status === 'error' && result.code === ERR.ARG) {
        this.#fail(round, SNTP_ERR.DNS, name);
        return;
      }
      // Without a free slot of the resolver the firmware goes on with an address that it never wrote.
      this.#servers.push(result.status === 'literal' ? result.addr : IPV4_ANY);
    }
    this.#ask();
  }

  #onFound(round: Round, addr: Ipv4Address | undefined): void {
    if (addr !== undefined) this.#servers.push(addr);
    this.#host.post('low', () => this.#lookUp(round));
  }

  /** sntp_dosend: the next server that may be asked, or the end of the round. */
  #ask(): void {
    const round = this.#round;
    if (round === undefined) return;
    do {
      if (round.position < 0) this.#timer.disarm();
      round.position++;
      if (round.position >= this.#servers.length) {
        round.position = 0;
        round.attempts++;
      }
      if (round.attempts >= MAX_ATTEMPTS || round.attempts * this.#servers.length >= ENOUGH) {
        this.#host.post('high', () => this.#finish(round));
        return;
      }
    } while (this.#servers[round.position] === IPV4_ANY || round.denied.has(round.position));
    round.cookie = this.#now();
    // A refused transmission is silence.
    round.pcb.sendTo(emitNtp(sntpRequest(round.cookie)), this.#servers[round.position] as Ipv4Address, NTP_PORT);
    this.#timer.arm(TIMEOUT_MS, false);
  }

  #onDatagram(round: Round, data: Uint8Array, from: Ipv4Address): void {
    const arrived = this.#now();
    const parsed = parseNtp(data);
    if (this.#round !== round || !parsed.ok) return;
    const message = parsed.value;
    const asked = this.#servers[round.position];
    if ((asked !== ANYCAST && asked !== from) || message.origin !== round.cookie) return;
    if (message.leap === NTP_UNSYNCHRONIZED) {
      // The time-out stays armed. A second refusal is for good.
      if (message.referenceId !== 'DENY') return;
      if (round.denied.has(round.position)) this.#servers[round.position] = IPV4_ANY;
      round.denied.add(round.position);
      return;
    }
    round.denied.delete(round.position);
    this.#timer.disarm();
    this.offset.announce(message.leap);
    this.offset.update(this.unixSeconds);
    const sample = measure(message, arrived, from);
    // The firmware means to favour the server of the round before, but forgets which that was.
    const best = hasTime(round.best);
    if (best === undefined || sample.distance < best.distance) round.best = sample;
    this.#ask();
  }

  /** sntp_handle_result. */
  #finish(round: Round): void {
    if (this.#round !== round) return;
    const best = hasTime(round.best);
    if (best === undefined) {
      this.#servers = [];
      this.#fail(round, SNTP_ERR.TIMEOUT, undefined);
      return;
    }
    const { delta } = best;
    const { wall } = this.#host;
    const time = us(corrected(this.#clockTime(), best));
    if (round.repeated && delta > -SLEW_LIMIT && delta < SLEW_LIMIT) {
      wall.rate = (Number((delta * PLL_A) >> 32n) + this.#pllBase) | 0;
      this.#pllBase = (this.#pllBase + Number((delta * PLL_B) >> 32n)) | 0;
    } else {
      wall.setUnixTime(time);
    }
    this.#end(round);
    round.request?.synced(resultOf(best, time, this.offset.pending));
    round.request?.release();
  }

  #fail(round: Round, code: SntpErr, message: string | undefined): void {
    this.#end(round);
    round.request?.failed(code, message);
    round.request?.release();
  }

  /** cleanup: another round may begin. */
  #end(round: Round): void {
    this.#timer.disarm();
    round.pcb.remove();
    this.#round = undefined;
  }

  /** The clock in microseconds; system_get_time has 32 bits. */
  #clockTime(): number {
    const time = this.#host.wall.unixTime ?? 0;
    return time < SECOND ? this.#host.uptime() % 2 ** 32 : time;
  }

  /** The time of day in UTC. */
  #now(): NtpTimestamp {
    return sntpTimestamp(this.#clockTime(), this.offset.seconds);
  }
}

/** An answer of stratum 0 tells no time. */
const hasTime = (sample: SntpSample | undefined): SntpSample | undefined =>
  sample?.answer.stratum === 0 ? undefined : sample;
