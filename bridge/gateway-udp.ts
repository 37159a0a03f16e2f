/**
 * The gateway's UDP: a flow is a pair of ends and has a socket of its own here, connected to the far end, so that
 * nobody else can answer in its name. A flow ends when nothing has moved on it for a while.
 */
import { type Endpoint, formatIpv4, type Micros, seconds, type Timer, type Wan } from '../runtime/index.ts';
import type { Line } from './door.ts';
import { flowName } from './flow-name.ts';
import { type GatewayEnv, refusal } from './gateway-env.ts';

/** RFC 4787 section 4.3: not less than two minutes. */
const IDLE = seconds(120);
/** How often idle flows are looked for. */
const SWEEP = seconds(30);
/** Flows at a time; a new one takes the place of the one that has been idle longest. */
const MAX_FLOWS = 256;

interface Flow {
  readonly line: Line;
  usedAt: Micros;
  /** For the ICMP error that quotes it. */
  last: Uint8Array;
}

export class GatewayUdp {
  readonly #env: GatewayEnv;
  readonly #wan: Wan;
  /** Oldest use first: a used flow moves to the end. */
  readonly #flows = new Map<string, Flow>();
  readonly #sweep: Timer;

  constructor(env: GatewayEnv, wan: Wan) {
    this.#env = env;
    this.#wan = wan;
    this.#sweep = env.world.clock.timer('gateway.udp', () => this.#dropIdle());
  }

  get size(): number {
    return this.#flows.size;
  }

  datagram(from: Endpoint, to: Endpoint, data: Uint8Array): void {
    const key = `${from.addr}:${from.port} ${to.addr}:${to.port}`;
    const flow = this.#flows.get(key) ?? this.#open(from, to);
    flow.last = data;
    this.#used(key, flow);
    flow.line.order({ do: 'send', data });
    if (!this.#sweep.armed) this.#sweep.arm(SWEEP);
  }

  #open(from: Endpoint, to: Endpoint): Flow {
    const { door, complaints } = this.#env;
    const whom = flowName('udp', from, to);
    const key = `${from.addr}:${from.port} ${to.addr}:${to.port}`;
    const line = door.open({ do: 'udp', to: { host: formatIpv4(to.addr), port: to.port } }, (arrival) => {
      if (arrival.is === 'data') {
        this.#used(key, flow);
        this.#wan.send(to, from, arrival.data);
      } else if (arrival.is === 'refused') {
        this.#wan.unreachable(from, to, flow.last);
      } else if (arrival.is === 'closed') {
        this.#flows.delete(key);
        complaints.tell(whom, `not reached, ${arrival.error}`);
      } else if (arrival.is === 'denied') {
        this.#flows.delete(key);
        complaints.tell(whom, refusal(arrival));
      }
    });
    const flow: Flow = { line, usedAt: this.#env.world.now, last: new Uint8Array(0) };
    const [oldest] = this.#flows.keys();
    if (this.#flows.size >= MAX_FLOWS && oldest !== undefined) this.#drop(oldest);
    return flow;
  }

  #used(key: string, flow: Flow): void {
    flow.usedAt = this.#env.world.now;
    this.#flows.delete(key);
    this.#flows.set(key, flow);
  }

  #dropIdle(): void {
    for (const [key, { usedAt }] of this.#flows) if (this.#env.world.now >= usedAt + IDLE) this.#drop(key);
    if (this.#flows.size > 0) this.#sweep.arm(SWEEP);
  }

  #drop(key: string): void {
    this.#flows.get(key)?.line.order({ do: 'reset' });
    this.#flows.delete(key);
  }
}
