/** What echo.test and discard.test do: RFC 862 and RFC 863, over TCP and UDP. */
import type { Clock } from '../core/index.ts';
import type { Host } from './host.ts';
import { garbled, LateStream, type Service, type ServiceFaults, ServicePort, serveTcp } from './service.ts';
import type { Stream, StreamHandler } from './stream.ts';

export const ECHO_PORT = 7;
export const DISCARD_PORT = 9;

/** A message is what arrives in one segment or datagram. A wrong echo has every byte one too high. */
export class EchoServer implements Service {
  readonly faults: ServiceFaults = {};
  readonly #clock: Clock;

  /** Takes TCP and UDP port 7 of `host`. */
  constructor(clock: Clock, host: Host) {
    this.#clock = clock;
    serveTcp(host, ECHO_PORT, this);
    const socket = new ServicePort(clock, host, ECHO_PORT, this.faults, (bytes, addr, port) => {
      // RFC 862 and prudence: two echo servers must not talk to each other for ever.
      if (port !== ECHO_PORT) socket.send(this.faults.wrong ? garbled(bytes) : bytes, addr, port);
    });
  }

  accept(stream: Stream): void {
    const late = new LateStream(this.#clock, stream, this.faults);
    late.handler = new EchoConnection(late, this.faults);
  }
}

/** Sends back what comes; reads no faster than it can send. */
class EchoConnection implements StreamHandler {
  readonly #stream: Stream;
  readonly #faults: ServiceFaults;
  #messages = 0;

  constructor(stream: Stream, faults: ServiceFaults) {
    this.#stream = stream;
    this.#faults = faults;
  }

  onData(bytes: Uint8Array): void {
    const { dropAfter, wrong } = this.#faults;
    if (dropAfter !== undefined && ++this.#messages > dropAfter) this.#stream.destroy();
    else if (!this.#stream.write(wrong ? garbled(bytes) : bytes)) this.#stream.pause();
  }

  onDrain(): void {
    this.#stream.resume();
  }
}

/** Never answers, so only `refuse` and `dropAfter` show. */
export class DiscardServer implements Service {
  readonly faults: ServiceFaults = {};

  /** Takes TCP and UDP port 9 of `host`. */
  constructor(host: Host) {
    serveTcp(host, DISCARD_PORT, this);
    host.udp(DISCARD_PORT);
  }

  accept(stream: Stream): void {
    stream.handler = new DiscardConnection(stream, this.faults);
  }
}

class DiscardConnection implements StreamHandler {
  readonly #stream: Stream;
  readonly #faults: ServiceFaults;
  #messages = 0;

  constructor(stream: Stream, faults: ServiceFaults) {
    this.#stream = stream;
    this.#faults = faults;
  }

  onData(): void {
    const { dropAfter } = this.#faults;
    if (dropAfter !== undefined && ++this.#messages > dropAfter) this.#stream.destroy();
  }
}
