/**
 * The way of one world to this computer, when `mcubox play --net` serves the page: a WebSocket to the server, behind
 * which sockets are opened and policy is decided. Begins with the server's hello, ends with the WebSocket.
 */
import { Bridge, Door, parseToDoor, REPLACED, RemoteLines, type WorldSpec } from '../../bridge/index.ts';
import { type Device, formatIpv4, type World } from '../../runtime/index.ts';
import type { BridgeFacts } from './protocol.ts';

/** A WebSocket as far as it is needed. */
export interface Wire {
  send(message: Uint8Array): void;
  close(): void;
}

export interface WireEvents {
  message(bytes: Uint8Array): void;
  /** RFC 6455 section 7.4, as browsers tell it: 1006 for one that never was. Last event. */
  closed(code: number): void;
}

export type Connect = (url: string, events: WireEvents) => Wire;

export interface WorldBridgeEnv {
  readonly connect: Connect;
  /** Lets a real event into the world. */
  enter(event: () => void): void;
  soon(action: () => void): void;
  /** The server has said hello: the world can be made. */
  ready(): void;
  /** It is over, before the hello or after it; why, in a sentence for the user. */
  lost(why: string): void;
  /** A line for the user. */
  say(line: string): void;
}

export class WorldBridge {
  readonly #env: WorldBridgeEnv;
  readonly #wire: Wire;
  #spec: WorldSpec | undefined;
  #lines: RemoteLines | undefined;
  #closed = false;
  #mute = false;

  constructor(url: string, env: WorldBridgeEnv) {
    this.#env = env;
    this.#wire = env.connect(url, {
      message: (bytes) => {
        if (!this.#closed) this.#take(bytes);
      },
      closed: (code) => {
        if (!this.#closed) this.#lose(code);
      },
    });
  }

  /** Ties a world that has not begun; nothing may happen in it before its startup has settled. */
  attach(world: World, device: Device): Bridge {
    if (this.#spec === undefined) throw new Error('the bridge has not said hello');
    const lines = new RemoteLines({
      entrance: {
        arrive: (line, arrival) => this.#env.enter(() => door.arrive(line, arrival)),
        accept: (line, from, take) => this.#env.enter(() => door.accept(line, from, take)),
      },
      send: (message) => this.#wire.send(message),
      later: (action) => this.#env.soon(action),
    });
    this.#lines = lines;
    const door = new Door(world, lines);
    return new Bridge(world, device, door, this.#spec, (line) => {
      if (!this.#mute) this.#env.say(line);
    });
  }

  /** What the page shows. */
  get facts(): Pick<BridgeFacts, 'gateway' | 'forwards' | 'ports'> {
    const { gateway, forwards = [], ports = [] } = this.#spec ?? {};
    return {
      gateway: gateway === undefined ? 'none' : gateway.restrict ? 'restricted' : 'open',
      forwards: forwards.map(({ protocol, at, guest, guestName, guestPort }) => ({
        protocol,
        ...at,
        guest: guestName ?? (guest === undefined ? 'the device' : formatIpv4(guest)),
        guestPort,
      })),
      ports: ports.length,
    };
  }

  /** Another world takes the place of this one. */
  close(): void {
    this.#closed = true;
    this.#wire.close();
  }

  #take(bytes: Uint8Array): void {
    const message = parseToDoor(bytes);
    if ('hello' in message) {
      this.#spec = message.hello;
      this.#env.ready();
    } else if ('say' in message) this.#env.say(message.say);
    else this.#lines?.take(message);
  }

  #lose(code: number): void {
    this.#closed = true;
    // One message for all that ends now.
    this.#mute = true;
    this.#env.lost(
      code === REPLACED
        ? 'The bridge went to a world that was started in another tab. Connections to the outside were broken off; run the script again to get it back.'
        : this.#spec === undefined
          ? 'There is no bridge to this computer: mcubox play has ended, or was started anew. Open the address that it prints.'
          : 'The bridge to this computer is lost: mcubox play has ended, or cannot be reached. Connections to the outside were broken off.',
    );
    this.#lines?.lose();
    this.#mute = false;
  }
}
