/** `hx711`: the converter of load cells on two pins. Firmware: app/modules/hx711.c */
import { us } from '../../runtime/core/index.ts';
import { PIN_COUNT, PIN_MODE, PRIORITY } from '../../runtime/device/index.ts';
import type { LuaCall, LuaRef } from '../../runtime/vm/index.ts';
import { approximated, defineModule, type LuaResult, raw, since } from './lua.ts';

const BITS = 24;
const MODE_MAX = 2;
const SAMPLES_MAX = 400;
const TIMEOUT_US = 1_000_000;
const POLL_US = 10;
/** How often a background reading looks for a sample. */
const WATCH_US = 1000;

interface Reading {
  readonly mode: number;
  readonly bytes: Uint8Array;
  readonly callback: LuaRef;
  used: number;
}

export const hx711 = defineModule({ name: 'hx711' }, (device) => {
  const { gpio, cpu } = device;
  let [clock, data] = [0, 0];
  let reading: Reading | undefined;

  const pinAt = (call: LuaCall, pin: number): number =>
    pin < PIN_COUNT ? pin : call.error(`gpio ${pin} does not exist`);

  const pulse = (): void => {
    gpio.write(clock, 1);
    cpu.spend(us(1));
    gpio.write(clock, 0);
  };
  /** Further pulses choose the channel and gain of the next sample. */
  const sample = (mode: number): number => {
    let value = 0;
    for (let i = 0; i < BITS; i++) {
      pulse();
      value = (value << 1) | gpio.read(data);
    }
    for (let i = 0; i <= mode; i++) pulse();
    return (value << 8) >> 8;
  };

  const stop = (): void => {
    timer.cancel();
    if (reading === undefined) return;
    gpio.setMode(data, PIN_MODE.INPUT);
    reading.callback.release();
    reading = undefined;
  };

  const modeOf = (call: LuaCall, mode: number): number =>
    mode >>> 0 > MODE_MAX ? call.argError(1, 'Mode value out of range') : mode;

  const read = (call: LuaCall): LuaResult => {
    const mode = modeOf(call, call.optInteger(1, 0));
    stop();
    gpio.write(clock, 0);
    let value = 0;
    // Another mode than the first holds from the second sample on.
    for (let left = mode === 0 ? 1 : 2; left > 0; left--) {
      cpu.feed();
      for (let waited = 0; gpio.read(data) === 1; waited += POLL_US) {
        if (waited >= TIMEOUT_US) call.error('ADC timeout!');
        cpu.spend(us(POLL_US));
      }
      value = sample(mode);
    }
    gpio.write(clock, 1);
    return value;
  };

  const deliver = ({ bytes, callback }: Reading, at: number): void => {
    const copy = bytes.slice();
    device.tasks.post(PRIORITY.MEDIUM, () => {
      if (reading !== undefined) device.lua.pcallx(callback, [copy, at, 0]);
    });
  };
  const timer = device.clock.timer('hx711', () => {
    if (reading === undefined) return;
    if (gpio.read(data) === 0) {
      const value = sample(reading.mode);
      reading.bytes.set([value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff], reading.used);
      reading.used += 3;
      if (reading.used === reading.bytes.length) {
        reading.used = 0;
        deliver(reading, device.uptime | 0);
      }
    }
    timer.arm(us(WATCH_US));
  });

  const start = (call: LuaCall): LuaResult => {
    const [wanted, samples] = [call.checkInteger(1), call.checkInteger(2)];
    const mode = modeOf(call, wanted);
    if (samples < 1 || samples > SAMPLES_MAX) call.argError(2, 'Samples value out of range (1-400)');
    if (reading !== undefined) call.error('Already running');
    if (call.type(3) !== 'function') call.argError(3, 'Not a callback function');
    reading = { mode, bytes: new Uint8Array(3 * samples), callback: call.ref(3), used: 0 };
    gpio.setMode(data, PIN_MODE.INTERRUPT);
    gpio.write(clock, 0);
    timer.arm(us(WATCH_US));
  };

  return {
    functions: {
      init: raw((call) => {
        const pins = [call.checkInteger(1), call.checkInteger(2)].map((pin) => pinAt(call, pin & 0xff));
        [clock = 0, data = 0] = pins;
        gpio.setMode(clock, PIN_MODE.OUTPUT);
        gpio.setMode(data, PIN_MODE.INPUT);
        gpio.write(clock, 1);
      }),
      read: raw(read),
      start: since('3.0', approximated('a sample is taken up to a millisecond late, and none is dropped', raw(start))),
      stop: since('3.0', raw(stop)),
    },
  };
});
