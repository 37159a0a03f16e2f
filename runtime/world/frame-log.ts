/**
 * Every frame of the network in the order it was seen, for expectations and reports: what the switch forwards, and what
 * an access point hands from one of its stations to another, which never reaches the switch.
 */
import type { Micros } from '../core/index.ts';
import { emitEthernet, type MacAddress, parseIeee80211 } from '../wire/index.ts';
import type { World } from './world.ts';

export interface LoggedFrame {
  readonly at: Micros;
  /** Ethernet, without FCS. */
  readonly frame: Uint8Array;
}

export class FrameLog {
  readonly frames: LoggedFrame[] = [];
  readonly #world: World;

  /** Listens from now on. */
  constructor(world: World) {
    this.#world = world;
    world.lan.tap((at, frame) => this.frames.push({ at, frame }));
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
    this.frames.push({ at, frame: emitEthernet({ dst: da, src: sa, etherType, payload }) });
  }
}
