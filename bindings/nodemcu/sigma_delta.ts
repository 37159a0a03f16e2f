/** `sigma_delta`: the chip's one sigma-delta modulator and the pins it is led to. Firmware: app/modules/sigma_delta.c, app/driver/sigma_delta.c */
import { PIN_COUNT, PIN_MODE } from '../../runtime/device/index.ts';
import type { LuaCall } from '../../runtime/vm/index.ts';
import { arg } from './arg.ts';
import { defineModule, fn, type LuaEntry } from './lua.ts';

const CLOCK_HZ = 80_000_000;

function checkPin(call: LuaCall, pin: number): void {
  if (pin <= 0 || pin >= PIN_COUNT) call.error(`sigma_delta ${pin} does not exist`);
}

export const sigma_delta = defineModule({ name: 'sigma_delta' }, (device) => {
  const pins = new Set<number>();
  let target = 0;
  let prescale = 0;
  let enabled = false;

  /** Pulses of the density that the target asks for: `target` of 256, as evenly spread as they go. */
  const apply = (): void => {
    const steps = Math.min(target, 256 - target);
    const frequency = enabled ? (CLOCK_HZ / 256 / (prescale + 1)) * Math.max(1, steps) : 0;
    for (const pin of pins) {
      // A pin that was given another mode is not the modulator's any more.
      if (device.gpio.mode(pin) !== PIN_MODE.OUTPUT) pins.delete(pin);
      else device.gpio.modulate(pin, { frequency, duty: enabled ? target / 256 : 0 });
    }
  };

  const byte = (use: (value: number) => void): LuaEntry =>
    fn([arg.integer()], (value, call) => {
      if (value < 0 || value > 255) call.error('wrong arg range');
      use(value);
      apply();
    });

  return {
    functions: {
      setup: fn([arg.integer()], (pin, call) => {
        checkPin(call, pin);
        device.gpio.setMode(pin, PIN_MODE.OUTPUT);
        device.gpio.write(pin, 0);
        enabled = true;
        pins.add(pin);
        apply();
      }),
      // The modulator stops for all pins.
      close: fn([arg.integer()], (pin, call) => {
        checkPin(call, pin);
        enabled = false;
        device.gpio.setMode(pin, PIN_MODE.INPUT);
        pins.delete(pin);
        apply();
      }),
      setpwmduty: byte((duty) => {
        const steps = duty > 128 ? 256 - duty : duty;
        prescale = steps === 0 ? 0 : steps - 1;
        target = duty;
      }),
      setprescale: byte((value) => {
        prescale = value;
      }),
      settarget: byte((value) => {
        target = value;
      }),
    },
  };
});
