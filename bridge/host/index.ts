export { runWithNode, StreamDuplex } from './duplex.ts';
export { HostDoor } from './host-door.ts';
export { HostLines } from './host-lines.ts';
export { type Lateness, LiveWorld, type Pace } from './live.ts';
export { type Difference, emitCrossing, NOBODY, Player, parseCrossing } from './recording.ts';
export { RemoteHost } from './remote-host.ts';
