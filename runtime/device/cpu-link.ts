/**
 * The seam between the air and the program: frames that arrive wait for the CPU, frames that the program sends leave
 * at the device time at which it sent them, in order. Survives resets; each boot's stack attaches anew.
 */
import {
  type Clock,
  type Link,
  type LinkHandler,
  type Micros,
  SILENT,
  type Timer,
  type Tracer,
  us,
} from '../core/index.ts';
import type { Cpu } from './cpu.ts';

interface Delayed {
  readonly at: Micros;
  readonly frame: Uint8Array;
}

export class CpuLink implements Link, LinkHandler {
  readonly #cpu: Cpu;
  readonly #clock: Clock;
  readonly #link: Link;
  readonly #trace: Tracer;
  readonly #timer: Timer;
  #handler: LinkHandler | undefined;
  #queue: Delayed[] = [];

  /** `clock` is the world's. */
  constructor(cpu: Cpu, clock: Clock, link: Link, trace: Tracer = SILENT) {
    this.#cpu = cpu;
    this.#clock = clock;
    this.#link = link;
    this.#trace = trace;
    this.#timer = clock.timer('cpu.link', () => this.#flush());
    link.attach(this);
  }

  get hwaddr(): Uint8Array {
    return this.#link.hwaddr;
  }

  get up(): boolean {
    return this.#link.up;
  }

  attach(handler: LinkHandler): void {
    this.#handler = handler;
  }

  /** @internal A frame has come. */
  onFrame(frame: Uint8Array): void {
    const { following } = this.#trace;
    if (following) this.#trace.emit('link', 'received', '', frame);
    // What passes the program by takes none of its time; only a cause would have to be known.
    else if (this.#cpu.free && this.#handler?.passesBy?.(frame)) {
      this.#handler.onFrame(frame);
      return;
    }
    this.#cpu.run(() => this.#handler?.onFrame(frame), frame);
  }

  /** @internal The interface came up or went down. */
  onLinkChange(up: boolean): void {
    this.#cpu.run(() => this.#handler?.onLinkChange(up));
  }

  /** Reset: frames not yet sent are lost, nothing is delivered until the next attach. */
  detach(): void {
    this.#handler = undefined;
    this.#queue = [];
    this.#timer.cancel();
  }

  send(frame: Uint8Array): void {
    const at = us(this.#clock.now() + this.#cpu.lag);
    if (this.#trace.following) this.#trace.emit('link', 'sent', '', frame, at);
    if (at === this.#clock.now() && this.#queue.length === 0) {
      this.#link.send(frame);
      return;
    }
    this.#queue.push({ at, frame });
    if (!this.#timer.armed) this.#timer.arm(us(at - this.#clock.now()));
  }

  #flush(): void {
    const now = this.#clock.now();
    for (let head = this.#queue[0]; head !== undefined && head.at <= now; head = this.#queue[0]) {
      this.#queue.shift();
      this.#link.send(head.frame);
    }
    const next = this.#queue[0];
    if (next !== undefined) this.#timer.arm(us(next.at - now));
  }
}
