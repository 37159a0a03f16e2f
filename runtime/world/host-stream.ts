/**
 * A TCP connection of a plain host as a stream: any amount may be written, half-close works, pause closes the window.
 * All the protocol is in runtime/stack; this only queues what the send buffer does not take and counts what was read.
 */
import { type Clock, type Timer, us } from '../core/index.ts';
import { ERR, type LwipErr, type TcpPcb } from '../stack/index.ts';
import type { Ipv4Address } from '../wire/index.ts';
import type { Stream, StreamHandler } from './stream.ts';

export class HostStream implements Stream {
  readonly #pcb: TcpPcb;
  #handler: StreamHandler | undefined;
  /** Written, but not yet taken by the send buffer. */
  readonly #queue: Uint8Array[] = [];
  /** Received, but not yet handed over: no handler, or paused. */
  readonly #unread: Uint8Array[] = [];
  #paused = false;
  #drainOwed = false;
  #ending = false;
  #finQueued = false;
  #peerEnded = false;
  #endTold = false;
  #closed = false;
  readonly #delivery: Timer;
  /** Every segment is acknowledged at once, as by Linux while a connection is young, instead of every second one. */
  quickAck = false;
  bytesRead = 0;
  bytesWritten = 0;
  readonly localAddr: Ipv4Address;
  readonly localPort: number;
  readonly remoteAddr: Ipv4Address;
  readonly remotePort: number;

  /** Made by a Host around a connection that is open or was just asked for. */
  constructor(clock: Clock, pcb: TcpPcb) {
    this.#pcb = pcb;
    this.localAddr = pcb.localAddr;
    this.localPort = pcb.localPort;
    this.remoteAddr = pcb.remoteAddr;
    this.remotePort = pcb.remotePort;
    this.#delivery = clock.timer('host.deliver', () => this.#deliver());
    // What a program of today does (Node's servers and clients too): small writes do not wait for an ACK.
    pcb.noDelay = true;
    pcb.handlers = {
      connected: () => this.#callback(() => this.#opened()),
      recv: (_, data) => this.#callback(() => this.#received(data)),
      sent: () => this.#callback(() => this.#pump()),
      error: (code) => this.#close(code),
    };
  }

  get handler(): StreamHandler | undefined {
    return this.#handler;
  }

  set handler(handler: StreamHandler | undefined) {
    this.#handler = handler;
    this.#deliverSoon();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ending || this.#closed) return false;
    if (bytes.length > 0) this.#queue.push(bytes);
    this.bytesWritten += bytes.length;
    this.#pump();
    this.#drainOwed = this.#queue.length > 0;
    return !this.#drainOwed;
  }

  end(): void {
    if (this.#ending || this.#closed) return;
    this.#ending = true;
    this.#pump();
  }

  destroy(): void {
    if (!this.#closed) this.#pcb.abort();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliverSoon();
  }

  /** Runs one of TCP's callbacks; ABRT tells it when the connection was broken inside. */
  #callback(action: () => void): LwipErr {
    action();
    return this.#closed && this.#pcb.freed ? ERR.ABRT : ERR.OK;
  }

  #opened(): void {
    this.#handler?.onOpen?.();
    this.#pump();
  }

  #received(data: Uint8Array | undefined): void {
    if (data === undefined) this.#peerEnded = true;
    else this.#unread.push(data);
    if (this.quickAck) this.#pcb.requestAck();
    this.#deliver();
  }

  #deliverSoon(): void {
    if (this.#handler !== undefined && !this.#paused && (this.#unread.length > 0 || this.#peerEnded))
      this.#delivery.arm(us(0));
  }

  #deliver(): void {
    while (!this.#paused && this.#handler !== undefined) {
      const data = this.#unread.shift();
      if (data === undefined) break;
      this.bytesRead += data.length;
      this.#handler.onData?.(data);
      if (!this.#pcb.freed) this.#pcb.recved(data.length);
    }
    const { handler } = this;
    if (!this.#peerEnded || this.#endTold || this.#unread.length > 0 || this.#paused || handler === undefined) return;
    this.#endTold = true;
    // Whoever does not care about half-closed connections has none.
    if (handler.onEnd === undefined) this.end();
    else handler.onEnd();
    this.#closeIfDone();
  }

  /** Moves as much of the queue as fits into the send buffer, then the FIN if it is due. */
  #pump(): void {
    // Before the handshake the peer's segment size is not known; data queued then would leave in small pieces.
    if (this.#closed || this.#pcb.state === 'SYN-SENT') return;
    this.#fill();
    if (this.#ending && !this.#finQueued && this.#queue.length === 0)
      this.#finQueued = this.#pcb.shutdown(false, true) === ERR.OK;
    this.#pcb.output();
    if (this.#drainOwed && this.#queue.length === 0) {
      this.#drainOwed = false;
      this.#handler?.onDrain?.();
    }
    this.#closeIfDone();
  }

  #fill(): void {
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      const length = Math.min(head.length, this.#pcb.sndBuf);
      if (length === 0 || this.#pcb.write(head.subarray(0, length)) !== ERR.OK) return;
      if (length === head.length) this.#queue.shift();
      else this.#queue[0] = head.subarray(length);
    }
  }

  /** Both directions are done; what is still unacknowledged is TCP's business. */
  #closeIfDone(): void {
    if (this.#finQueued && this.#endTold) this.#close(undefined);
  }

  #close(error: LwipErr | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.length = 0;
    this.#unread.length = 0;
    this.#delivery.cancel();
    this.#handler?.onClose?.(error);
  }
}
