/** The services a host of the world can run, by the names that the services of .test have: `mqtt`, `http`, `echo` … */
import type { Clock } from '../core/index.ts';
import { COAP_PORT, HTTPS_PORT, MQTT_PORT, MQTTS_PORT, NTP_PORT } from '../wire/index.ts';
import { CoapStore } from './coap-store.ts';
import { DISCARD_PORT, DiscardServer, ECHO_PORT, EchoServer } from './echo-test.ts';
import type { Host } from './host.ts';
import { HttpServer } from './http-server.ts';
import { httpTest } from './http-test.ts';
import { MqttBroker } from './mqtt-broker.ts';
import { NtpServer } from './ntp-server.ts';
import { serveSecure } from './secure-services.ts';
import { type Service, serveTcp } from './service.ts';
import { SMTP_PORT, SmtpSink } from './smtp-sink.ts';
import { SYSLOG_PORT, SyslogSink } from './syslog-sink.ts';
import { TFTP_PORT, TftpServer } from './tftp-server.ts';
import { WebsocketEcho } from './websocket-echo.ts';
import type { World } from './world.ts';

const HTTP_PORT = 80;

export interface ServiceKind {
  /** Where it is looked for. */
  readonly port: number;
  /** It answers at that port only. */
  readonly fixed?: true;
  readonly serve: (world: World, host: Host, port: number) => Service;
}

type Acceptor = Parameters<typeof serveTcp>[2];

/** Over TCP, at any port. */
const tcp = (port: number, make: (clock: Clock) => Acceptor): ServiceKind => ({
  port,
  serve: (world, host, at) => {
    const service = make(world.clock);
    serveTcp(host, at, service);
    return service;
  },
});

const secure = (port: number, make: (clock: Clock) => Acceptor): ServiceKind => ({
  port,
  serve: (world, host, at) => serveSecure(world, host, at, make(world.clock)),
});

const fixed = (port: number, make: (clock: Clock, host: Host) => Service): ServiceKind => ({
  port,
  fixed: true,
  serve: (world, host) => make(world.clock, host),
});

const http = (clock: Clock): HttpServer => new HttpServer(clock, httpTest);

export const SERVICE_KINDS: Readonly<Record<string, ServiceKind>> = {
  http: tcp(HTTP_PORT, http),
  https: secure(HTTPS_PORT, http),
  mqtt: tcp(MQTT_PORT, (clock) => new MqttBroker(clock)),
  mqtts: secure(MQTTS_PORT, (clock) => new MqttBroker(clock)),
  ws: tcp(HTTP_PORT, (clock) => new WebsocketEcho(clock)),
  wss: secure(HTTPS_PORT, (clock) => new WebsocketEcho(clock)),
  smtp: tcp(SMTP_PORT, (clock) => new SmtpSink(clock)),
  echo: fixed(ECHO_PORT, (clock, host) => new EchoServer(clock, host)),
  discard: fixed(DISCARD_PORT, (_, host) => new DiscardServer(host)),
  ntp: fixed(NTP_PORT, (clock, host) => new NtpServer(clock, host)),
  coap: fixed(COAP_PORT, (clock, host) => new CoapStore(clock, host)),
  syslog: fixed(SYSLOG_PORT, (clock, host) => new SyslogSink(clock, host)),
  tftp: fixed(TFTP_PORT, (clock, host) => new TftpServer(clock, host)),
};

/** A host begins to serve; the world knows the service as `NAME:PORT` from now on. */
export function serve(world: World, host: Host, { serve: begin }: ServiceKind, port: number): Service {
  const service = begin(world, host, port);
  world.services.set(`${host.name}:${port}`, service);
  return service;
}
