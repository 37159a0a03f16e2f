/** NodeMCU's modules. */
import type { LuaModule } from '../../runtime/device/index.ts';
import { adc } from './adc.ts';
import { ads1115 } from './ads1115.ts';
import { adxl345 } from './adxl345.ts';
import { am2320 } from './am2320.ts';
import { apa102 } from './apa102.ts';
import { bit } from './bit.ts';
import { bloom } from './bloom.ts';
import { bme280 } from './bme280.ts';
import { bme280_math } from './bme280_math.ts';
import { bme680 } from './bme680.ts';
import { bmp085 } from './bmp085.ts';
import { cjson } from './cjson.ts';
import { coap } from './coap.ts';
import { color_utils } from './color_utils.ts';
import { cron } from './cron.ts';
import { crypto } from './crypto.ts';
import { dht } from './dht.ts';
import { encoder } from './encoder.ts';
import { enduser_setup } from './enduser_setup.ts';
import { file } from './file.ts';
import { gpio } from './gpio.ts';
import { hdc1080 } from './hdc1080.ts';
import { hmc5883l } from './hmc5883l.ts';
import { http } from './http.ts';
import { hx711 } from './hx711.ts';
import { i2c } from './i2c.ts';
import { l3g4200d } from './l3g4200d.ts';
import { mcp4725 } from './mcp4725.ts';
import { mdns } from './mdns.ts';
import { mqtt } from './mqtt.ts';
import { net } from './net.ts';
import { node } from './node.ts';
import { ow } from './ow.ts';
import { pcm } from './pcm.ts';
import { perf } from './perf.ts';
import { pipe } from './pipe.ts';
import { pixbuf } from './pixbuf.ts';
import { pwm } from './pwm.ts';
import { pwm2 } from './pwm2.ts';
import { rfswitch } from './rfswitch.ts';
import { rotary } from './rotary.ts';
import { rtcfifo } from './rtcfifo.ts';
import { rtcmem } from './rtcmem.ts';
import { rtctime } from './rtctime.ts';
import { si7021 } from './si7021.ts';
import { sigma_delta } from './sigma_delta.ts';
import { sjson } from './sjson.ts';
import { sntp } from './sntp.ts';
import { softuart } from './softuart.ts';
import { somfy } from './somfy.ts';
import { spi } from './spi.ts';
import { struct } from './struct.ts';
import { switec } from './switec.ts';
import { tcs34725 } from './tcs34725.ts';
import { tls } from './tls.ts';
import { tm1829 } from './tm1829.ts';
import { tmr } from './tmr.ts';
import { tsl2561 } from './tsl2561.ts';
import { u8g } from './u8g.ts';
import { u8g2 } from './u8g2.ts';
import { uart } from './uart.ts';
import { ucg } from './ucg.ts';
import { UNBUILT, unbuiltModule } from './unbuilt.ts';
import { websocket } from './websocket.ts';
import { wiegand } from './wiegand.ts';
import { wifi } from './wifi.ts';
import { wps } from './wps.ts';
import { ws2801 } from './ws2801.ts';
import { ws2812 } from './ws2812.ts';
import { ws2812_effects } from './ws2812_effects.ts';
import { xpt2046 } from './xpt2046.ts';

export { arg, type Checker } from './arg.ts';
export * from './lua.ts';
export { SPECIAL, UNBUILT, type UnbuiltModule } from './unbuilt.ts';

const BUILT: readonly LuaModule[] = [
  adxl345,
  pcm,
  bme680,
  perf,
  switec,
  somfy,
  wiegand,
  xpt2046,
  tcs34725,
  ads1115,
  ws2801,
  tm1829,
  rfswitch,
  mcp4725,
  hx711,
  bme280_math,
  am2320,
  bmp085,
  hdc1080,
  hmc5883l,
  l3g4200d,
  si7021,
  tsl2561,
  adc,
  apa102,
  bit,
  bloom,
  bme280,
  cjson,
  coap,
  color_utils,
  cron,
  crypto,
  dht,
  encoder,
  enduser_setup,
  file,
  gpio,
  http,
  mqtt,
  i2c,
  mdns,
  net,
  node,
  ow,
  pipe,
  pixbuf,
  pwm,
  pwm2,
  rotary,
  rtcfifo,
  rtcmem,
  rtctime,
  sigma_delta,
  sjson,
  sntp,
  softuart,
  spi,
  struct,
  tls,
  tmr,
  u8g,
  u8g2,
  uart,
  ucg,
  websocket,
  wifi,
  wps,
  ws2812,
  ws2812_effects,
];

/** The modules of a device: those of the firmware's default build, and the optional ones; at the end those not built. */
export const NODEMCU_MODULES: readonly LuaModule[] = [
  ...BUILT,
  ...UNBUILT.filter(({ name }) => BUILT.every((built) => built.name !== name)).map(unbuiltModule),
];
