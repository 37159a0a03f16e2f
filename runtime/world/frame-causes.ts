/**
 * Why frames of the network were sent: a device tells its trace of each frame it sends and receives, and the frame is
 * known again by its content when the switch forwards it. Works only while the trace follows causes.
 */
import type { Micros, TraceEvent, Waker } from '../core/index.ts';

/** Why a frame was sent. */
export interface FrameCause {
  readonly device: string;
  /** When the device handed it to its radio. */
  readonly at: Micros;
  /** The line of a script, `server.lua:5`. */
  readonly line: string;
  /** What had woken the script: a frame, as its index in the log, or the name of a timer or another event. */
  readonly wokenBy: number | string;
}

/** What wakes a script and has no name. */
const OUTSIDE = 'something outside';

/** FNV-1a over a frame's bytes; only to know it again. */
function fingerprint(frame: Uint8Array): number {
  let h = 0x811c9dc5 ^ frame.length;
  for (const byte of frame) h = Math.imul(h ^ byte, 0x01000193);
  return h;
}

export class FrameCauses {
  /** Sent and not yet seen on the network, by fingerprint. */
  readonly #sent = new Map<number, FrameCause[]>();
  /** Index of the last frame with that fingerprint. */
  readonly #seen = new Map<number, number>();
  /** Frames as devices received them. */
  readonly #received = new WeakMap<Uint8Array, number>();

  /** To be told of every event of the trace. */
  onEvent({ at, layer, event, node: device, cause, frame }: TraceEvent): void {
    if (layer !== 'link' || frame === undefined) return;
    const print = fingerprint(frame);
    const index = this.#seen.get(print);
    if (event === 'received' && index !== undefined) this.#received.set(frame, index);
    if (event !== 'sent' || cause === undefined) return;
    const queue = this.#sent.get(print) ?? [];
    queue.push({ device, at, line: cause.line, wokenBy: this.wokenBy(cause.waker) });
    this.#sent.set(print, queue);
  }

  /** The network carries a frame: its cause, if a script sent it. `index` is what others will know it by. */
  take(frame: Uint8Array, index: number): FrameCause | undefined {
    const print = fingerprint(frame);
    this.#seen.set(print, index);
    const queue = this.#sent.get(print);
    if (queue === undefined) return undefined;
    if (queue.length === 1) this.#sent.delete(print);
    return queue.shift();
  }

  /** A frame's index in the log, or the name of what it was. */
  wokenBy(waker: Waker | undefined): number | string {
    if (waker === undefined) return OUTSIDE;
    return typeof waker === 'string' ? waker : (this.#received.get(waker) ?? 'a frame');
  }
}
