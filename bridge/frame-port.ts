/**
 * Sockets of the virtual switch for others: a QEMU guest, passt, a TAP interface. Frames come and go as a framed
 * stream (TCP or UNIX, whoever connects) or one per UDP datagram; every peer has a socket of its own.
 */
import type { LanPort, MacAddress, World } from '../runtime/index.ts';
import { type Address, type Arrival, type Door, formatAddress, type Line } from './door.ts';
import { Deframer, emitFramed } from './framing.ts';
import { type Startup, whyNot } from './startup.ts';

export type FramePortSpec =
  | { readonly kind: 'listen'; readonly at: Address }
  | { readonly kind: 'connect'; readonly to: Address }
  | { readonly kind: 'datagram'; readonly at?: Address; readonly to: Address };

export interface FramePortEnv {
  readonly world: World;
  readonly door: Door;
  readonly startup: Startup;
  readonly say: (line: string) => void;
}

/** The ports of the switch have addresses of their own, which nobody ever sees. */
const FIRST_MAC = 0x020000000200;
/** An Ethernet frame without FCS: header and payload, with a VLAN tag; shorter than a header is nothing. */
const MIN_FRAME = 14;
const MAX_FRAME = 1518;
/** Frames that wait for the port's 100 Mbit/s; more are lost, as in a switch. */
const MAX_BACKLOG = 512;
/** Bytes that wait for the peer; frames beyond are lost. */
const MAX_OUTGOING = 1 << 20;

/** Free sockets of the switch, used again by the next peer. */
class Switch {
  readonly #world: World;
  readonly #free: LanPort[] = [];
  #made = 0;

  constructor(world: World) {
    this.#world = world;
  }

  plug(): LanPort {
    const port = this.#free.pop() ?? this.#world.lan.port((FIRST_MAC + this.#made) as MacAddress, `raw${++this.#made}`);
    port.setUp(true);
    return port;
  }

  unplug(port: LanPort): void {
    port.setUp(false);
    port.attach({ onFrame: () => {}, onLinkChange: () => {} });
    this.#free.push(port);
  }
}

/** One peer on one socket of the switch. */
class Peer {
  readonly #port: LanPort;
  readonly #line: Line;
  readonly #deframer: Deframer | undefined;
  #outgoing = 0;
  /** Frames that were too long, too short or too many. */
  lost = 0;

  constructor(port: LanPort, line: Line, framed: boolean) {
    this.#port = port;
    this.#line = line;
    this.#deframer = framed ? new Deframer() : undefined;
    port.attach({ onFrame: (frame) => this.#onFrame(frame), onLinkChange: () => {} });
  }

  /** False: what comes is no stream of frames. */
  data(bytes: Uint8Array): boolean {
    const frames = this.#deframer === undefined ? [bytes] : this.#deframer.feed(bytes);
    for (const frame of frames ?? []) {
      if (frame.length < MIN_FRAME || frame.length > MAX_FRAME || this.#port.backlog >= MAX_BACKLOG) this.lost++;
      else this.#port.send(frame);
    }
    return frames !== undefined;
  }

  room(): void {
    this.#outgoing = 0;
  }

  #onFrame(frame: Uint8Array): void {
    const data = this.#deframer === undefined ? frame : emitFramed(frame);
    // UDP sockets never tell about room, and never wait.
    if (this.#deframer !== undefined) this.#outgoing += data.length;
    if (this.#outgoing > MAX_OUTGOING) this.lost++;
    else this.#line.order({ do: 'send', data });
  }
}

export class FramePorts {
  readonly #env: FramePortEnv;
  readonly #switch: Switch;

  constructor(env: FramePortEnv, specs: readonly FramePortSpec[]) {
    this.#env = env;
    this.#switch = new Switch(env.world);
    for (const spec of specs) this.#open(spec);
  }

  #open(spec: FramePortSpec): void {
    if (spec.kind === 'listen') this.#listen(spec.at);
    else if (spec.kind === 'connect') this.#connect(spec.to);
    else this.#datagram(spec);
  }

  #listen(at: Address): void {
    const { door, startup, say } = this.#env;
    const done = startup.begin();
    const listener = door.open({ do: 'listen', at }, (arrival) => {
      if (arrival.is === 'open') say(`the LAN can be joined at ${formatAddress(arrival.at ?? at)}`);
      done(arrival.is === 'closed' ? `net: ${whyNot(formatAddress(at), arrival.error)}` : undefined);
    });
    listener.onAccepted = (line) => this.#join(line, this.#name(line.from ?? at));
  }

  #connect(to: Address): void {
    const done = this.#env.startup.begin();
    const line: Line = this.#env.door.open({ do: 'connect', to }, (arrival) => {
      if (arrival.is === 'open') this.#join(line, formatAddress(to));
      done(arrival.is === 'closed' ? `net: ${whyNot(formatAddress(to), arrival.error)}` : undefined);
    });
  }

  #datagram(spec: FramePortSpec & { readonly kind: 'datagram' }): void {
    const { door, startup, say } = this.#env;
    const done = startup.begin();
    const { at, to } = spec;
    let peer: Peer | undefined;
    const line: Line = door.open({ do: 'udp', ...(at === undefined ? {} : { at }), to }, (arrival) => {
      if (arrival.is === 'open') {
        peer = new Peer(this.#switch.plug(), line, false);
        say(
          `the LAN is joined with ${formatAddress(to)}, one frame per datagram, at ${formatAddress(arrival.at ?? to)}`,
        );
      }
      if (arrival.is === 'data') peer?.data(arrival.data);
      if (arrival.is === 'open') done();
      else if (arrival.is === 'closed') done(`net: ${whyNot(formatAddress(at ?? to), arrival.error)}`);
    });
  }

  /** A stream is there: from now on its peer is on the LAN. */
  #join(line: Line, name: string): void {
    const port = this.#switch.plug();
    const peer = new Peer(port, line, true);
    this.#env.say(`${name} has joined the LAN`);
    line.onArrival = (arrival: Arrival) => {
      if (arrival.is === 'room') peer.room();
      else if (arrival.is === 'data' && peer.data(arrival.data)) return;
      else if (arrival.is === 'data' || arrival.is === 'end' || arrival.is === 'closed') {
        this.#switch.unplug(port);
        line.order({ do: 'reset' });
        const how = arrival.is === 'data' ? 'sends no frames and was disconnected' : 'has left the LAN';
        this.#env.say(`${name} ${how}${peer.lost > 0 ? `, ${peer.lost} frames were lost` : ''}`);
        line.onArrival = () => {};
      }
    };
    line.order({ do: 'resume' });
  }

  #name(from: Address): string {
    return 'path' in from ? 'a local program' : formatAddress(from);
  }
}
