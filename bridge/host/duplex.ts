/**
 * A virtual TCP connection as a node:stream Duplex, shaped like a net.Socket as far as servers and clients of Node
 * look: `server.emit('connection', new StreamDuplex(stream))` runs Node's own http.Server inside the virtual network.
 * Node's streams move bytes in ticks of its event loop, so whoever lets virtual time pass must give it turns:
 * see {@link runWithNode}. Time-outs of Node's own (setTimeout and friends) count real time and are not offered.
 */
import { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import {
  formatIpv4,
  type HostStream,
  type Micros,
  ms,
  type StreamHandler,
  us,
  type World,
} from '../../runtime/index.ts';

/** lwIP's numbers for a broken connection, in the words Node's users know. */
const CODES: Readonly<Record<number, string>> = { [-8]: 'ECONNABORTED', [-9]: 'ECONNRESET', [-10]: 'ECONNRESET' };

export class StreamDuplex extends Duplex implements StreamHandler {
  readonly #stream: HostStream;
  /** The callback of a write that the virtual connection has not taken yet. */
  #written: (() => void) | undefined;
  #closed = false;
  readonly remoteFamily = 'IPv4';
  /** An outgoing connection that is not there yet, as net.Socket tells it. */
  connecting: boolean;

  /** Takes over the stream's handler. `connecting`: made by `host.connect`, 'connect' will be emitted. */
  constructor(stream: HostStream, options: { readonly connecting?: boolean } = {}) {
    super({ allowHalfOpen: true });
    this.#stream = stream;
    this.connecting = options.connecting ?? false;
    stream.handler = this;
  }

  get remoteAddress(): string {
    return formatIpv4(this.#stream.remoteAddr);
  }

  get remotePort(): number {
    return this.#stream.remotePort;
  }

  get localAddress(): string {
    return formatIpv4(this.#stream.localAddr);
  }

  get localPort(): number {
    return this.#stream.localPort;
  }

  get bytesRead(): number {
    return this.#stream.bytesRead;
  }

  get bytesWritten(): number {
    return this.#stream.bytesWritten;
  }

  // StreamHandler: what the virtual connection tells.

  onOpen(): void {
    this.connecting = false;
    this.emit('connect');
    this.emit('ready');
  }

  onData(bytes: Uint8Array): void {
    if (!this.push(bytes)) this.#stream.pause();
  }

  onEnd(): void {
    this.push(null);
  }

  onDrain(): void {
    const written = this.#written;
    this.#written = undefined;
    written?.();
  }

  onClose(error: number | undefined): void {
    this.#closed = true;
    if (error === undefined) {
      // Both directions are done; Node destroys the stream itself once its reader has seen the end.
      this.onDrain();
      return;
    }
    const code = CODES[error] ?? 'ECONNRESET';
    this.destroy(Object.assign(new Error(code), { code }));
  }

  // Duplex: what Node asks for.

  override _read(): void {
    this.#stream.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    // A copy: Node's callers may reuse their buffer after the callback, TCP may have to send it again.
    if (this.#closed || this.#stream.write(Uint8Array.from(chunk))) done();
    else this.#written = done;
  }

  override _final(done: () => void): void {
    this.#stream.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.#closed) this.#stream.destroy();
    done(error);
  }

  // What http.Server and http.ClientRequest call on a net.Socket; none has a meaning here.

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

/** Virtual time between two turns of Node's event loop: what a Duplex answers arrives in the network at most so late. */
const TURN = ms(1);

/** `world.runUntil` for worlds with Duplex streams in them. Resolves to whether `done` became true. */
export async function runWithNode(world: World, done: () => boolean, limit: Micros): Promise<boolean> {
  const end = world.now + limit;
  while (world.now < end) {
    if (world.runUntil(done, us(Math.min(TURN, end - world.now)))) return true;
    // Two turns: one for the data, one for what the program does with it.
    await setImmediate();
    await setImmediate();
    if (done()) return true;
  }
  return false;
}
