/** `gpio`: pins, edges and bit patterns. Firmware: app/modules/gpio.c */
import { type Micros, us } from '../../runtime/core/index.ts';
import { type Level, PIN_COUNT, PIN_MODE, type PinMode } from '../../runtime/device/index.ts';
import type { LuaCall, LuaHandle } from '../../runtime/vm/index.ts';
import { arg, checkElement } from './arg.ts';
import { PulseOutput } from './gpio-pulse.ts';
import { SerialOutput } from './gpio-serout.ts';
import { PinTrigger, TRIGGERS } from './gpio-trigger.ts';
import { defineModule, fn, raw, since } from './lua.ts';

const DELAYS_MAX = 256; // DELAY_TABLE_MAX_LEN

const exists = (pin: number): boolean => pin >= 0 && pin < PIN_COUNT;

/** MOD_CHECK_ID. */
function checkPin(call: LuaCall, pin: number): void {
  if (!exists(pin)) call.error(`gpio ${pin} does not exist`);
}

export const gpio = defineModule({ name: 'gpio' }, (device) => {
  const triggers = new Map<number, PinTrigger>();
  const serial = new SerialOutput(device);
  const pulses = new PulseOutput(device);

  const trig = (call: LuaCall): undefined => {
    const pin = call.checkInteger(1);
    call.argCheck(exists(pin) && pin > 0, 1, 'Invalid interrupt pin');
    const trigger = triggers.get(pin) ?? new PinTrigger(device, pin);
    triggers.set(pin, trigger);
    const type = TRIGGERS[call.checkOption(2, 'none', TRIGGERS)] ?? 'none';
    if (type === 'none') {
      trigger.setCallback(undefined);
    } else if (call.count === 2 && trigger.hasCallback) {
      // The callback stays.
    } else if (call.type(3) === 'function') {
      trigger.setCallback(call.ref(3));
    } else {
      trigger.setCallback(undefined);
      call.argError(3, 'invalid callback type');
    }
    trigger.select(type);
  };

  const mode = (call: LuaCall): undefined => {
    const pin = call.checkInteger(1);
    const selected = call.checkInteger(2);
    call.optInteger(3, 0);
    call.argCheck(exists(pin) && (selected !== PIN_MODE.INTERRUPT || pin > 0), 1, 'Invalid pin');
    call.argCheck(selected >= PIN_MODE.INPUT && selected <= PIN_MODE.OPEN_DRAIN, 2, 'wrong arg type');
    if (selected !== PIN_MODE.INTERRUPT) triggers.get(pin)?.setCallback(undefined);
    device.gpio.setMode(pin, selected as PinMode);
  };

  const serout = (call: LuaCall): undefined => {
    const pin = call.checkInteger(1);
    const level = call.checkInteger(2);
    const repeats = (call.optInteger(4, 1) - 1) >>> 0;
    const wanted = call.isNoneOrNil(5) ? 'wait' : call.isNumber(5) ? 'silent' : 'call';
    call.argCheck(exists(pin), 1, 'Invalid pin');
    call.argCheck(level === 0 || level === 1, 2, 'Wrong level type');
    const table = call.type(3) === 'table' ? (call.handle(3) as LuaHandle) : undefined;
    call.argCheck(table !== undefined && table.length() < DELAYS_MAX, 3, 'Invalid delay_times');
    const delays = readDelays(call, table as LuaHandle);
    const pattern = { pin, level: level as Level, delays, repeats };
    if (wanted === 'wait') serial.play(pattern);
    else serial.start(pattern, wanted === 'call' ? call.ref(5) : undefined);
  };

  return {
    order: 'mode read write serout pulse trig INT OUTPUT OPENDRAIN INPUT HIGH LOW FLOAT PULLUP',
    constants: { INT: 2, OUTPUT: 1, OPENDRAIN: 3, INPUT: 0, HIGH: 1, LOW: 0, FLOAT: 0, PULLUP: 1 },
    functions: {
      mode: raw(mode),
      read: fn([arg.integer()], (pin, call) => {
        checkPin(call, pin);
        return device.gpio.read(pin);
      }),
      write: raw((call: LuaCall) => {
        const pin = call.checkInteger(1);
        const level = call.checkInteger(2);
        checkPin(call, pin);
        call.argCheck(level === 0 || level === 1, 2, 'wrong level type');
        device.gpio.write(pin, level as Level);
      }),
      serout: raw(serout),
      trig: raw(trig),
    },
    tables: { pulse: since('2.2', { functions: { build: pulses.build } }) },
    classes: [since('2.2', pulses.methods)],
  };
});

const readDelays = (call: LuaCall, table: LuaHandle): Micros[] =>
  Array.from({ length: table.length() }, (_, i) => us(checkElement(call, table, i + 1) >>> 0));
