/**
 * The world that `mcubox run` starts in: a router, an access point that takes everybody, and the services of the
 * reserved domain .test. Built by code today; a description in a file can call the same functions.
 */
import type { Clock } from '../core/index.ts';
import { ANY_SSID } from '../radio/index.ts';
import { type Ipv4Address, MQTT_PORT } from '../wire/index.ts';
import { CoapStore } from './coap-store.ts';
import { DiscardServer, EchoServer } from './echo-test.ts';
import type { Host } from './host.ts';
import { HttpServer } from './http-server.ts';
import { httpTest } from './http-test.ts';
import { MqttBroker } from './mqtt-broker.ts';
import { NtpServer } from './ntp-server.ts';
import { addSecureServices } from './secure-services.ts';
import { type Service, serveTcp } from './service.ts';
import { SMTP_PORT, SmtpSink } from './smtp-sink.ts';
import { SyslogSink } from './syslog-sink.ts';
import { TftpServer } from './tftp-server.ts';
import { WebsocketEcho } from './websocket-echo.ts';
import { World, type WorldOptions } from './world.ts';

const HTTP_PORT = 80;
const DEFAULT_CHANNEL = 6;

/** A service of .test: its name, its place in the network (added to the router's address less one), and what it runs. */
interface Place {
  readonly name: string;
  readonly place: number;
  readonly serve: (clock: Clock, host: Host) => Service;
}

const SERVICES: readonly Place[] = [
  { name: 'http.test', place: 10, serve: (clock, host) => tcp(host, HTTP_PORT, new HttpServer(clock, httpTest)) },
  { name: 'echo.test', place: 11, serve: (clock, host) => new EchoServer(clock, host) },
  { name: 'discard.test', place: 12, serve: (_, host) => new DiscardServer(host) },
  { name: 'mqtt.test', place: 13, serve: (clock, host) => tcp(host, MQTT_PORT, new MqttBroker(clock)) },
  { name: 'ntp.test', place: 14, serve: (clock, host) => new NtpServer(clock, host) },
  { name: 'ws.test', place: 15, serve: (clock, host) => tcp(host, HTTP_PORT, new WebsocketEcho(clock)) },
  { name: 'coap.test', place: 16, serve: (clock, host) => new CoapStore(clock, host) },
  { name: 'smtp.test', place: 21, serve: (clock, host) => tcp(host, SMTP_PORT, new SmtpSink(clock)) },
  { name: 'syslog.test', place: 22, serve: (clock, host) => new SyslogSink(clock, host) },
  { name: 'tftp.test', place: 23, serve: (clock, host) => new TftpServer(clock, host) },
];

/** Router and services, without an access point. */
export function wiredWorld(options: WorldOptions = {}): World {
  const world = new World(options);
  world.addRouter();
  for (const { name, place, serve } of SERVICES) {
    const host = world.addHost(name, (world.network.router - 1 + place) as Ipv4Address);
    world.services.set(name, serve(world.clock, host));
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

/** A service that takes connections, at its port. */
function tcp<S extends Parameters<typeof serveTcp>[2]>(host: Host, port: number, service: S): S {
  serveTcp(host, port, service);
  return service;
}
