/** An outside that does nothing by itself: keeps what it is ordered, and the test says what comes back. */
import {
  type Address,
  type Arrival,
  Door,
  Guard,
  type GuardSpec,
  type Order,
  type Outside,
} from '../../bridge/index.ts';
import { us, type World } from '../../runtime/index.ts';

export class FakeOutside implements Outside {
  readonly orders: { readonly line: number; readonly order: Order }[] = [];
  readonly door: Door;
  readonly #guard: Guard | undefined;

  /** With a specification its guard stands in between. `say` gets lines for the user. */
  constructor(world: World, spec?: GuardSpec, say: (line: string) => void = () => {}) {
    const entrance = {
      arrive: (line: number, arrival: Arrival) => this.door.arrive(line, arrival),
      accept: (line: number, from: Address, take: (line: number) => void) => this.door.accept(line, from, take),
    };
    const later = (action: () => void): void => world.clock.timer('later', action).arm(us(0));
    this.#guard =
      spec === undefined ? undefined : new Guard(spec, { entrance, gateway: world.network.router, later, say });
    this.door = new Door(world, this.#guard ?? this);
    this.#guard?.begin(this);
  }

  order(line: number, order: Order): void {
    this.orders.push({ line, order });
  }

  /** The orders since the last call. */
  taken(): { readonly line: number; readonly order: Order }[] {
    return this.orders.splice(0);
  }

  /** The same as text: `1 send abc`. */
  said(): string[] {
    return this.taken().map(({ line, order }) => `${line} ${describe(order)}`);
  }

  arrive(line: number, ...arrivals: readonly Arrival[]): void {
    for (const arrival of arrivals) (this.#guard ?? this.door).arrive(line, arrival);
  }
}

function describe(order: Order): string {
  switch (order.do) {
    case 'send':
      return `send ${Buffer.from(order.data).toString('latin1')}${order.to === undefined ? '' : ` to ${JSON.stringify(order.to)}`}`;
    case 'connect':
      return `connect ${'path' in order.to ? order.to.path : `${order.to.host}:${order.to.port}`}`;
    case 'udp':
      return `udp ${JSON.stringify(order.to ?? order.at)}`;
    case 'listen':
      return `listen ${JSON.stringify(order.at)}`;
    case 'lookup':
      return `lookup ${order.name}`;
    case 'ask':
      return `ask ${JSON.stringify(order.server ?? 'default')}`;
    case 'ping':
      return `ping ${order.host}`;
    default:
      return order.do;
  }
}

export const data = (text: string): Arrival => ({ is: 'data', data: new Uint8Array(Buffer.from(text, 'latin1')) });
