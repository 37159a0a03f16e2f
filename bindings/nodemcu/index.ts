/** NodeMCU 3.0's modules. */
import type { LuaModuleFactory } from '../../runtime/device/index.ts';
import { adc } from './adc.ts';
import { bit } from './bit.ts';
import { bloom } from './bloom.ts';
import { coap } from './coap.ts';
import { color_utils } from './color_utils.ts';
import { cron } from './cron.ts';
import { crypto } from './crypto.ts';
import { encoder } from './encoder.ts';
import { file } from './file.ts';
import { gpio } from './gpio.ts';
import { http } from './http.ts';
import { mdns } from './mdns.ts';
import { mqtt } from './mqtt.ts';
import { net } from './net.ts';
import { node } from './node.ts';
import { pipe } from './pipe.ts';
import { rtcmem } from './rtcmem.ts';
import { rtctime } from './rtctime.ts';
import { sjson } from './sjson.ts';
import { sntp } from './sntp.ts';
import { struct } from './struct.ts';
import { tmr } from './tmr.ts';
import { uart } from './uart.ts';
import { websocket } from './websocket.ts';
import { wifi } from './wifi.ts';

export { arg, type Checker } from './arg.ts';
export * from './lua.ts';

/** The modules of a device: those of the firmware's default build, and the optional ones that are built. */
export const NODEMCU_MODULES: readonly LuaModuleFactory[] = [
  adc,
  bit,
  bloom,
  coap,
  color_utils,
  cron,
  crypto,
  encoder,
  file,
  gpio,
  http,
  mdns,
  mqtt,
  net,
  node,
  pipe,
  rtcmem,
  rtctime,
  sjson,
  sntp,
  struct,
  tmr,
  uart,
  websocket,
  wifi,
];
