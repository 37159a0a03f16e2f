/** Where a peer of raw Ethernet is plugged in: a socket of the virtual switch, or a Wi-Fi card of its own on the air. */
import {
  formatMac,
  type LanPort,
  type MacAddress,
  type Micros,
  Station,
  seconds,
  type Timer,
  us,
  type World,
} from '../runtime/index.ts';

/** One peer's place in the virtual network. */
export interface Plug {
  /** From the peer. False: lost. */
  send(frame: Uint8Array): boolean;
  /** To the peer. */
  onFrame: (frame: Uint8Array) => void;
  unplug(): void;
}

/** The ports of the switch have addresses of their own, which nobody ever sees. */
const FIRST_MAC = 0x020000000200;

/** Free sockets of the switch, used again by the next peer. */
export class Switch {
  readonly #world: World;
  readonly #free: LanPort[] = [];
  #made = 0;

  constructor(world: World) {
    this.#world = world;
  }

  plug(): Plug {
    const port = this.#free.pop() ?? this.#world.lan.port((FIRST_MAC + this.#made) as MacAddress, `raw${++this.#made}`);
    return new SwitchPlug(port, (left) => this.#free.push(left));
  }
}

/** Frames that wait for the port's 100 Mbit/s; more are lost, as in a switch. */
const MAX_BACKLOG = 512;

class SwitchPlug implements Plug {
  readonly #port: LanPort;
  readonly #free: (port: LanPort) => void;
  onFrame: (frame: Uint8Array) => void = () => {};

  constructor(port: LanPort, free: (port: LanPort) => void) {
    this.#port = port;
    this.#free = free;
    port.setUp(true);
    port.attach({ onFrame: (frame) => this.onFrame(frame), onLinkChange: () => {} });
  }

  send(frame: Uint8Array): boolean {
    if (this.#port.backlog >= MAX_BACKLOG) return false;
    this.#port.send(frame);
    return true;
  }

  unplug(): void {
    this.#port.setUp(false);
    this.#port.attach({ onFrame: () => {}, onLinkChange: () => {} });
    this.#free(this.#port);
  }
}

export interface WifiSpec {
  readonly ssid: string;
  readonly password?: string;
}

/** From one attempt to join to the next. */
const RETRY: Micros = seconds(1);

/**
 * A Wi-Fi card that has the address of the peer's first frame: behind a station there is room for one machine
 * (IEEE 802.11 has three addresses in its frames). Tries to join until it has, and again whenever it lost the network.
 */
export class AirPlug implements Plug {
  readonly #world: World;
  readonly #wifi: WifiSpec;
  readonly #say: (line: string) => void;
  readonly #retry: Timer;
  #station: Station | undefined;
  onFrame: (frame: Uint8Array) => void = () => {};

  constructor(world: World, wifi: WifiSpec, say: (line: string) => void) {
    this.#world = world;
    this.#wifi = wifi;
    this.#say = say;
    this.#retry = world.clock.timer('air.plug', () => this.#join());
  }

  send(frame: Uint8Array): boolean {
    const mac = sourceOf(frame);
    this.#station ??= this.#powerOn(mac);
    if (this.#station.mac !== mac || !this.#station.up) return false;
    this.#station.send(frame);
    return true;
  }

  unplug(): void {
    this.#retry.cancel();
    this.#station?.leave();
    this.#station?.shutdown();
    this.#station = undefined;
  }

  #powerOn(mac: MacAddress): Station {
    const station = new Station(this.#world.medium, { mac });
    station.attach({ onFrame: (frame) => this.onFrame(frame), onLinkChange: () => {} });
    station.handlers = {
      onJoined: ({ ssid, channel }) => this.#say(`${formatMac(mac)} has joined '${ssid}' on channel ${channel}`),
      onLost: () => this.#retry.arm(RETRY),
    };
    this.#retry.arm(us(0));
    return station;
  }

  /** A device's own access point goes before one that answers to any name. */
  #join(): void {
    const { ssid } = this.#wifi;
    const own = this.#world.devices.find(({ wifi: { softAp } }) => softAp.on && softAp.config.ssid === ssid);
    this.#station?.join({ ...this.#wifi, ...(own === undefined ? {} : { bssid: own.wifi.softAp.mac }) });
  }
}

/** The six bytes behind the destination. */
const sourceOf = (frame: Uint8Array): MacAddress =>
  frame.subarray(6, 12).reduce((value, byte) => value * 256 + byte, 0) as MacAddress;
