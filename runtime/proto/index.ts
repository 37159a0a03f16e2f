export { type ProtoEnv, type ProtoTimer, protoEnv } from './env.ts';
export { ESPCONN, Espconn, type EspconnErr, type EspconnHandlers, EspconnTcp } from './espconn.ts';
export * from './sntp-client.ts';
export type { SntpResult } from './sntp-sample.ts';
