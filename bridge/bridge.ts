/** All that connects one world with the computer it runs on, made from a description. */
import type { Device, Ipv4Address, World } from '../runtime/index.ts';
import type { Door } from './door.ts';
import { LocalPorts, routerOf, TcpForward, UdpForward } from './forward.ts';
import { FramePorts } from './frame-port.ts';
import { Gateway, type GatewayOptions } from './gateway.ts';
import type { GuardSpec } from './guard.ts';
import { SerialPort } from './serial.ts';
import { SoftApClient } from './soft-ap-client.ts';
import { Startup } from './startup.ts';

export interface BridgeSpec extends GuardSpec {
  /** False: the router gives no leases, somebody on a port does. */
  readonly dhcp: boolean;
}

/** What the world has to know of it: not the policy, which stays outside. `restrict` is for show. */
export type WorldSpec = Omit<BridgeSpec, 'gateway'> & { readonly gateway?: Pick<GatewayOptions, 'dns' | 'restrict'> };

/** Where a device is, or will be when it has joined: the router keeps the leases in their order. */
function guestOf(world: World, name: string): Ipv4Address {
  const device = world.devices.find((known) => known.name === name);
  const lease = device === undefined ? undefined : world.router?.dhcp.reserve(device.profile.mac);
  return device?.wifi.ip?.addr ?? world.names.get(name.toLowerCase()) ?? lease ?? world.network.firstLease;
}

export class Bridge {
  readonly startup = new Startup();
  /** Something real may wake a script that sleeps. */
  readonly wakes: boolean;

  /**
   * `say` gets lines for the user. Nothing may happen in the world before {@link startup} has settled.
   * `device` is the one whose console and ports are meant when nothing else is said.
   */
  constructor(world: World, device: Device, door: Door, spec: WorldSpec, say: (line: string) => void) {
    const { startup } = this;
    const { gateway, forwards, ports, serial, dhcp } = spec;
    this.wakes = forwards.length > 0 || ports.length > 0 || serial !== undefined;
    if (world.router !== undefined) world.router.dhcp.enabled = dhcp;
    if (gateway !== undefined) new Gateway(world, door, gateway, say);
    if (forwards.length > 0) {
      const ports = new LocalPorts(routerOf(world));
      for (const spec of forwards) {
        const defaultGuest = (): Ipv4Address => guestOf(world, spec.guestName ?? device.name);
        const meant = world.devices.find(({ name }) => name === spec.guestName) ?? device;
        const softApClient = new SoftApClient(world, meant, say);
        const env = { world, door, startup, say, defaultGuest, ports, softApClient };
        if (spec.protocol === 'tcp') new TcpForward(env, spec);
        else new UdpForward(env, spec);
      }
    }
    new FramePorts({ world, door, startup, say }, ports);
    if (serial !== undefined) new SerialPort({ world, device, door, startup, say }, serial);
  }
}
