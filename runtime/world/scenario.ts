/**
 * The world that `mcubox run` starts in: a router, an access point that takes everybody, and the services of the
 * reserved domain .test. Built by code today; a description in a file can call the same functions.
 */
import { ANY_SSID } from '../radio/index.ts';
import { type Ipv4Address, MQTT_PORT } from '../wire/index.ts';
import { CoapStore } from './coap-store.ts';
import { serveDiscard, serveEcho } from './echo-test.ts';
import type { Host } from './host.ts';
import { HttpServer } from './http-server.ts';
import { httpTest } from './http-test.ts';
import { MqttBroker } from './mqtt-broker.ts';
import { NtpServer } from './ntp-server.ts';
import { WebsocketEcho } from './websocket-echo.ts';
import { World, type WorldOptions } from './world.ts';

const HTTP_PORT = 80;
const DEFAULT_CHANNEL = 6;

/** A service of .test: its name, its place in the network (added to the router's address less one), and what it runs. */
interface Service {
  readonly name: string;
  readonly place: number;
  readonly serve: (host: Host, world: World) => void;
}

const SERVICES: readonly Service[] = [
  { name: 'http.test', place: 10, serve: serveHttp },
  { name: 'echo.test', place: 11, serve: serveEcho },
  { name: 'discard.test', place: 12, serve: serveDiscard },
  { name: 'mqtt.test', place: 13, serve: serveMqtt },
  { name: 'ntp.test', place: 14, serve: serveNtp },
  { name: 'ws.test', place: 15, serve: serveWebsocket },
  { name: 'coap.test', place: 16, serve: serveCoap },
];

/** Router and services, without an access point. */
export function wiredWorld(options: WorldOptions = {}): World {
  const world = new World(options);
  world.addRouter();
  for (const { name, place, serve } of SERVICES) {
    serve(world.addHost(name, (world.network.router - 1 + place) as Ipv4Address), world);
  }
  return world;
}

/** Router, services, and one access point that answers to any SSID and password. */
export function defaultWorld(options: WorldOptions = {}): World {
  const world = wiredWorld(options);
  world.addAccessPoint({ ssid: ANY_SSID, channel: DEFAULT_CHANNEL });
  return world;
}

function serveHttp(host: Host, world: World): void {
  const server = new HttpServer(world.clock, httpTest);
  host.listen(HTTP_PORT, (stream) => server.accept(stream));
}

function serveMqtt(host: Host, world: World): void {
  const broker = new MqttBroker(world.clock);
  host.listen(MQTT_PORT, (stream) => broker.accept(stream));
  world.services.set(host.name, broker);
}

function serveNtp(host: Host, world: World): void {
  world.services.set(host.name, new NtpServer(world.clock, host));
}

function serveWebsocket(host: Host, world: World): void {
  const server = new WebsocketEcho(world.clock);
  host.listen(HTTP_PORT, (stream) => server.accept(stream));
  world.services.set(host.name, server);
}

function serveCoap(host: Host, world: World): void {
  world.services.set(host.name, new CoapStore(world.clock, host));
}
