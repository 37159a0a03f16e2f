/** A stream through a TLS server: what is written is sealed, what comes is opened. Until the handshake is over, writing waits. */
import type { Rng } from '../core/index.ts';
import { TlsServer, type TlsServerConfig } from '../tls/index.ts';
import type { Ipv4Address } from '../wire/index.ts';
import type { Stream, StreamHandler } from './stream.ts';

export class TlsStream implements Stream {
  readonly #inner: Stream;
  readonly #tls: TlsServer;
  #handler: StreamHandler | undefined;
  /** Written before the handshake was over; undefined is the end. */
  readonly #early: (Uint8Array | undefined)[] = [];
  readonly #unread: Uint8Array[] = [];
  #open = false;
  #paused = false;
  #peerEnded = false;
  #endTold = false;
  /** Pieces that are still let in before the connection breaks. */
  breakAfter = Number.POSITIVE_INFINITY;
  /** Why the handshake or the session failed. */
  failure: string | undefined;

  /** Takes over the stream underneath. */
  constructor(inner: Stream, rng: Rng, config: TlsServerConfig) {
    this.#inner = inner;
    this.#tls = new TlsServer({ rng, transmit: (records) => inner.write(records) }, config, {
      onOpen: () => this.#onOpen(),
      onData: (bytes) => {
        this.#unread.push(bytes);
        this.#deliver();
      },
      onEnd: () => this.#onEnd(),
      onFail: (reason) => {
        this.failure = reason;
        inner.end();
      },
    });
    inner.handler = {
      onData: (bytes) => {
        if (this.breakAfter === 0) inner.destroy();
        else this.#tls.receive(bytes);
        this.breakAfter--;
      },
      onEnd: () => this.#onEnd(),
      onDrain: () => this.#handler?.onDrain?.(),
      onClose: (error) => this.#handler?.onClose?.(error),
    };
  }

  /** The host that the client asked for, if it did. */
  get serverName(): string | undefined {
    return this.#tls.serverName;
  }

  get handler(): StreamHandler | undefined {
    return this.#handler;
  }

  set handler(handler: StreamHandler | undefined) {
    this.#handler = handler;
    this.#deliver();
  }

  get localPort(): number {
    return this.#inner.localPort;
  }

  get remoteAddr(): Ipv4Address {
    return this.#inner.remoteAddr;
  }

  get remotePort(): number {
    return this.#inner.remotePort;
  }

  write(bytes: Uint8Array): boolean {
    if (!this.#open) {
      this.#early.push(bytes);
      return true;
    }
    this.#tls.write(bytes);
    // Nothing new, but it tells whether the stream underneath still has something to send.
    return this.#inner.write(new Uint8Array(0));
  }

  end(): void {
    if (!this.#open && this.failure === undefined) {
      this.#early.push(undefined);
      return;
    }
    this.#tls.close();
    this.#inner.end();
  }

  destroy(): void {
    this.#inner.destroy();
  }

  pause(): void {
    this.#paused = true;
    this.#inner.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#deliver();
    this.#inner.resume();
  }

  #onOpen(): void {
    this.#open = true;
    for (const bytes of this.#early.splice(0)) {
      if (bytes === undefined) this.end();
      else this.write(bytes);
    }
  }

  #onEnd(): void {
    this.#peerEnded = true;
    this.#deliver();
  }

  #deliver(): void {
    while (!this.#paused && this.#handler !== undefined) {
      const bytes = this.#unread.shift();
      if (bytes === undefined) break;
      this.#handler.onData?.(bytes);
    }
    if (!this.#peerEnded || this.#endTold || this.#unread.length > 0 || this.#paused) return;
    this.#endTold = true;
    // Half a handshake is no conversation, and whoever does not care about half-closed connections has none.
    if (!this.#open) this.#inner.end();
    else if (this.#handler?.onEnd === undefined) this.end();
    else this.#handler.onEnd();
  }
}
