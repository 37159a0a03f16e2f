/** `pwm`: pulses of one frequency on up to six pins. Firmware: app/modules/pwm.c */
import { PIN_COUNT } from '../../runtime/device/index.ts';
import type { LuaCall } from '../../runtime/vm/index.ts';
import { defineModule, type LuaEntry, type LuaResult, raw } from './lua.ts';
import { DEPTH, PwmChannels } from './pwm-channels.ts';

function pinOf(call: LuaCall): number {
  const pin = call.checkInteger(1);
  if (pin <= 0 || pin >= PIN_COUNT) call.error(`pwm ${pin} does not exist`);
  return pin;
}

function frequencyOf(call: LuaCall): number {
  const frequency = call.checkInteger(2);
  if (frequency <= 0) call.error('wrong arg range');
  return frequency;
}

export const pwm = defineModule({ name: 'pwm' }, (device) => {
  const channels = new PwmChannels(device);
  const onPin = (run: (pin: number, call: LuaCall) => LuaResult): LuaEntry => raw((call) => run(pinOf(call), call));
  return {
    functions: {
      setup: raw((call) => {
        if (call.checkInteger(1) === 0) call.error('no pwm for D0');
        const pin = pinOf(call);
        const frequency = frequencyOf(call);
        const duty = call.checkInteger(3) >>> 0;
        if (duty > DEPTH) call.error('wrong arg range');
        if (!channels.add(pin, frequency, duty)) call.error('too many pwms.');
        return channels.frequency;
      }),
      close: onPin((pin) => channels.close(pin)),
      start: onPin((pin, call) => {
        if (!channels.start(pin)) call.error('Unable to start PWM output');
      }),
      stop: onPin((pin) => channels.stop(pin)),
      setclock: onPin((pin, call) => {
        const frequency = frequencyOf(call);
        if (!channels.has(pin)) return 0;
        channels.setFrequency(frequency);
        return channels.frequency;
      }),
      getclock: onPin((pin) => (channels.has(pin) ? channels.frequency : 0)),
      // A negative duty passes the check and is cut to 16 bits.
      setduty: onPin((pin, call) => {
        const duty = call.checkInteger(2);
        if (duty > DEPTH) call.error('wrong arg range');
        return channels.setDuty(pin, duty);
      }),
      getduty: onPin((pin) => channels.duty(pin) ?? 0),
    },
  };
});
