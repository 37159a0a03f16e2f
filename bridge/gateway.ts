/**
 * User-mode NAT: stands for the rest of the world behind the virtual router and asks for a socket of this computer for
 * each conversation; what policy lets through is decided outside. No privileges are needed and nothing is routed; the
 * far end sees this computer.
 */
import type { ConnectionOffer, Endpoint, NameQuery, Outer, Ping, Wan, World } from '../runtime/index.ts';
import { Complaints } from './complaints.ts';
import type { Address, Door } from './door.ts';
import { GatewayDns } from './gateway-dns.ts';
import type { GatewayEnv } from './gateway-env.ts';
import { GatewayPing } from './gateway-ping.ts';
import { GatewayTcp } from './gateway-tcp.ts';
import { GatewayUdp } from './gateway-udp.ts';
import { HOST_NAME, type PolicyOptions } from './policy.ts';

export interface GatewayOptions extends PolicyOptions {
  /** The name server that is asked; by default this computer's resolver. */
  readonly dns?: Address;
}

export class Gateway implements Outer {
  readonly #tcp: GatewayTcp;
  readonly #udp: GatewayUdp;
  readonly #ping: GatewayPing;
  readonly #dns: GatewayDns;

  /** `say` gets lines for the user. The world needs a router. */
  constructor(world: World, door: Door, { dns }: Pick<GatewayOptions, 'dns'>, say: (line: string) => void) {
    const { router } = world;
    if (router === undefined) throw new Error('a gateway needs a router');
    world.names.set(HOST_NAME, router.host.addr);
    const wan: Wan = router.connectWan(this);
    const env: GatewayEnv = { world, door, complaints: new Complaints(world, say) };
    this.#tcp = new GatewayTcp(env);
    this.#udp = new GatewayUdp(env, wan);
    this.#ping = new GatewayPing(env, wan, say);
    this.#dns = new GatewayDns(env, dns);
  }

  connection(offer: ConnectionOffer): boolean {
    this.#tcp.connection(offer);
    return true;
  }

  datagram(from: Endpoint, to: Endpoint, data: Uint8Array): boolean {
    this.#udp.datagram(from, to, data);
    return true;
  }

  ping(ping: Ping): void {
    this.#ping.ping(ping);
  }

  query(query: NameQuery): void {
    this.#dns.query(query);
  }
}
