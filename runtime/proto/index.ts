export { type ProtoEnv, type ProtoTimer, protoEnv } from './env.ts';
export { ESPCONN, Espconn, type EspconnErr, type EspconnHandlers, EspconnTcp } from './espconn.ts';
