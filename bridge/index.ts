export { Bridge, type BridgeSpec } from './bridge.ts';
export {
  type Address,
  type Arrival,
  type Crossing,
  Door,
  formatAddress,
  Line,
  type Order,
  type Outside,
} from './door.ts';
export { runWithNode, StreamDuplex } from './duplex.ts';
export type { ForwardSpec } from './forward.ts';
export type { FramePortSpec } from './frame-port.ts';
export type { GatewayOptions } from './gateway.ts';
export { HostDoor } from './host-door.ts';
export { HostLines } from './host-lines.ts';
export { type Lateness, LiveWorld, type Pace } from './live.ts';
export { type AllowRule, parseNetwork } from './policy.ts';
export { type Difference, emitCrossing, NOBODY, Player, parseCrossing } from './recording.ts';
export type { SerialSpec } from './serial.ts';
