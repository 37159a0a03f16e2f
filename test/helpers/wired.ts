/** A switch with computers and a router on it, for tests that need no air and no device. */
import { type Micros, Rng, SILENT, toLatin1, us, VirtualClock } from '../../runtime/core/index.ts';
import { ESP8266_OPTS, Stack } from '../../runtime/stack/index.ts';
import { type Ipv4Address, ipv4, type MacAddress } from '../../runtime/wire/index.ts';
import { Host } from '../../runtime/world/host.ts';
import { Lan } from '../../runtime/world/lan.ts';
import { Router } from '../../runtime/world/router.ts';
import type { StreamHandler } from '../../runtime/world/stream.ts';

/** 192.168.1.n */
export const at = (n: number): Ipv4Address => ipv4(192, 168, 1, n);
const NETMASK = ipv4(255, 255, 255, 0);

export class Wired {
  readonly clock = new VirtualClock();
  readonly lan = new Lan(this.clock);
  readonly names = new Map<string, Ipv4Address>();

  host(name: string, addr: Ipv4Address): Host {
    this.names.set(name, addr);
    const env = {
      clock: this.clock,
      rng: new Rng(1, name),
      trace: SILENT,
      link: this.lan.port((0x020000000000 + addr) as MacAddress, name),
      resolve: (wanted: string) => this.names.get(wanted.toLowerCase()),
    };
    return new Host(name, env, { addr, netmask: NETMASK, gateway: at(1) });
  }

  router(): Router {
    const config = { address: at(1), netmask: NETMASK, firstLease: at(50), lastLease: at(254) };
    return new Router(this.clock, this.host('router', at(1)), config, this.names);
  }

  /** The stack of a device with nothing but a wire; it has no address yet. */
  client(mac: MacAddress): Stack {
    const stack = new Stack({ clock: this.clock, rng: new Rng(1, String(mac)), trace: SILENT }, ESP8266_OPTS);
    stack.addNetif('st', this.lan.port(mac, 'client'));
    return stack;
  }

  runFor(duration: Micros): void {
    this.clock.runUntil(us(this.clock.now() + duration));
  }
}

export function twoHosts() {
  const world = new Wired();
  return { world, a: world.host('a.test', at(20)), b: world.host('b.test', at(21)) };
}

/** Notes every event of a stream. */
export function notes(log: string[], name: string): StreamHandler {
  return {
    onOpen: () => log.push(`${name} open`),
    onData: (bytes) => log.push(`${name} data ${toLatin1(bytes)}`),
    onEnd: () => log.push(`${name} end`),
    onDrain: () => log.push(`${name} drain`),
    onClose: (error) => log.push(`${name} close ${error}`),
  };
}
