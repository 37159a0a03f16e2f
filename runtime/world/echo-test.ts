/** What echo.test and discard.test do: RFC 862 and RFC 863, over TCP and UDP. */
import type { Host } from './host.ts';
import type { Stream, StreamHandler } from './stream.ts';

export const ECHO_PORT = 7;
export const DISCARD_PORT = 9;

/** Sends back what comes; reads no faster than it can send. */
class EchoConnection implements StreamHandler {
  readonly #stream: Stream;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  onData(bytes: Uint8Array): void {
    if (!this.#stream.write(bytes)) this.#stream.pause();
  }

  onDrain(): void {
    this.#stream.resume();
  }
}

export function serveEcho(host: Host): void {
  host.listen(ECHO_PORT, (stream) => {
    stream.handler = new EchoConnection(stream);
  });
  const socket = host.udp(ECHO_PORT, (bytes, addr, port) => {
    // RFC 862 and prudence: two echo servers must not talk to each other for ever.
    if (port !== ECHO_PORT) socket.send(bytes, addr, port);
  });
}

export function serveDiscard(host: Host): void {
  host.listen(DISCARD_PORT, (stream) => {
    stream.handler = {};
  });
  host.udp(DISCARD_PORT);
}
