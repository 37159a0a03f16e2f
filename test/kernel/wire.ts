/**
 * A virtual clock tied to the wall clock, and links from it to the kernel's TAP. Each link loses, delays and reorders
 * frames in both directions by a seeded rule of its own, because not every kernel has netem.
 */
import {
  type Link,
  type LinkHandler,
  type Micros,
  Rng,
  type Timer,
  us,
  VirtualClock,
} from '../../runtime/core/index.ts';
import type { MacAddress } from '../../runtime/wire/index.ts';
import { macBytes, readMac } from '../../runtime/wire/index.ts';
import type { KernelNamespace } from './namespace.ts';

export interface Impairment {
  /** Probability that a frame is lost, each way. */
  readonly loss: number;
  /** Loses nothing on the way to the kernel, as netem on the kernel's interface. */
  readonly lossless?: 'to-kernel';
  /** One-way delay. */
  readonly delay: Micros;
  /** Probability that a frame overtakes the delay, as netem's `reorder`. */
  readonly reorder: number;
}

/** The clock of the test: virtual time is wall time since the start. */
export class WallClock {
  readonly clock = new VirtualClock();
  readonly #start = process.hrtime.bigint();
  #wake: NodeJS.Timeout | undefined;

  /** Runs an event from outside at the current wall time. */
  enter(event: () => void): void {
    this.clock.runUntil(us(Number(process.hrtime.bigint() - this.#start) / 1000));
    event();
    this.#sleep();
  }

  stop(): void {
    clearTimeout(this.#wake);
  }

  #sleep(): void {
    clearTimeout(this.#wake);
    const { nextAt } = this.clock;
    if (nextAt === undefined) return;
    const delay = Math.max(0, (nextAt - this.clock.now()) / 1000);
    this.#wake = setTimeout(() => this.enter(() => {}), delay);
  }
}

/** One of our machines on the kernel's wire. */
export class ImpairedLink implements Link {
  readonly hwaddr: Uint8Array;
  readonly up = true;
  #handler: LinkHandler | undefined;
  readonly #mac: MacAddress;
  readonly #clock: VirtualClock;
  readonly #rng: Rng;
  readonly #impairment: Impairment;
  readonly #out: (frame: Uint8Array) => void;
  lost = 0;

  constructor(clock: VirtualClock, mac: MacAddress, impairment: Impairment, out: (frame: Uint8Array) => void) {
    this.#clock = clock;
    this.#mac = mac;
    this.hwaddr = macBytes(mac);
    this.#rng = new Rng(mac);
    this.#impairment = impairment;
    this.#out = out;
  }

  attach(handler: LinkHandler): void {
    this.#handler = handler;
  }

  send(frame: Uint8Array): void {
    this.#pass(this.#impairment.lossless === 'to-kernel' ? 0 : this.#impairment.loss, () => this.#out(frame));
  }

  /** A frame from the kernel; not ours unless addressed to us or to a group. */
  receive(frame: Uint8Array): void {
    const dst = readMac(frame, 0);
    if (dst === this.#mac || (Math.floor(dst / 2 ** 40) & 1) === 1)
      this.#pass(this.#impairment.loss, () => this.#handler?.onFrame(new Uint8Array(frame)));
  }

  #pass(loss: number, deliver: () => void): void {
    const { delay, reorder } = this.#impairment;
    const [lost, overtakes] = [this.#rng.chance(loss), this.#rng.chance(reorder)];
    if (lost) {
      this.lost++;
      return;
    }
    const timer: Timer = this.#clock.timer('wire', deliver);
    timer.arm(overtakes ? us(0) : delay);
  }
}

/** Connects links to the kernel. */
export function plug(wall: WallClock, kernel: KernelNamespace, links: readonly ImpairedLink[]): void {
  kernel.onFrame = (frame) =>
    wall.enter(() => {
      for (const link of links) link.receive(frame);
    });
}
