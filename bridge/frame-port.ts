/**
 * Raw Ethernet for others: a QEMU guest, passt, a TAP interface. Frames come and go as a framed stream (TCP or UNIX,
 * whoever connects) or one per UDP datagram; every peer has a socket of the virtual switch, or a Wi-Fi card, of its own.
 */
import type { World } from '../runtime/index.ts';
import { type Address, type Arrival, type Door, formatAddress, type Line } from './door.ts';
import { Deframer, emitFramed } from './framing.ts';
import { AirPlug, type Plug, Switch, type WifiSpec } from './plugs.ts';
import { type Startup, whyNot } from './startup.ts';

export type FramePortSpec = (
  | { readonly kind: 'listen'; readonly at: Address }
  | { readonly kind: 'connect'; readonly to: Address }
  | { readonly kind: 'datagram'; readonly at?: Address; readonly to: Address }
) & {
  /** The peer is a station of this network, a device's own access point for example, instead of a machine on the LAN. */
  readonly wifi?: WifiSpec;
};

export interface FramePortEnv {
  readonly world: World;
  readonly door: Door;
  readonly startup: Startup;
  readonly say: (line: string) => void;
}

/** An Ethernet frame without FCS: header and payload, with a VLAN tag; shorter than a header is nothing. */
const MIN_FRAME = 14;
const MAX_FRAME = 1518;
/** Bytes that wait for the peer; frames beyond are lost. */
const MAX_OUTGOING = 1 << 20;

/** One peer in its place. */
class Peer {
  readonly #plug: Plug;
  readonly #line: Line;
  readonly #deframer: Deframer | undefined;
  #outgoing = 0;
  /** Frames that were too long, too short or too many. */
  lost = 0;

  constructor(plug: Plug, line: Line, framed: boolean) {
    this.#plug = plug;
    this.#line = line;
    this.#deframer = framed ? new Deframer() : undefined;
    plug.onFrame = (frame) => this.#onFrame(frame);
  }

  /** False: what comes is no stream of frames. */
  data(bytes: Uint8Array): boolean {
    const frames = this.#deframer === undefined ? [bytes] : this.#deframer.feed(bytes);
    for (const frame of frames ?? []) {
      if (frame.length < MIN_FRAME || frame.length > MAX_FRAME || !this.#plug.send(frame)) this.lost++;
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
    const plug = (): Plug => {
      const { world, say } = this.#env;
      return spec.wifi === undefined ? this.#switch.plug() : new AirPlug(world, spec.wifi, say);
    };
    if (spec.kind === 'listen') this.#listen(spec.at, plug);
    else if (spec.kind === 'connect') this.#connect(spec.to, plug);
    else this.#datagram(spec, plug);
  }

  #listen(at: Address, plug: () => Plug): void {
    const { door, startup, say } = this.#env;
    const done = startup.begin();
    const listener = door.open({ do: 'listen', at }, (arrival) => {
      if (arrival.is === 'open') say(`the LAN can be joined at ${formatAddress(arrival.at ?? at)}`);
      done(arrival.is === 'closed' ? `net: ${whyNot(formatAddress(at), arrival.error)}` : undefined);
    });
    listener.onAccepted = (line) => this.#join(line, this.#name(line.from ?? at), plug());
  }

  #connect(to: Address, plug: () => Plug): void {
    const done = this.#env.startup.begin();
    const line: Line = this.#env.door.open({ do: 'connect', to }, (arrival) => {
      if (arrival.is === 'open') this.#join(line, formatAddress(to), plug());
      done(arrival.is === 'closed' ? `net: ${whyNot(formatAddress(to), arrival.error)}` : undefined);
    });
  }

  #datagram(spec: FramePortSpec & { readonly kind: 'datagram' }, plug: () => Plug): void {
    const { door, startup, say } = this.#env;
    const done = startup.begin();
    const { at, to } = spec;
    let peer: Peer | undefined;
    const line: Line = door.open({ do: 'udp', ...(at === undefined ? {} : { at }), to }, (arrival) => {
      if (arrival.is === 'open') {
        peer = new Peer(plug(), line, false);
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
  #join(line: Line, name: string, plug: Plug): void {
    const peer = new Peer(plug, line, true);
    this.#env.say(`${name} has joined the LAN`);
    line.onArrival = (arrival: Arrival) => {
      if (arrival.is === 'room') peer.room();
      else if (arrival.is === 'data' && peer.data(arrival.data)) return;
      else if (arrival.is === 'data' || arrival.is === 'end' || arrival.is === 'closed') {
        plug.unplug();
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
