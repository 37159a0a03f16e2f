/**
 * User-mode NAT: stands for the rest of the world behind the virtual router and carries what policy lets through to
 * sockets of this computer. No privileges are needed and nothing is routed; the far end sees this computer.
 */
import {
  type ConnectionOffer,
  type Endpoint,
  formatIpv4,
  type NameQuery,
  type Outer,
  type Ping,
  type Wan,
  type World,
} from '../runtime/index.ts';
import { Complaints } from './complaints.ts';
import type { Address, Door } from './door.ts';
import { flowName } from './flow-name.ts';
import { GatewayDns } from './gateway-dns.ts';
import type { GatewayEnv } from './gateway-env.ts';
import { GatewayPing } from './gateway-ping.ts';
import { GatewayTcp } from './gateway-tcp.ts';
import { GatewayUdp } from './gateway-udp.ts';
import { HOST_NAME, Policy, type PolicyOptions, type Verdict } from './policy.ts';
import type { Startup } from './startup.ts';

export interface GatewayOptions extends PolicyOptions {
  /** The name server that is asked; by default this computer's resolver. */
  readonly dns?: Address;
}

export class Gateway implements Outer {
  readonly #policy: Policy;
  readonly #complaints: Complaints;
  readonly #tcp: GatewayTcp;
  readonly #udp: GatewayUdp;
  readonly #ping: GatewayPing;
  readonly #dns: GatewayDns;

  /** `say` gets lines for the user. The world needs a router. */
  constructor(world: World, door: Door, startup: Startup, options: GatewayOptions, say: (line: string) => void) {
    const { router } = world;
    if (router === undefined) throw new Error('a gateway needs a router');
    world.names.set(HOST_NAME, router.host.addr);
    this.#policy = new Policy(options, router.host.addr);
    this.#complaints = new Complaints(world, say);
    const wan: Wan = router.connectWan(this);
    const env: GatewayEnv = {
      world,
      door,
      complaints: this.#complaints,
      permit: (protocol, from, to) =>
        this.#permitted(flowName(protocol, from, to), this.#policy.judge(to.addr, to.port)),
    };
    this.#tcp = new GatewayTcp(env);
    this.#udp = new GatewayUdp(env, wan);
    this.#ping = new GatewayPing(env, wan, say);
    this.#dns = new GatewayDns(env, this.#policy, startup, options.dns);
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
    const whom = `ping ${formatIpv4(ping.from)} -> ${formatIpv4(ping.to)}`;
    const host = this.#permitted(whom, this.#policy.judge(ping.to, undefined));
    if (host !== undefined) this.#ping.ping(ping, host);
  }

  query(query: NameQuery): void {
    this.#dns.query(query);
  }

  #permitted(whom: string, verdict: Verdict): string | undefined {
    if (verdict.ok) return verdict.host;
    const { reason, remedy } = verdict;
    this.#complaints.tell(
      whom,
      `refused, ${reason}${remedy === undefined ? '' : ` (allow=${remedy} lets it through)`}`,
    );
    return undefined;
  }
}
