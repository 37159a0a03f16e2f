/**
 * Between a world and the computer it runs on: nothing goes out that the user has not asked for, whoever orders it.
 * What the bridge binds and joins by itself is a list; what a script wants is a matter of policy. The guard trusts no
 * order, so it may stand in another process than the world does.
 */
import { formatIpv4, type Ipv4Address, parseIpv4 } from '../runtime/index.ts';
import { type Address, type Arrival, type Entrance, formatAddress, isLast, type Order, type Outside } from './door.ts';
import type { ForwardSpec } from './forward.ts';
import type { FramePortSpec } from './frame-port.ts';
import type { GatewayOptions } from './gateway.ts';
import { addressesOf, Policy } from './policy.ts';
import type { SerialSpec } from './serial.ts';

/** All that may be reached, from here and from outside. */
export interface GuardSpec {
  readonly gateway?: GatewayOptions;
  readonly forwards: readonly ForwardSpec[];
  readonly ports: readonly FramePortSpec[];
  readonly serial?: SerialSpec;
}

export interface GuardEnv {
  /** Where arrivals go. */
  readonly entrance: Entrance;
  /** The address of the virtual network that stands for this computer's loopback. */
  readonly gateway: Ipv4Address;
  /** Calls back when the order is over that is being given. */
  later(action: () => void): void;
  /** Lines for the user. */
  say(line: string): void;
}

/** Far more than a world of devices ever has. */
const MAX_LINES = 4096;
/** Clients of a UDP port that are remembered. */
const MAX_PEERS = 1024;

type Denied = Arrival & { readonly is: 'denied' };

const denied = (reason: string, remedy?: string): Denied => ({
  is: 'denied',
  reason,
  ...(remedy === undefined ? {} : { remedy }),
});

/** A line that is open: who has sent datagrams to it, and may get some. */
interface Open {
  readonly peers: Set<string>;
}

export class Guard implements Outside, Entrance {
  readonly #env: GuardEnv;
  readonly #options: GuardSpec['gateway'];
  readonly #policy: Policy | undefined;
  /** Orders that the user's own words stand for. */
  readonly #own: ReadonlySet<string>;
  readonly #lines = new Map<number, Open>();
  /** Questions of the guard itself, on lines below zero. */
  readonly #questions = new Map<number, (arrival: Arrival) => void>();
  #outside: Outside = { order: () => {} };
  /** Orders from before policy knew what its names mean. */
  #waiting: (() => void)[] | undefined = [];

  constructor(spec: GuardSpec, env: GuardEnv) {
    this.#env = env;
    this.#options = spec.gateway;
    this.#policy = spec.gateway === undefined ? undefined : new Policy(spec.gateway, env.gateway);
    this.#own = new Set(ownOrders(spec).map(nameOf));
  }

  /** Carries orders out there from now on; first of all those that settle what policy means. */
  begin(outside: Outside): void {
    this.#outside = outside;
    const policy = this.#policy;
    if (policy !== undefined) {
      this.#question({ do: 'interfaces' }, (arrival) => policy.setOwn(addressesIn(arrival)));
      // An allowed name is looked up once; what it means then it means to the end.
      for (const name of policy.names)
        this.#question({ do: 'lookup', name }, (arrival) => {
          policy.pin(name, addressesIn(arrival));
          if (addressesIn(arrival).length === 0) this.#env.say(`allow=${name}: this computer knows no address for it`);
        });
    }
    this.#goOn();
  }

  order(line: number, order: Order): void {
    if (this.#waiting !== undefined) this.#waiting.push(() => this.#order(line, order));
    else this.#order(line, order);
  }

  arrive(line: number, arrival: Arrival): void {
    const question = this.#questions.get(line);
    if (question !== undefined) {
      this.#questions.delete(line);
      question(arrival);
      this.#goOn();
      return;
    }
    if (arrival.is === 'data' && arrival.from !== undefined) this.#met(line, arrival.from);
    if (isLast(arrival)) this.#lines.delete(line);
    this.#env.entrance.arrive(line, arrival);
  }

  accept(line: number, from: Address, take: (line: number) => void): void {
    this.#env.entrance.accept(line, from, (accepted) => {
      this.#lines.set(accepted, { peers: new Set() });
      take(accepted);
    });
  }

  #question(order: Order, answered: (arrival: Arrival) => void): void {
    const line = -1 - this.#questions.size;
    this.#questions.set(line, answered);
    this.#outside.order(line, order);
  }

  #goOn(): void {
    if (this.#questions.size > 0) return;
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const order of waiting) order();
  }

  #order(line: number, order: Order): void {
    const open = this.#lines.get(line);
    if (open !== undefined) {
      this.#about(line, open, order);
      return;
    }
    const verdict = this.#judge(order);
    if (verdict === undefined) return;
    if ('is' in verdict) {
      this.#env.later(() => this.#env.entrance.arrive(line, verdict));
      return;
    }
    this.#lines.set(line, { peers: new Set() });
    this.#outside.order(line, verdict);
  }

  /** Nothing more is opened on a line, and datagrams go to those only who have sent some. */
  #about(line: number, { peers }: Open, order: Order): void {
    switch (order.do) {
      case 'send':
        if (order.to === undefined || peers.has(formatAddress(order.to))) this.#outside.order(line, order);
        return;
      case 'reset':
        this.#lines.delete(line);
        this.#outside.order(line, order);
        return;
      case 'end':
      case 'pause':
      case 'resume':
        this.#outside.order(line, order);
        return;
      default:
        return;
    }
  }

  #met(line: number, from: Address): void {
    const peers = this.#lines.get(line)?.peers;
    if (peers === undefined) return;
    const [first] = peers;
    if (peers.size >= MAX_PEERS && first !== undefined) peers.delete(first);
    peers.add(formatAddress(from));
  }

  /** The order to carry out, or what to answer instead; undefined for an order about a line that is not there. */
  #judge(order: Order): Order | Arrival | undefined {
    if (this.#lines.size >= MAX_LINES) return denied(`${MAX_LINES} lines are open`);
    if (this.#own.has(nameOf(order))) return order;
    switch (order.do) {
      case 'connect':
      case 'udp': {
        if (order.to === undefined || (order.do === 'udp' && order.at !== undefined)) return NOT_ASKED;
        const to = this.#place(order.to);
        return 'is' in to ? to : { do: order.do, to };
      }
      case 'ping': {
        const to = this.#place({ host: order.host });
        return 'is' in to ? to : { do: 'ping', host: to.host };
      }
      case 'lookup':
        return this.#name(order.name) ?? order;
      case 'ask':
        return same(order.server, this.#options?.dns) ? (this.#name(order.name) ?? order) : NOT_ASKED;
      case 'type':
        return order;
      case 'listen':
      case 'interfaces':
        return NOT_ASKED;
      default:
        return undefined;
    }
  }

  /** Where on this computer's side a place of the virtual world is; without a port it is pinged. */
  #place(to: Address | { readonly host: string; readonly port?: undefined }): { host: string; port: number } | Denied {
    const address = 'host' in to ? parseIpv4(to.host) : undefined;
    if (this.#policy === undefined || address === undefined || !('host' in to)) return NOT_ASKED;
    const verdict = this.#policy.judge(address, to.port);
    return verdict.ok ? { host: verdict.host, port: to.port ?? 0 } : denied(verdict.reason, verdict.remedy);
  }

  /** Undefined: may be asked for. */
  #name(name: string): Arrival | undefined {
    if (this.#policy === undefined) return NOT_ASKED;
    const pinned = this.#policy.pinned(name.toLowerCase());
    if (pinned !== undefined) return { is: 'found', addresses: pinned.map(formatIpv4) };
    return this.#policy.restrict ? denied('restrict=yes', `${name}:PORT`) : undefined;
  }
}

const NOT_ASKED = denied('the user has not asked for it');

const addressesIn = (arrival: Arrival): Ipv4Address[] => (arrival.is === 'found' ? addressesOf(arrival.addresses) : []);

const same = (a: Address | undefined, b: Address | undefined): boolean => place(a) === place(b);

const place = (address: Address | undefined): string => (address === undefined ? '' : formatAddress(address));

/** Two orders with the same name do the same; every other order than these has a name that no specification has. */
function nameOf(order: Order): string {
  switch (order.do) {
    case 'listen':
      return `listen ${place(order.at)}`;
    case 'connect':
      return `connect ${place(order.to)}`;
    case 'udp':
      return `udp ${place(order.at)} ${place(order.to)}`;
    default:
      return order.do;
  }
}

function ownOrders({ forwards, ports, serial }: GuardSpec): Order[] {
  const orders = forwards.map(({ protocol, at }): Order => ({ do: protocol === 'tcp' ? 'listen' : 'udp', at }));
  for (const port of ports) {
    if (port.kind === 'listen') orders.push({ do: 'listen', at: port.at });
    else if (port.kind === 'connect') orders.push({ do: 'connect', to: port.to });
    else orders.push({ do: 'udp', to: port.to, ...(port.at === undefined ? {} : { at: port.at }) });
  }
  if (serial !== undefined) orders.push({ do: 'listen', at: serial.at });
  return orders;
}
