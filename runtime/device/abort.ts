/** How a program ends by force: what the chip says on its console, how long it still spins, and what its surroundings are told. */
import { type EventEmitter, type Micros, us } from '../core/index.ts';
import type { LuaAbort } from '../vm/index.ts';
import { type Cpu, SOFT_WATCHDOG } from './cpu.ts';
import type { DeviceEvents } from './types.ts';
import type { Uart } from './uart.ts';

export interface Aborted {
  readonly cpu: Cpu;
  readonly uart: Uart;
  readonly events: EventEmitter<DeviceEvents>;
}

/** Within the run that ends. */
export function reportAbort({ reason, message }: LuaAbort, { cpu, uart, events }: Aborted): void {
  const at = (): Micros => cpu.clock.now();
  if (reason === 'panic') {
    uart.writeText(`PANIC: unprotected error in call to Lua API (${message})\n`);
    events.emit('crash', reason, message, at());
    // The firmware spins; only the watchdog ends that.
    cpu.spend(SOFT_WATCHDOG);
  } else if (reason === 'watchdog') {
    // The budget may have been used up by instructions that cost no time.
    cpu.spend(us(Math.max(0, SOFT_WATCHDOG - cpu.sinceFed)));
    events.emit('crash', reason, message, at());
  }
}
