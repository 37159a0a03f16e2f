/** NodeMCU 3.0's modules. */
import type { LuaModuleFactory } from '../../runtime/device/index.ts';
import { adc } from './adc.ts';
import { bit } from './bit.ts';
import { file } from './file.ts';
import { gpio } from './gpio.ts';
import { net } from './net.ts';
import { node } from './node.ts';
import { pipe } from './pipe.ts';
import { tmr } from './tmr.ts';
import { uart } from './uart.ts';
import { wifi } from './wifi.ts';

export { arg, type Checker } from './arg.ts';
export * from './lua.ts';

/** The modules of a device, those of the default build first. */
export const NODEMCU_MODULES: readonly LuaModuleFactory[] = [adc, bit, file, gpio, net, node, pipe, tmr, uart, wifi];
