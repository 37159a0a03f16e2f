/** Ports of this computer that lead into the virtual network (`hostfwd`). To the device the clients are the router. */
import {
  formatIpv4,
  type Host,
  type HostStream,
  type HostUdp,
  type Ipv4Address,
  type Micros,
  type StreamHandler,
  seconds,
  type Timer,
  type World,
} from '../runtime/index.ts';
import { type Address, type Door, formatAddress, type Line } from './door.ts';
import type { SoftApClient } from './soft-ap-client.ts';
import { Splice } from './splice.ts';
import { type Startup, whyNot } from './startup.ts';

export interface ForwardSpec {
  readonly protocol: 'tcp' | 'udp';
  /** On this computer; port 0 takes a free one. */
  readonly at: { readonly host: string; readonly port: number };
  /** In the virtual network; without an address the first device, wherever it is. */
  readonly guest?: Ipv4Address;
  /** Instead of an address: a device, or a name that the world knows. */
  readonly guestName?: string;
  readonly guestPort: number;
}

export interface ForwardEnv {
  readonly world: World;
  readonly door: Door;
  readonly startup: Startup;
  /** Lines for the user. */
  readonly say: (line: string) => void;
  /** The address where the forward names none: the device's that is meant. */
  readonly defaultGuest: () => Ipv4Address;
  readonly ports: LocalPorts;
  /** Goes where the LAN does not lead, where the forward names no address. */
  readonly softApClient?: SoftApClient;
}

/** IANA's dynamic range, RFC 6335 section 6. */
const FIRST_PORT = 49_152;
const LAST_PORT = 65_535;

/**
 * Ports of the router for connections into the LAN, one after the other: a device keeps a closed connection in mind
 * for ten seconds and answers nothing new from the same port meanwhile.
 */
export class LocalPorts {
  readonly #router: Host;
  #last = LAST_PORT;

  constructor(router: Host) {
    this.#router = router;
  }

  /** Undefined when all are taken. */
  next(): number | undefined {
    for (let tried = FIRST_PORT; tried <= LAST_PORT; tried++) {
      this.#last = this.#last === LAST_PORT ? FIRST_PORT : this.#last + 1;
      if (this.#router.isFree(this.#last)) return this.#last;
    }
    return undefined;
  }
}

/**
 * A device that has five connections leaves a SYN unanswered; the stack gives up after seven seconds of that, a PC
 * after two minutes. So often a connection is tried before the client is told.
 */
const ATTEMPTS = 10;
/** lwIP's ABRT: nobody answered. */
const UNANSWERED = -8;
/** RFC 4787 section 4.3, as for flows to the outside. */
const UDP_IDLE = seconds(120);
const UDP_SWEEP = seconds(30);
/** Clients of a UDP forward at a time. */
const MAX_CLIENTS = 256;

export class TcpForward {
  readonly #env: ForwardEnv;
  readonly #spec: ForwardSpec;
  readonly #router: Host;
  /** Connections under way. */
  open = 0;

  constructor(env: ForwardEnv, spec: ForwardSpec) {
    this.#env = env;
    this.#spec = spec;
    this.#router = routerOf(env.world);
    const line = listen(env, spec, { do: 'listen', at: spec.at });
    line.onAccepted = (client) => this.#onClient(client);
  }

  #onClient(line: Line): void {
    this.open++;
    new ForwardedClient(this.#env, this.#router, this.#spec, line, () => this.open--);
  }
}

/** One client, from its connection here to the end of the one in the virtual network. */
class ForwardedClient {
  readonly #env: ForwardEnv;
  readonly #router: Host;
  readonly #spec: ForwardSpec;
  readonly #line: Line;
  readonly #done: () => void;
  #attempts = 0;
  #stream: HostStream | undefined;

  constructor(env: ForwardEnv, router: Host, spec: ForwardSpec, line: Line, done: () => void) {
    this.#env = env;
    this.#router = router;
    this.#spec = spec;
    this.#line = line;
    this.#done = done;
    line.onArrival = (arrival) => {
      if (arrival.is === 'closed') this.#gone();
    };
    this.#connect();
  }

  #connect(): void {
    const { softApClient } = this.#env;
    if (this.#spec.guest === undefined && softApClient?.needed === true) this.#throughSoftAp(softApClient);
    else this.#connectInLan();
  }

  /** No second attempt: the laptop is there already. */
  #throughSoftAp(softApClient: SoftApClient): void {
    let begun: HostStream | undefined;
    const handler: StreamHandler = {
      onOpen: () => begun !== undefined && new Splice(begun, this.#line, this.#done),
      onClose: () => this.#refuse(),
    };
    softApClient.connect(this.#spec.guestPort, handler, (stream) => {
      begun = stream;
      this.#stream = stream;
      if (stream === undefined) this.#refuse();
    });
  }

  #connectInLan(): void {
    const { guest = this.#env.defaultGuest(), guestPort } = this.#spec;
    const localPort = this.#env.ports.next();
    if (localPort === undefined) {
      this.#refuse();
      return;
    }
    this.#attempts++;
    const stream: HostStream = this.#router.connect(
      guest,
      guestPort,
      {
        onOpen: () => new Splice(stream, this.#line, this.#done),
        onClose: (error) => {
          if (error === UNANSWERED && this.#attempts < ATTEMPTS && this.#stream !== undefined) this.#connect();
          else this.#refuse();
        },
      },
      localPort,
    );
    this.#stream = stream;
  }

  /** Not reached: the client is told by RST, as it would be without us in between. */
  #refuse(): void {
    this.#line.order({ do: 'reset' });
    this.#done();
  }

  /** The client did not want to wait. */
  #gone(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.destroy();
  }
}

interface Client {
  readonly address: Address;
  readonly socket: HostUdp;
  usedAt: Micros;
}

/** Each client is a port of the router, so that answers find back. */
export class UdpForward {
  readonly #env: ForwardEnv;
  readonly #spec: ForwardSpec;
  readonly #router: Host;
  readonly #line: Line;
  /** Oldest use first. */
  readonly #clients = new Map<string, Client>();
  readonly #sweep: Timer;

  constructor(env: ForwardEnv, spec: ForwardSpec) {
    this.#env = env;
    this.#spec = spec;
    this.#router = routerOf(env.world);
    this.#sweep = env.world.clock.timer('forward.udp', () => this.#dropIdle());
    this.#line = listen(env, spec, { do: 'udp', at: spec.at }, (data, from) => this.#onDatagram(data, from));
  }

  #onDatagram(data: Uint8Array, from: Address): void {
    const { guest = this.#env.defaultGuest(), guestPort } = this.#spec;
    const key = formatAddress(from);
    const client = this.#clients.get(key) ?? this.#newClient(key, from);
    this.#used(key, client);
    client.socket.send(data, guest, guestPort);
    if (!this.#sweep.armed) this.#sweep.arm(UDP_SWEEP);
  }

  #newClient(key: string, address: Address): Client {
    const [oldest] = this.#clients.keys();
    if (this.#clients.size >= MAX_CLIENTS && oldest !== undefined) this.#drop(oldest);
    const socket = this.#router.udp(0, (data, addr, port) => {
      const { guest = this.#env.defaultGuest(), guestPort } = this.#spec;
      if (addr !== guest || port !== guestPort) return;
      this.#used(key, client);
      this.#line.order({ do: 'send', data, to: address });
    });
    const client: Client = { address, socket, usedAt: this.#env.world.now };
    return client;
  }

  #used(key: string, client: Client): void {
    client.usedAt = this.#env.world.now;
    this.#clients.delete(key);
    this.#clients.set(key, client);
  }

  #dropIdle(): void {
    for (const [key, { usedAt }] of this.#clients) if (this.#env.world.now >= usedAt + UDP_IDLE) this.#drop(key);
    if (this.#clients.size > 0) this.#sweep.arm(UDP_SWEEP);
  }

  #drop(key: string): void {
    this.#clients.get(key)?.socket.close();
    this.#clients.delete(key);
  }
}

export function routerOf({ router }: World): Host {
  if (router === undefined) throw new Error('a forward needs a router');
  return router.host;
}

/** Binds the port on this computer and tells so, or why not. */
function listen(
  { door, startup, say }: ForwardEnv,
  { protocol, at, guest, guestPort }: ForwardSpec,
  order: { readonly do: 'listen' | 'udp'; readonly at: Address },
  onDatagram: (data: Uint8Array, from: Address) => void = () => {},
): Line {
  const done = startup.begin();
  return door.open(order, (arrival) => {
    if (arrival.is === 'open') {
      const where = guest === undefined ? 'the device' : formatIpv4(guest);
      say(`${protocol} ${formatAddress(arrival.at ?? at)} leads to port ${guestPort} of ${where}`);
      done();
    } else if (arrival.is === 'data' && arrival.from !== undefined) {
      onDatagram(arrival.data, arrival.from);
    } else if (arrival.is === 'closed') {
      done(`hostfwd: ${protocol} port ${whyNot(formatAddress(at), arrival.error)}`);
    }
  });
}
