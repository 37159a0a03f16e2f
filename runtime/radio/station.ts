/** Station. */
import { type Clock, invariant, type Link, type LinkHandler } from '../core/index.ts';
import type { MacAddress } from '../wire/index.ts';
import type { Medium } from './medium.ts';
import type { JoinOptions, Network, Position, ScanOptions, StationHandlers } from './types.ts';

export type StationState = 'IDLE' | 'SCANNING' | 'AUTHENTICATING' | 'ASSOCIATING' | 'HANDSHAKE' | 'JOINED';

export interface StationOptions {
  readonly mac: MacAddress;
  /** Time as the sender sees it, for example a device's CPU clock: a frame leaves at its `now()`. By default the medium's clock. */
  readonly clock?: Clock;
  readonly position?: Position;
  /** By default 17 dBm. */
  readonly txPower?: number;
}

export class Station implements Link {
  handlers: StationHandlers = {};
  constructor(medium: Medium, options: StationOptions) {
    void medium;
    void options;
  }
  get mac(): MacAddress {
    return todo();
  }
  get state(): StationState {
    return todo();
  }
  /** Only while idle. */
  setMac(mac: MacAddress): void {
    todo(mac);
  }
  /** Starts to join; ends in `onJoined` or `onLost`. A join or attempt under way is left first. */
  join(options: JoinOptions): void {
    todo(options);
  }
  /** Leaves (ASSOC_LEAVE); nothing happens while idle. */
  leave(): void {
    todo();
  }
  /** False when refused: a scan or an attempt to join is under way. */
  scan(options: ScanOptions): boolean {
    return todo(options);
  }
  /** The network joined or tried; undefined while idle. */
  get network(): Network | undefined {
    return todo();
  }
  /** dBm while joined, else undefined. */
  get rssi(): number | undefined {
    return todo();
  }
  setPosition(position: Position): void {
    todo(position);
  }
  /** Power off or reset: vanishes from the air for ever without a word, no handler is called. */
  shutdown(): void {
    todo();
  }
  get hwaddr(): Uint8Array {
    return todo();
  }
  /** True while joined. */
  get up(): boolean {
    return todo();
  }
  send(frame: Uint8Array): void {
    todo(frame);
  }
  attach(handler: LinkHandler): void {
    todo(handler);
  }
}

function todo(...values: unknown[]): never {
  invariant(false, `not built ${values.length}`);
}
