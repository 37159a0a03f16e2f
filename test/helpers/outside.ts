/** An outside that does nothing by itself: keeps what it is ordered, and the test says what comes back. */
import { type Arrival, Door, type Order, type Outside } from '../../bridge/index.ts';
import type { World } from '../../runtime/index.ts';

export class FakeOutside implements Outside {
  readonly orders: { readonly line: number; readonly order: Order }[] = [];
  readonly door: Door;

  constructor(world: World) {
    this.door = new Door(world, this);
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
    for (const arrival of arrivals) this.door.arrive(line, arrival);
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
