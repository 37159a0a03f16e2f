/**
 * What a station and an access point have in common on the air: an address, a place, a power, a channel. Plain state; the
 * medium reads it, the owner (the machine behind it) changes it.
 */
import type { Clock, Micros } from '../core/index.ts';
import type { MacAddress } from '../wire/index.ts';
import type { Position, RadioEnv } from './types.ts';

/** What an antenna needs of the medium it is in. */
export interface Air {
  readonly env: RadioEnv;
  attach(antenna: Antenna): void;
  detach(antenna: Antenna): void;
  audienceChanged(): void;
  surroundingsChanged(): void;
  transmit(from: Antenna, frame: Uint8Array, channel: number, delay: Micros): void;
}

/** The machine behind an antenna. */
export interface AntennaOwner {
  /** A frame for this address or for a group, on a channel that the antenna hears. `frame` may be shared: not to be changed. */
  onFrame(frame: Uint8Array, rssi: number): void;
  /** Somebody began or ceased to listen for beacons; told to those who send them. */
  onAudience(): void;
  /** An antenna came, went, moved, changed its power or its channel. */
  onSurroundings(): void;
}

export interface AntennaOptions {
  readonly mac: MacAddress;
  readonly txPower: number;
  readonly clock?: Clock | undefined;
  readonly position?: Position | undefined;
  readonly level?: number | undefined;
}

/** Off the air. */
export const NO_CHANNEL = 0;

export class Antenna {
  readonly owner: AntennaOwner;
  readonly clock: Clock;
  /** dBm */
  readonly txPower: number;
  readonly #air: Air;
  #mac: MacAddress;
  #channel = NO_CHANNEL;
  #scanChannel = NO_CHANNEL;
  #beaconing = false;
  #level: number | undefined;
  #position: Position | undefined;
  #sequence = 0;

  constructor(air: Air, owner: AntennaOwner, options: AntennaOptions) {
    this.#air = air;
    this.owner = owner;
    this.clock = options.clock ?? air.env.clock;
    this.txPower = options.txPower;
    this.#mac = options.mac;
    this.#level = options.level;
    this.#position = options.position;
    air.attach(this);
  }

  get mac(): MacAddress {
    return this.#mac;
  }

  setMac(mac: MacAddress): void {
    this.#air.detach(this);
    this.#mac = mac;
    this.#air.attach(this);
  }

  /** The channel it works on, or {@link NO_CHANNEL}. */
  get channel(): number {
    return this.#channel;
  }

  get beaconing(): boolean {
    return this.#beaconing;
  }

  tune(channel: number, beaconing = false): void {
    if (channel === this.#channel && beaconing === this.#beaconing) return;
    this.#channel = channel;
    this.#beaconing = beaconing;
    this.#air.surroundingsChanged();
  }

  /** A second channel listened to while scanning; what comes on the first is still heard, as if the access point kept it. */
  get scanChannel(): number {
    return this.#scanChannel;
  }

  listen(channel: number): void {
    if (channel === this.#scanChannel) return;
    this.#scanChannel = channel;
    this.#air.audienceChanged();
  }

  hears(channel: number): boolean {
    return channel !== NO_CHANNEL && (channel === this.#channel || channel === this.#scanChannel);
  }

  /** Signal level between this antenna and any other, when it is given and not computed; dBm. */
  get level(): number | undefined {
    return this.#level;
  }

  setLevel(level: number | undefined): void {
    this.#level = level;
    this.#air.surroundingsChanged();
  }

  get position(): Position | undefined {
    return this.#position;
  }

  setPosition(position: Position): void {
    this.#position = position;
    this.#air.surroundingsChanged();
  }

  /** 12 bits, for the next frame. */
  nextSequence(): number {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xfff;
    return sequence;
  }

  /** Hands a frame to the air, `delay` from now (the time its sender needs to make it) or when the sender's CPU is so far. */
  send(frame: Uint8Array, delay = 0 as Micros, channel = this.#channel): void {
    this.#air.transmit(this, frame, channel, delay);
  }

  /** Off the air for ever. */
  shutdown(): void {
    this.#channel = NO_CHANNEL;
    this.#beaconing = false;
    this.listen(NO_CHANNEL);
    this.#air.detach(this);
    this.#air.surroundingsChanged();
  }
}
