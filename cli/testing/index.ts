/** `mcubox/testing`: worlds, devices and hosts for tests with tap, node:test, vitest or anything else that throws. */
export type { HttpReply } from '../../runtime/index.ts';
export { TestDevice, type Trouble } from './device.ts';
export { type Datagram, TestConnection, TestHost, TestSocket } from './host.ts';
export type { HttpCall } from './http.ts';
export { type NodeServerPlace, placeServer, waitWithNode } from './node-server.ts';
export { TestPhone } from './phone.ts';
export { difference, find, lineRegex, matchesGolden, refresh, type Wanted } from './text.ts';
export { inSeconds, micros, type Time, Unmet } from './unmet.ts';
export {
  type AccessPointSetup,
  bytes,
  type DeviceSetup,
  TestWorld,
  type WorldSetup,
  world,
} from './world.ts';
