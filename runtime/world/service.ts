/**
 * What all services of the world have in common: the same knobs for what goes wrong on purpose, and the two shapes that
 * turn them for a protocol: a stream whose bytes leave late, and a UDP port that is deaf, late or gives up.
 */
import { type Clock, EMPTY, type Micros, type Timer, us } from '../core/index.ts';
import type { Ipv4Address } from '../wire/index.ts';
import type { Host, HostUdp } from './host.ts';
import type { Stream, StreamHandler } from './stream.ts';

/** To be changed at any time; what is undefined goes right. */
export interface ServiceFaults {
  /**
   * True: nobody is there (TCP: RST; UDP: silence). A number: the protocol's own refusal, as a CONNACK code, an HTTP
   * status, an SMTP reply, a TFTP error or a CoAP code; for a protocol with only one refusal any number.
   */
  refuse?: boolean | number | undefined;
  /** After so many messages of a client its connection breaks; over UDP after so many in all the service falls silent. */
  dropAfter?: number | undefined;
  /** Every answer leaves this much later. */
  delay?: Micros | undefined;
  /** Answers that the protocol does not allow, or that belong to another question. */
  wrong?: boolean | undefined;
}

/** A server of the world that can be talked to from outside. */
export interface Service {
  readonly faults: ServiceFaults;
}

/** The protocol's own refusal, if that is asked for. */
export const refusal = ({ refuse }: ServiceFaults): number | undefined =>
  typeof refuse === 'number' ? refuse : undefined;

/** A service over TCP on a port of a host. */
export function serveTcp(host: Host, port: number, service: Service & { accept(stream: Stream): void }): void {
  host.listen(
    port,
    (stream) => service.accept(stream),
    () => service.faults.refuse !== true,
  );
}

/** A stream whose writing is as late as the faults say. */
export class LateStream implements Stream {
  readonly #clock: Clock;
  readonly #stream: Stream;
  readonly #faults: ServiceFaults;
  readonly #timer: Timer;
  /** What waits; undefined is the end. */
  readonly #late: { readonly at: Micros; readonly bytes: Uint8Array | undefined }[] = [];

  constructor(clock: Clock, stream: Stream, faults: ServiceFaults) {
    this.#clock = clock;
    this.#stream = stream;
    this.#faults = faults;
    this.#timer = clock.timer('service.late', () => this.#flush());
  }

  get handler(): StreamHandler | undefined {
    return this.#stream.handler;
  }

  set handler(handler: StreamHandler | undefined) {
    this.#stream.handler = handler;
  }

  get localPort(): number {
    return this.#stream.localPort;
  }

  get remoteAddr(): Ipv4Address {
    return this.#stream.remoteAddr;
  }

  get remotePort(): number {
    return this.#stream.remotePort;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#punctual) return this.#stream.write(bytes);
    this.#push(bytes);
    return true;
  }

  end(): void {
    if (this.#punctual) this.#stream.end();
    else this.#push(undefined);
  }

  destroy(): void {
    this.#late.length = 0;
    this.#timer.cancel();
    this.#stream.destroy();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  get #punctual(): boolean {
    return this.#late.length === 0 && this.#faults.delay === undefined;
  }

  #push(bytes: Uint8Array | undefined): void {
    const delay = this.#faults.delay ?? us(0);
    this.#late.push({ at: us(this.#clock.now() + delay), bytes });
    if (!this.#timer.armed) this.#timer.arm(delay);
  }

  #flush(): void {
    const now = this.#clock.now();
    for (let head = this.#late[0]; head !== undefined && head.at <= now; head = this.#late[0]) {
      this.#late.shift();
      if (head.bytes === undefined) this.#stream.end();
      else this.#stream.write(head.bytes);
    }
    const [next] = this.#late;
    if (next !== undefined) this.#timer.arm(us(Math.max(0, next.at - now)));
  }
}

/** A datagram that waits for its time. */
interface Late {
  readonly at: Micros;
  readonly bytes: Uint8Array;
  readonly addr: Ipv4Address;
  readonly port: number;
}

/** A UDP port with the faults applied; `onDatagram` hears what they let through. */
export class ServicePort {
  readonly #clock: Clock;
  readonly #socket: HostUdp;
  readonly #faults: ServiceFaults;
  readonly #late: Late[] = [];
  readonly #timer: Timer;
  #heard = 0;

  constructor(
    clock: Clock,
    host: Host,
    port: number,
    faults: ServiceFaults,
    onDatagram: (bytes: Uint8Array, addr: Ipv4Address, port: number) => void,
  ) {
    this.#clock = clock;
    this.#faults = faults;
    this.#timer = clock.timer('service.late', () => this.#flush());
    this.#socket = host.udp(port, (bytes, addr, from) => {
      const { refuse, dropAfter } = faults;
      if (dropAfter === undefined) this.#heard = 0;
      else if (++this.#heard > dropAfter) return;
      if (refuse !== true) onDatagram(bytes, addr, from);
    });
  }

  /** An answer, now or as late as the faults say. */
  send(bytes: Uint8Array, addr: Ipv4Address, port: number): void {
    const { delay } = this.#faults;
    if (delay === undefined && this.#late.length === 0) {
      this.#socket.send(bytes, addr, port);
      return;
    }
    this.#late.push({ at: us(this.#clock.now() + (delay ?? 0)), bytes, addr, port });
    if (!this.#timer.armed) this.#timer.arm(delay ?? us(0));
  }

  close(): void {
    this.#timer.cancel();
    this.#socket.close();
  }

  #flush(): void {
    const now = this.#clock.now();
    for (let head = this.#late[0]; head !== undefined && head.at <= now; head = this.#late[0]) {
      this.#late.shift();
      this.#socket.send(head.bytes, head.addr, head.port);
    }
    const [next] = this.#late;
    if (next !== undefined) this.#timer.arm(us(next.at - now));
  }
}

/** Every byte one more: what a wrong answer looks like where the right one is what came. */
export const garbled = (bytes: Uint8Array): Uint8Array =>
  bytes.length === 0 ? EMPTY : bytes.map((byte) => (byte + 1) & 0xff);
