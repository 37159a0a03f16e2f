/**
 * Every frame of the network in the order it was seen, for expectations and reports: what the switch forwards, and what
 * an access point hands from one of its stations to another, which never reaches the switch.
 */
import type { Micros } from '../core/index.ts';
import { emitEthernet, type MacAddress, parseIeee80211 } from '../wire/index.ts';
import { type FrameCause, FrameCauses } from './frame-causes.ts';
import type { World } from './world.ts';

export interface LoggedFrame {
  readonly at: Micros;
  /** Ethernet, without FCS. */
  readonly frame: Uint8Array;
  /** The script that sent it; only while `world.trace.following`. */
  readonly cause?: FrameCause;
}

export class FrameLog {
  readonly frames: LoggedFrame[] = [];
  readonly causes = new FrameCauses();
  /** Told of each frame after it was logged. */
  onFrame: ((logged: LoggedFrame, index: number) => void) | undefined;
  readonly #world: World;

  /** Listens from now on. */
  constructor(world: World) {
    this.#world = world;
    world.trace.listen((event) => this.causes.onEvent(event));
    world.lan.tap((at, frame) => this.#add(at, frame));
  }

  /** Call after the second device: tapping the air costs time, and one device alone has nobody to talk to there. */
  tapAir(): void {
    this.#world.medium.tap((at, bytes) => this.#onAir(at, bytes));
  }

  #onAir(at: Micros, bytes: Uint8Array): void {
    const parsed = parseIeee80211(bytes);
    if (!parsed.ok || parsed.value.type !== 'data' || parsed.value.direction !== 'from-ap') return;
    const { da, sa, etherType, payload } = parsed.value;
    const isStation = (mac: MacAddress): boolean => this.#world.devices.some((device) => device.profile.mac === mac);
    if (!isStation(da) || !isStation(sa)) return;
    this.#add(at, emitEthernet({ dst: da, src: sa, etherType, payload }));
  }

  #add(at: Micros, frame: Uint8Array): void {
    const index = this.frames.length;
    const cause = this.#world.trace.following ? this.causes.take(frame, index) : undefined;
    const logged: LoggedFrame = cause === undefined ? { at, frame } : { at, frame, cause };
    this.frames.push(logged);
    this.onFrame?.(logged, index);
  }
}
