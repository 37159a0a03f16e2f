/** Modules of the release for hardware that is not simulated: their names are there and say so when they are called. */
import type { LuaModule, LuaModuleFactory } from '../../runtime/device/index.ts';
import { defineModule, todos } from './lua.ts';

const UNBUILT: Readonly<Record<string, readonly string[]>> = {
  ads1115: ['ads1115', 'ads1015', 'reset'],
  adxl345: ['read', 'setup'],
  am2320: ['read', 'setup'],
  bme280_math: ['setup', 'read', 'qfe2qnh', 'altitude', 'dewpoint'],
  bme680: ['setup', 'startreadout', 'qfe2qnh', 'altitude', 'dewpoint', 'read'],
  bmp085: ['temperature', 'pressure', 'pressure_raw', 'setup'],
  dcc: ['setup', 'close'],
  hdc1080: ['read', 'setup'],
  hx711: ['init', 'read', 'start', 'status', 'stop'],
  l3g4200d: ['read', 'setup'],
  mcp4725: ['write', 'read'],
  pcm: ['new'],
  rfswitch: ['send'],
  si7021: ['setup', 'setting', 'read', 'serial', 'firmware'],
  somfy: ['sendcommand', 'listen'],
  switec: ['setup', 'close', 'reset', 'moveto', 'getpos', 'dequeue'],
  tcs34725: ['setup', 'enable', 'disable', 'raw', 'setGain', 'setIntegrationTime'],
  tm1829: ['write'],
  tsl2561: ['settiming', 'getlux', 'getrawchannels', 'init'],
  // The displays of the default configuration (include/u8g2_displays.h, ucg_config.h).
  u8g2: ['ssd1306_i2c_128x64_noname', 'ssd1306_128x64_noname'],
  ucg: ['ili9341_18x240x320_hw_spi', 'st7735_18x128x160_hw_spi'],
  wiegand: ['create'],
  xpt2046: ['isTouched', 'getRaw', 'getPosition', 'getPositionAvg', 'setCalibration', 'init'],
};

export const unbuilt: readonly LuaModuleFactory[] = Object.entries(UNBUILT).map(
  ([name, functions]): LuaModuleFactory =>
    (): LuaModule =>
      defineModule({ name, functions: todos(name, functions) }),
);
