export { CoapClient, CoapClients } from './coap-client.ts';
export { MAX_COAP_PAYLOAD } from './coap-rules.ts';
export { type CoapProgram, CoapResources, CoapServer } from './coap-server.ts';
export { type CoapUri, parseCoapUri } from './coap-uri.ts';
export { EnduserSetup, SETUP_ERR, type SetupHost } from './enduser-setup.ts';
export { type ProtoEnv, protoEnv } from './env.ts';
export {
  ESPCONN,
  Espconn,
  type EspconnConnection,
  type EspconnEnv,
  type EspconnErr,
  type EspconnHandlers,
  EspconnTcp,
} from './espconn.ts';
export { EspconnSecure, EspconnTls, type SecureEnv } from './espconn-secure.ts';
export { EspconnServer } from './espconn-server.ts';
export { EspconnUdp, EspconnUdpLayer } from './espconn-udp.ts';
export { readHeaders } from './http-answer.ts';
export { HttpClient, type HttpOrder, type HttpOwner } from './http-client.ts';
export type { MdnsService } from './mdns-packet.ts';
export * from './mdns-responder.ts';
export { MQTT_FAIL, type MqttAcknowledged, MqttClient, type MqttOwner } from './mqtt-client.ts';
export { type MqttConfig, publishMessage, subscribeMessage, unsubscribeMessage } from './mqtt-message.ts';
export type { PortalNetwork, PortalStatus } from './portal-answers.ts';
export type { Credentials } from './portal-form.ts';
export { PAGE_BYTES, SecureSettings, type Supplied, type Supplier } from './secure-settings.ts';
export * from './sntp-client.ts';
export type { SntpResult } from './sntp-sample.ts';
export type { ProtoTimer } from './timer.ts';
export { type Header, WebsocketClient, type WebsocketOwner } from './websocket-client.ts';
