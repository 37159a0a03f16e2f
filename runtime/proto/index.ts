export { type ProtoEnv, type ProtoTimer, protoEnv } from './env.ts';
export { ESPCONN, Espconn, type EspconnErr, type EspconnHandlers, EspconnTcp } from './espconn.ts';
export { readHeaders } from './http-answer.ts';
export { HttpClient, type HttpOrder, type HttpOwner } from './http-client.ts';
export { MQTT_FAIL, type MqttAcknowledged, MqttClient, type MqttOwner } from './mqtt-client.ts';
export { type MqttConfig, publishMessage, subscribeMessage, unsubscribeMessage } from './mqtt-message.ts';
export * from './sntp-client.ts';
export type { SntpResult } from './sntp-sample.ts';
