export { runWithNode, StreamDuplex } from './duplex.ts';
