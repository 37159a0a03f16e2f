/** `pwm2`: pulses of any frequency on any pins, one interrupt for all. Firmware: app/modules/pwm2.c, app/driver/pwm2.c */
import { PIN_COUNT, PIN_MODE } from '../../runtime/device/index.ts';
import { type LuaCall, multi } from '../../runtime/vm/index.ts';
import { defineModule, type LuaEntry, type LuaResult, raw } from './lua.ts';

/** CPU ticks per tick of the interrupt's timer: 16 at 80 MHz, 32 at 160. */
const ticksPerTimerTick = (frequency: number): number => (frequency === 80 ? 16 : 32);

interface Pin {
  /** Steps of one pulse; 0 is not set up. */
  resolution: number;
  duty: number;
  /** The frequency is divisor per dividend seconds. */
  readonly dividend: number;
  readonly divisor: number;
  readonly ticks: number;
  multiplier: number;
}

const UNUSED: Pin = { resolution: 0, duty: 0, dividend: 0, divisor: 0, ticks: 0, multiplier: 0 };

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

export const pwm2 = defineModule({ name: 'pwm2', lifetime: { since: '3.0' } }, (device) => {
  const pins = new Map<number, Pin>();
  let started = false;
  let commonTicks = 0;

  const active = (): [number, Pin][] => [...pins].filter(([, pin]) => pin.resolution > 0);

  const recalculate = (): void => {
    commonTicks = active().reduce((common, [, { ticks }]) => gcd(ticks, common), 0);
    for (const [, pin] of active()) pin.multiplier = commonTicks === 0 ? 0 : Math.floor(pin.ticks / commonTicks);
  };

  /** A pulse has one step more than its resolution; the last is on only at full duty. */
  const show = (number: number, { resolution, duty, ticks }: Pin): void => {
    const frequency = ticks === 0 ? 0 : (device.frequency * 1e6) / ((resolution + 1) * ticks);
    device.gpio.modulate(number, { frequency, duty: duty === resolution ? 1 : duty / (resolution + 1) });
  };

  /** The firmware lets 13 pass, which is no pin. */
  const checkPin = (call: LuaCall, pin: number, n: number): void =>
    call.argCheck(pin > 0 && pin <= PIN_COUNT, n, 'invalid pin number');

  const setup = (inHertz: boolean): LuaEntry =>
    raw((call: LuaCall) => {
      if (started) call.error('pwm2 : already started, stop it before setting up pins.');
      const [pin, frequency, resolution, duty] = [1, 2, 3, 4].map((n) => call.toInteger(n)) as [
        number,
        number,
        number,
        number,
      ];
      const fractions = call.optInteger(5, 1);
      checkPin(call, pin, 1);
      call.argCheck(frequency > 0, 2, 'invalid frequency');
      call.argCheck(resolution > 0, 3, 'invalid frequency resolution');
      call.argCheck(duty >= 0 && duty <= resolution, 4, 'invalid duty');
      call.argCheck(fractions > 0, 5, 'invalid frequency fractions');
      const [dividend, divisor] = inHertz ? [fractions, frequency] : [frequency, fractions];
      const ticks = (Math.floor((device.frequency * 1e6) / (divisor * resolution)) * dividend) % 2 ** 32;
      pins.set(pin, { resolution, duty, dividend, divisor, ticks, multiplier: 0 });
      recalculate();
    });

  /** Reads numbers until one is missing or -1. */
  const each = (call: LuaCall, use: (pin: number, next: () => number) => void): void => {
    let n = 0;
    for (;;) {
      n++;
      const pin = call.optInteger(n, -1);
      if (pin === -1) return;
      checkPin(call, pin, n);
      use(pin, () => {
        n++;
        const duty = call.optInteger(n, -1);
        call.argCheck(duty >= 0 && duty <= (pins.get(pin)?.resolution ?? 0), n, 'invalid duty');
        return duty;
      });
    }
  };

  const setDuty = (call: LuaCall): LuaResult => {
    each(call, (number, next) => {
      const duty = next();
      const pin = pins.get(number);
      if (pin === undefined || pin.resolution === 0) return call.error(`pwm2 : pin=${number} is not setup yet`);
      pin.duty = duty;
      if (started) show(number, pin);
    });
  };

  const release = (call: LuaCall): LuaResult => {
    if (started) call.error('pwm2 : pwm is started, stop it first.');
    each(call, () => {
      // Whatever pin is named, the firmware releases pin 2.
      const pin = pins.get(2);
      if (pin !== undefined) pin.resolution = 0;
    });
  };

  return {
    functions: {
      setup_pin_hz: setup(true),
      setup_pin_sec: setup(false),
      release_pin: raw(release),
      start: raw(() => {
        if (!started) {
          started = true;
          for (const [number, pin] of active()) {
            if (number >= PIN_COUNT) continue;
            device.gpio.setMode(number, PIN_MODE.OUTPUT);
            show(number, pin);
          }
        }
        return true;
      }),
      stop: raw(() => {
        if (!started) return;
        started = false;
        for (const [number] of active()) if (number < PIN_COUNT) device.gpio.setMode(number, PIN_MODE.INPUT);
      }),
      set_duty: raw(setDuty),
      get_timer_data: raw(() =>
        multi(started, commonTicks, Math.floor(commonTicks / ticksPerTimerTick(device.frequency))),
      ),
      get_pin_data: raw((call: LuaCall) => {
        const number = call.checkInteger(1) & 0xff;
        checkPin(call, number, 1);
        const pin = pins.get(number) ?? UNUSED;
        const { resolution, duty, dividend, divisor, ticks, multiplier } = pin;
        return multi(resolution > 0 ? 1 : 0, duty, resolution, dividend, divisor, ticks, multiplier);
      }),
    },
  };
});
