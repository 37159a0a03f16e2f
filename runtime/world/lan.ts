/**
 * The wired side of the world: a learning Ethernet switch with full-duplex 100 Mbit/s ports.
 * Every port is a Link, so a host's stack or an access point plugs in without knowing what it is plugged into.
 * Not here: VLANs, spanning tree, loss (faults act on the air, see runtime/radio).
 */
import { type Clock, type Link, type LinkHandler, type Micros, type Timer, us } from '../core/index.ts';
import { isGroupMac, type MacAddress, macBytes, readMac } from '../wire/index.ts';

/** Line rate of a port: 100 Mbit/s is 100 bits per microsecond. */
const BITS_PER_US = 100;
/** Preamble and start delimiter 8, FCS 4, inter-frame gap 12 (IEEE 802.3): bytes that occupy the line with every frame. */
const LINE_OVERHEAD = 24;
/** A frame without FCS is padded to 60 bytes on the line (IEEE 802.3). */
const MIN_FRAME = 60;
/** From the last bit in to the first bit out of a store-and-forward switch. */
const SWITCH_LATENCY_US = 10;

/** Sees each frame once, in the order in which the switch forwards them; must not change it. */
export type LanTap = (at: Micros, frame: Uint8Array) => void;

interface InFlight {
  readonly at: Micros;
  readonly frame: Uint8Array;
}

/** One socket of the switch. Frames handed to `send` leave one after the other at line rate. */
export class LanPort implements Link {
  readonly label: string;
  readonly hwaddr: Uint8Array;
  #up = true;
  #handler: LinkHandler | undefined;
  /** The line is occupied by our own frames until then. */
  #busyUntil = 0;
  readonly #outgoing: InFlight[] = [];
  readonly #clock: Clock;
  readonly #lan: Lan;
  readonly #delivery: Timer;

  constructor(lan: Lan, clock: Clock, mac: MacAddress, label: string) {
    this.#lan = lan;
    this.#clock = clock;
    this.label = label;
    this.hwaddr = macBytes(mac);
    this.#delivery = clock.timer(`lan.${label}`, () => this.#deliver());
  }

  get up(): boolean {
    return this.#up;
  }

  /** Frames of our own that wait for the line or stand on it. */
  get backlog(): number {
    return this.#outgoing.length;
  }

  attach(handler: LinkHandler): void {
    this.#handler = handler;
  }

  /** Pulls (`false`) or plugs (`true`) the cable; frames still on the line are lost with it. */
  setUp(up: boolean): void {
    if (up === this.#up) return;
    this.#up = up;
    if (!up) {
      this.#outgoing.length = 0;
      this.#delivery.cancel();
      this.#lan.forget(this);
    }
    this.#handler?.onLinkChange(up);
  }

  send(frame: Uint8Array): void {
    if (!this.#up) return;
    const bits = (Math.max(frame.length, MIN_FRAME) + LINE_OVERHEAD) * 8;
    const start = Math.max(this.#clock.now(), this.#busyUntil);
    this.#busyUntil = start + Math.ceil(bits / BITS_PER_US);
    this.#outgoing.push({ at: us(this.#busyUntil + SWITCH_LATENCY_US), frame });
    if (!this.#delivery.armed) this.#armDelivery();
  }

  /** @internal The switch hands over a frame for this port. */
  receive(frame: Uint8Array): void {
    if (this.#up) this.#handler?.onFrame(frame);
  }

  #deliver(): void {
    const head = this.#outgoing.shift();
    if (this.#outgoing.length > 0) this.#armDelivery();
    if (head !== undefined) this.#lan.forward(this, head.frame);
  }

  #armDelivery(): void {
    const head = this.#outgoing[0] as InFlight;
    this.#delivery.arm(us(head.at - this.#clock.now()));
  }
}

/** The switch: learns source addresses, floods what it does not know. Ports are served in the order of plugging. */
export class Lan {
  readonly #clock: Clock;
  readonly #ports: LanPort[] = [];
  readonly #learned = new Map<MacAddress, LanPort>();
  readonly #taps = new Set<LanTap>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new port for an interface with that address (an access point's own address for a bridge). */
  port(mac: MacAddress, label: string): LanPort {
    const port = new LanPort(this, this.#clock, mac, label);
    this.#ports.push(port);
    return port;
  }

  /** Adds a capture; call the result to remove it. */
  tap(tap: LanTap): () => void {
    this.#taps.add(tap);
    return () => this.#taps.delete(tap);
  }

  /** @internal A frame has arrived completely from `from`. */
  forward(from: LanPort, frame: Uint8Array): void {
    if (frame.length < 14) return; // shorter than an Ethernet header: a runt, as a switch drops it
    for (const tap of this.#taps) tap(this.#clock.now(), frame);
    this.#learned.set(readMac(frame, 6), from);
    const dst = readMac(frame, 0);
    const known = isGroupMac(dst) ? undefined : this.#learned.get(dst);
    if (known !== undefined) {
      if (known !== from) known.receive(frame);
      return;
    }
    for (const port of this.#ports) if (port !== from && port.up) port.receive(frame);
  }

  /** @internal Forgets the addresses behind a port whose cable was pulled. */
  forget(port: LanPort): void {
    for (const [mac, at] of this.#learned) if (at === port) this.#learned.delete(mac);
  }
}
