/** Typed events for the places where listeners are unknown. The only import of eventemitter3. */
import { EventEmitter } from 'eventemitter3';

export { EventEmitter };
