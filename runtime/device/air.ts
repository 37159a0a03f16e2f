/** Puts a boot on the air, or on the wire that a test gives: station, access point and the interfaces behind the CPU. */
import type { Clock, Link, Tracer } from '../core/index.ts';
import { type Medium, type Position, Station } from '../radio/index.ts';
import type { Stack } from '../stack/index.ts';
import type { Cpu } from './cpu.ts';
import { CpuLink } from './cpu-link.ts';
import type { Wifi } from './wifi.ts';

export interface Surroundings {
  /** The world's. */
  readonly clock: Clock;
  readonly trace: Tracer;
  readonly medium?: Medium;
  readonly link?: Link;
  readonly position?: Position;
}

/** A new boot is a new station on the air: the old one vanished without a word. Returns what the reset has to detach. */
export function connectAir(surroundings: Surroundings, cpu: Cpu, stack: Stack, wifi: Wifi): CpuLink | undefined {
  const { clock: worldClock, link, medium, position } = surroundings;
  const { clock } = cpu;
  const place = position === undefined ? {} : { position };
  const station =
    link === undefined && medium !== undefined ? new Station(medium, { mac: wifi.mac, clock, ...place }) : undefined;
  const behindCpu = (air: Link): CpuLink => new CpuLink(cpu, worldClock, air, surroundings.trace);
  const air = link ?? station;
  const cpuLink = air === undefined ? undefined : behindCpu(air);
  const netif = cpuLink === undefined ? undefined : stack.addNetif('st', cpuLink);
  wifi.boot(clock, station, netif, medium === undefined ? undefined : { clock, medium, stack, position, behindCpu });
  return cpuLink;
}
