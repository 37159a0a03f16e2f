import type { LuaCall, LuaRef } from '../../runtime/vm/index.ts';
import { approximated, defineModule, type LuaEntry, type LuaResult, raw } from './lua.ts';
import { PIXBUF } from './pixbuf.ts';
import { EFFECTS, type Effect, PixelEffects } from './pixel-effects.ts';
import { showPixels } from './ws2812.ts';

const SPEED_DEFAULT = 150;
const SPEED_MAX = 255;
const DELAY_DEFAULT = 100;
const DELAY_MIN = 10;
const STATIC_DELAY = 250;
const FIRE = [255 - 40, 255, 40, 0];
/** How much the flames of each fire go down. */
const FIRES: Readonly<Partial<Record<Effect, number>>> = { fire: 110, fire_soft: 70, fire_intense: 170 };
const SHIFTING: readonly Effect[] = ['rainbow_cycle', 'halloween', 'circus_combustus', 'cycle'];
const UNMOVED: readonly Effect[] = ['static', 'gradient', 'gradient_rgb'];

interface State {
  readonly effects: PixelEffects;
  readonly buffer: LuaRef;
  effect: Effect;
  /** The effect's own number, if given. */
  parameter: number | undefined;
  speed: number;
  delay: number;
  running: boolean;
}

export const ws2812_effects = defineModule({ name: 'ws2812_effects', lifetime: { since: '2.2' } }, (device) => {
  const random = device.rng.fork(`ws2812_effects/${device.boots}`);
  const below = (limit: number): number => random.below(limit);
  let state: State | undefined;
  const timer = device.timers.timer('ws2812_effects', () => loop());

  const delayOf = ({ speed, delay, effect }: State): number => {
    if (speed === 0 && delay > 0) return delay;
    if (UNMOVED.includes(effect)) return DELAY_MIN;
    const slowness = SPEED_MAX - speed;
    if (effect === 'flicker' || FIRES[effect] !== undefined)
      return 30 + below(100) + Math.trunc((200 * slowness) / SPEED_MAX);
    return DELAY_MIN + Math.trunc((1000 * slowness) / SPEED_MAX);
  };

  const show = ({ effects }: State): void => showPixels(device, 'ws2812', Uint8Array.from(effects.buffer.values));

  /** One picture further. */
  const move = (current: State): void => {
    const { effects, effect, parameter } = current;
    const flames = FIRES[effect];
    if (effect === 'blink') effects.blink();
    else if (effect === 'rainbow') effects.rainbow();
    else if (effect === 'flicker') effects.flicker(parameter === undefined ? 100 : parameter || 50);
    else if (flames !== undefined) effects.flicker(flames);
    else if (effect === 'random_color') effects.randomColor();
    else if (effect === 'larson_scanner') effects.larsonScanner();
    else if (effect === 'color_wipe') effects.colorWipe();
    else if (effect === 'random_dot') effects.randomDot(parameter ?? 1);
    else if (SHIFTING.includes(effect)) {
      effects.shift();
      show(current);
    }
  };

  const loop = (): void => {
    if (state === undefined) return;
    move(state);
    state.delay = delayOf(state);
    state.effects.calls++;
    show(state);
    if (state.running && state.delay >= DELAY_MIN) timer.arm(state.delay, false);
  };

  const initialized = (call: LuaCall): State => state ?? call.argError(1, 'please call init() first');

  const init = (call: LuaCall): LuaResult => {
    device.deprecated('ws2812_effects', 'soon; please see https://github.com/nodemcu/nodemcu-firmware/issues/3122');
    const buffer = call.checkHost(1, PIXBUF);
    state?.buffer.release();
    timer.disarm();
    state = {
      effects: new PixelEffects(buffer, below),
      buffer: call.ref(1),
      effect: 'static',
      parameter: 0,
      speed: SPEED_DEFAULT,
      delay: DELAY_DEFAULT,
      running: false,
    };
  };

  /** The colours of a gradient at argument 2. */
  const gradientOf = (call: LuaCall, channels: number): Uint8Array => {
    if (call.type(2) !== 'string') return call.argError(2, 'string expected');
    const spec = call.checkBytes(2);
    if (spec.length / channels < 2 || spec.length % channels !== 0)
      return call.argError(2, 'must be at least two colors and same size as buffer colors');
    return spec;
  };

  /** The first picture of an effect. */
  const begin = (call: LuaCall, current: State, parameter: number | undefined): void => {
    const { effects, effect } = current;
    if (effect === 'static') {
      effects.fillColor();
      current.delay = STATIC_DELAY;
    } else if (effect === 'blink') effects.blink();
    else if (effect === 'gradient' || effect === 'gradient_rgb') {
      effects.gradient(gradientOf(call, effects.buffer.channels), effect === 'gradient');
      show(current);
    } else if (effect === 'random_color') effects.randomColor();
    else if (effect === 'rainbow') effects.rainbow();
    else if (effect === 'rainbow_cycle') effects.rainbowCycle(parameter ?? 1);
    else if (effect === 'halloween') effects.halloween();
    else if (effect === 'circus_combustus') effects.circus();
    else if (effect === 'larson_scanner') effects.larsonScanner();
    else if (FIRES[effect] !== undefined) effects.color = [...FIRE];
    else if (effect === 'color_wipe') {
      effects.black();
      effects.colorWipe();
    } else if (effect === 'random_dot') effects.black();
    if (effect === 'flicker' || effect === 'random_dot' || (effect === 'cycle' && parameter !== undefined))
      current.parameter = parameter;
    if (SHIFTING.includes(effect)) effects.prepareShift(effect === 'cycle' ? (current.parameter ?? 0) : 1);
  };

  const setMode = (call: LuaCall): LuaResult => {
    const current = initialized(call);
    current.effect = EFFECTS[call.checkOption(1, undefined, EFFECTS)] ?? 'static';
    current.effects.step = 0;
    begin(call, current, call.type(2) === 'number' ? call.checkInteger(2) : undefined);
  };

  /** A byte at argument 1, read before the state is looked for. */
  const byte = (use: (current: State, value: number) => void): LuaEntry =>
    raw((call: LuaCall) => {
      const value = call.checkInteger(1);
      const current = initialized(call);
      call.argCheck(value >= 0 && value <= 255, 1, 'should be 0-255');
      use(current, value);
    });

  return {
    functions: {
      __tostring: raw(() => '[effects]'),
      init: raw(init),
      set_brightness: byte((current, value) => {
        current.effects.brightness = value;
      }),
      set_color: raw((call: LuaCall) => {
        const { effects } = initialized(call);
        const [green, red, blue] = [call.checkInteger(1), call.checkInteger(2), call.checkInteger(3)];
        effects.color = [green, red, blue, call.optInteger(4, 0)].map((part) => part & 0xff);
      }),
      set_speed: byte((current, value) => {
        current.speed = value;
        current.delay = DELAY_MIN;
      }),
      // Returns what lies on top of C's stack: its last argument.
      set_delay: raw((call: LuaCall) => {
        const current = initialized(call);
        const delay = call.checkInteger(1);
        call.argCheck(delay >= DELAY_MIN, 1, 'must be equal / larger than 10');
        current.delay = delay;
        current.speed = 0;
        return call.value(call.count);
      }),
      set_mode: approximated('gradients of one LED each do not crash', raw(setMode)),
      start: raw((call: LuaCall) => {
        const current = initialized(call);
        current.running = true;
        current.effects.calls = 0;
        current.effects.step = 0;
        timer.arm(current.delay, false);
      }),
      stop: raw((call: LuaCall) => {
        initialized(call).running = false;
        timer.disarm();
      }),
      get_delay: raw((call: LuaCall) => initialized(call).delay),
      get_speed: raw((call: LuaCall) => initialized(call).speed),
    },
  };
});
