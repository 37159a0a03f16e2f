/** A byte stream between two programs, as the computers of the virtual network see a TCP connection. */
import type { Ipv4Address } from '../wire/index.ts';

/** Told by a stream. `onClose` comes last and exactly once. */
export interface StreamHandler {
  /** The connection asked for with `connect` is there. */
  onOpen?(): void;
  /** Bytes arrived; they belong to the handler. */
  onData?(bytes: Uint8Array): void;
  /** The peer will send nothing more (its FIN). Sending is still possible. */
  onEnd?(): void;
  /** Everything queued has been handed to TCP, after `write` had answered false. */
  onDrain?(): void;
  /** An lwIP error number when the connection broke (-9 reset by the peer, -8 timed out or aborted), else undefined. */
  onClose?(error: number | undefined): void;
}

export interface Stream {
  /** Who is told. While undefined, what arrives waits and the peer's window closes. */
  handler: StreamHandler | undefined;
  readonly localPort: number;
  readonly remoteAddr: Ipv4Address;
  readonly remotePort: number;
  /** Queues any amount; the array must not be changed afterwards. False: wait for `onDrain` before writing more. */
  write(bytes: Uint8Array): boolean;
  /** Sends what is queued, then FIN. */
  end(): void;
  /** Breaks the connection with RST; `onClose` follows. */
  destroy(): void;
  /** No `onData` until `resume`; the peer's window closes meanwhile. */
  pause(): void;
  resume(): void;
}
