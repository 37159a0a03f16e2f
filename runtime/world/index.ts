export { type CoapFaults, CoapStore } from './coap-store.ts';
export { conversations } from './conversation.ts';
export { type DhcpConfig, type DhcpReply, DhcpServer, LEASE_SECONDS, type Lease } from './dhcp-server.ts';
export { answerDns, type Names } from './dns-server.ts';
export { DiscardServer, EchoServer } from './echo-test.ts';
export { formatTime, formatTrace } from './fault-report.ts';
export { type FrameCause, FrameCauses } from './frame-causes.ts';
export { FrameLog, type LoggedFrame } from './frame-log.ts';
export { type DatagramHandler, Host, type HostListener, type HostOptions, HostUdp } from './host.ts';
export { HostStream } from './host-stream.ts';
export type { FetchError, FetchOptions } from './http-fetch.ts';
export { type HttpError, HttpParser, type HttpRequest } from './http-parser.ts';
export { type HttpReply, readHttpBody, readReply } from './http-reply.ts';
export { type HttpHandler, type HttpPeer, type HttpResponse, HttpServer } from './http-server.ts';
export { Lan, LanPort, type LanTap } from './lan.ts';
export { MqttBroker } from './mqtt-broker.ts';
export type { MqttMessage } from './mqtt-session.ts';
export { type NtpFaults, NtpServer, WORLD_EPOCH } from './ntp-server.ts';
export {
  type Captive,
  type JoinError,
  type Page,
  type PageError,
  Phone,
  type PhoneKind,
  type PhoneOptions,
} from './phone.ts';
export { Router } from './router.ts';
export { defaultWorld, wiredWorld } from './scenario.ts';
export { serveSecure } from './secure-services.ts';
export { SERVICE_KINDS, type ServiceKind, serve } from './serve.ts';
export type { Service, ServiceFaults } from './service.ts';
export { type Mail, SmtpSink } from './smtp-sink.ts';
export type { Stream, StreamHandler } from './stream.ts';
export { type SyslogMessage, SyslogSink } from './syslog-sink.ts';
export { TftpServer } from './tftp-server.ts';
export {
  authorityCertificate,
  authorityPem,
  type CertificateKind,
  identityFor,
  type TlsIdentity,
} from './tls-identity.ts';
export { TlsService, type TlsServiceFaults } from './tls-service.ts';
export { TlsStream } from './tls-stream.ts';
export { ConnectionOffer, type Endpoint, NameQuery, type Outer, type Ping, Wan } from './wan.ts';
export { WebsocketEcho, type WebsocketFaults } from './websocket-echo.ts';
export {
  type DeviceOptions,
  HOME_NETWORK,
  type Network,
  networkOf,
  type PhoneSetup,
  World,
  type WorldOptions,
} from './world.ts';
