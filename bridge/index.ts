export { Bridge, type BridgeSpec, type WorldSpec } from './bridge.ts';
export {
  type Address,
  type Arrival,
  type Crossing,
  Door,
  type Entrance,
  formatAddress,
  isLast,
  Line,
  type Order,
  type Outside,
} from './door.ts';
export type { ForwardSpec } from './forward.ts';
export type { FramePortSpec } from './frame-port.ts';
export type { GatewayOptions } from './gateway.ts';
export { Guard, type GuardSpec } from './guard.ts';
export { emitMessage, type FromDoor, parseFromDoor, parseToDoor, REPLACED, type ToDoor } from './message.ts';
export { type AllowRule, parseNetwork } from './policy.ts';
export { RemoteLines } from './remote-lines.ts';
export type { SerialSpec } from './serial.ts';
export { whyNot } from './startup.ts';
