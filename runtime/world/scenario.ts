/**
 * The world that `mcubox run` starts in: a router, an access point that takes everybody, and the services of the
 * reserved domain .test. Other worlds begin with the same functions.
 */
import { ANY_SSID } from '../radio/index.ts';
import { addSecureServices } from './secure-services.ts';
import { SERVICE_KINDS, type ServiceKind } from './serve.ts';
import { World, type WorldOptions } from './world.ts';

const DEFAULT_CHANNEL = 6;

/** The services of .test: `mqtt` is mqtt.test. The places are {@link World.place}'s numbers. */
const PLACES: Readonly<Record<string, number>> = {
  http: 10,
  echo: 11,
  discard: 12,
  mqtt: 13,
  ntp: 14,
  ws: 15,
  coap: 16,
  smtp: 21,
  syslog: 22,
  tftp: 23,
};

/** Router and services, without an access point. */
export function wiredWorld(options: WorldOptions = {}): World {
  const world = new World(options);
  world.addRouter();
  for (const [kind, place] of Object.entries(PLACES)) {
    const host = world.addHost(`${kind}.test`, world.place(place));
    const { port, serve } = SERVICE_KINDS[kind] as ServiceKind;
    world.services.set(host.name, serve(world, host, port));
  }
  addSecureServices(world);
  return world;
}

/** Router, services, and one access point that answers to any SSID and password. */
export function defaultWorld(options: WorldOptions = {}): World {
  const world = wiredWorld(options);
  // Whoever asks for the network of another device is to find that one.
  const leaves = (ssid: string): boolean =>
    world.devices.some(({ wifi: { softAp } }) => softAp.on && softAp.config.ssid === ssid);
  world.addAccessPoint({ ssid: ANY_SSID, channel: DEFAULT_CHANNEL, leaves });
  return world;
}
