import { type LuaCall, type LuaHandle, multi } from '../../runtime/vm/index.ts';
import { arg } from './arg.ts';
import { approximated, classSpec, defineModule, fn, type LuaEntry, type LuaResult, luaClass, raw } from './lua.ts';
import {
  CHANNELS_MAX,
  FADE_IN,
  FADE_OUT,
  LEDS_MAX,
  type MixSource,
  Pixels,
  relative,
  SHIFT_CIRCULAR,
  SHIFT_LOGICAL,
} from './pixels.ts';

export const PIXBUF = luaClass<Pixels>('pixbuf.buf');

const self = (call: LuaCall): Pixels => call.checkHost(1, PIXBUF);

/** The buffer again, for chains. */
const itself = (call: LuaCall): LuaHandle => call.handle(1) as LuaHandle;

function make(call: LuaCall, leds: number, channels: number): Pixels {
  if (leds > LEDS_MAX || channels > CHANNELS_MAX) call.error('pixbuf size limits exeeded');
  return new Pixels(leds, channels);
}

/** `pixbuf.newBuffer`, and `ws2812.newBuffer`. */
export const newBuffer = raw((call: LuaCall) => {
  const leds = call.checkInteger(1);
  const channels = call.checkInteger(2);
  call.argCheck(leds > 0, 1, 'should be a positive integer');
  call.argCheck(channels > 0, 2, 'should be a positive integer');
  return call.newHost(PIXBUF, make(call, leds, channels));
});

export const PIXBUF_CONSTANTS = { FADE_IN, FADE_OUT, SHIFT_CIRCULAR, SHIFT_LOGICAL } as const;

const concat = (call: LuaCall): LuaResult => {
  const left = self(call);
  const right = call.checkHost(2, PIXBUF);
  call.argCheck(left.channels === right.channels, 1, 'can only concatenate buffers with same channel count');
  const sum = make(call, left.leds + right.leds, left.channels);
  sum.values.set(left.values);
  sum.values.set(right.values, left.values.length);
  return call.newHost(PIXBUF, sum);
};

const fader = (run: (buffer: Pixels, by: number, direction: number) => void): LuaEntry =>
  raw((call: LuaCall) => {
    const buffer = self(call);
    const by = call.checkInteger(2);
    const direction = call.optInteger(3, FADE_OUT);
    call.argCheck(by > 0, 2, 'fade value should be a strictly positive int');
    run(buffer, by, direction);
  });

const fill = (call: LuaCall): LuaResult => {
  const buffer = self(call);
  if (buffer.leds > 0) {
    if (call.count !== 1 + buffer.channels) call.argError(1, 'need as many values as colors per pixel');
    buffer.fill(Array.from({ length: buffer.channels }, (_, i) => call.checkInteger(2 + i)));
  }
  return itself(call);
};

/** The pixel at argument 2. */
function ledOf(call: LuaCall, buffer: Pixels): number {
  const led = call.checkInteger(2) - 1;
  call.argCheck(led >= 0 && led < buffer.leds, 2, 'index out of range');
  return led;
}

const set = (call: LuaCall): LuaResult => {
  const buffer = self(call);
  const { channels } = buffer;
  const led = ledOf(call, buffer);
  const at = led * channels;
  const type = call.type(3);
  if (type === 'table') {
    const table = call.handle(3) as LuaHandle;
    for (let i = 0; i < channels; i++) buffer.values[at + i] = Math.trunc(Number(table.get(i + 1)) || 0);
  } else if (type === 'string') {
    const bytes = call.checkBytes(3);
    if (at + bytes.length > buffer.values.length) call.error('string size will exceed strip length');
    if (bytes.length % channels !== 0) call.error('string does not contain whole LEDs');
    buffer.values.set(bytes, at);
  } else {
    call.argCheck(call.count <= 2 + channels, 2 + channels, 'extra values given');
    for (let i = 0; i < channels; i++) buffer.values[at + i] = call.checkInteger(3 + i);
  }
  return itself(call);
};

const map = (call: LuaCall): LuaResult => {
  const out = self(call);
  const first = call.testHost(3, PIXBUF) ?? out;
  const low = relative(call.optInteger(4, 1), first.leds) - 1;
  const high = relative(call.optInteger(5, first.leds), first.leds) - 1;
  call.argCheck(high > low, 3, 'Buffer limits out of order');
  const count = high - low + 1;
  call.argCheck(count === out.leds, 1, 'Output buffer wrong size');
  const second = call.testHost(6, PIXBUF);
  const low2 = second === undefined ? 0 : relative(call.optInteger(7, 1), second.leds) - 1;
  if (second !== undefined) call.argCheck(low2 + count <= second.leds, 6, 'Second buffer too short');
  const work = call.handle(2) ?? call.raise(`attempt to call a ${call.isNoneOrNil(2) ? 'nil' : call.type(2)} value`);
  for (let p = 0; p < count; p++) {
    const colors = [...first.pixel(low + p), ...(second?.pixel(low2 + p) ?? [])];
    const results = call.lua.call(work, colors, out.channels);
    for (let c = out.channels - 1; c >= 0; c--) {
      const value = results[c];
      const number = typeof value === 'string' ? Number(value) : value;
      if (typeof number !== 'number' || Number.isNaN(number)) return notANumber(call, value);
      out.values[p * out.channels + c] = Math.trunc(number);
    }
  }
  return itself(call);
};

/** As C reports what luaL_checkinteger(-1) does not like. */
function notANumber(call: LuaCall, value: unknown): never {
  const got = value === undefined ? 'nil' : typeof value === 'object' ? (value as LuaHandle).type : typeof value;
  return call.argError(-1, `number expected, got ${got}`);
}

const mixer = (bits: number): LuaEntry =>
  raw((call: LuaCall) => {
    const buffer = self(call);
    const count = Math.floor((call.count - 1) / 2);
    const sources: MixSource[] = [];
    for (let n = 2; sources.length < count; n += 2) {
      const factor = call.checkInteger(n);
      const source = call.checkHost(n + 1, PIXBUF);
      const same = source.leds === buffer.leds && source.channels === buffer.channels;
      call.argCheck(same, n + 1, 'buffer not same size or shape');
      sources.push({ factor, values: source.values });
    }
    if (count > 0 && bits === 0) buffer.mix(sources);
    else if (count > 0) {
      call.argCheck(buffer.channels === 4, 2, 'Requires 4 channel pixbuf');
      buffer.mixIntensity(sources, bits);
    }
    return itself(call);
  });

const replace = (call: LuaCall): LuaResult => {
  const buffer = self(call);
  const start = relative(call.optInteger(3, 1), buffer.leds);
  let source: Uint8Array;
  if (call.type(2) === 'string') {
    const bytes = call.checkBytes(2);
    source = bytes.subarray(0, bytes.length - (bytes.length % buffer.channels));
  } else {
    const other = call.checkHost(2, PIXBUF);
    call.argCheck(other.channels === buffer.channels, 2, 'buffers have different channels');
    source = other.values;
  }
  const fits = source.length / buffer.channels + start - 1 <= buffer.leds;
  call.argCheck(fits, 2, 'does not fit into destination');
  buffer.values.set(source, (start - 1) * buffer.channels);
};

const shift = (call: LuaCall): LuaResult => {
  const buffer = self(call);
  const { channels, leds } = buffer;
  const by = call.checkInteger(2) * channels;
  const type = call.optInteger(3, SHIFT_LOGICAL);
  const start = relative(call.optInteger(4, 1), leds);
  const end = relative(call.optInteger(5, -1), leds);
  if (type !== SHIFT_LOGICAL && type !== SHIFT_CIRCULAR) call.argError(3, 'invalid shift type');
  if (start < 1) call.argError(4, 'start position must be >= 1');
  if (end < start) call.argError(5, 'end position must be >= start');
  const window = (end - start + 1) * channels;
  if (Math.abs(by) > buffer.values.length) call.argError(2, 'shifting more elements than buffer size');
  if (Math.abs(by) > window) call.argError(2, 'shifting more than sliced window');
  buffer.shift(by, type === SHIFT_CIRCULAR, (start - 1) * channels, window);
};

const sub = (call: LuaCall): LuaResult => {
  const buffer = self(call);
  const start = relative(call.checkInteger(2), buffer.leds);
  const end = relative(call.optInteger(3, -1), buffer.leds);
  const part = new Pixels(Math.max(0, end - start + 1), buffer.channels);
  if (part.leds > 0) part.values.set(buffer.values.subarray((start - 1) * buffer.channels, end * buffer.channels));
  return call.newHost(PIXBUF, part);
};

const buffer = arg.self(PIXBUF);

export const PIXBUF_CLASS = classSpec(PIXBUF, {
  __eq: raw((call) => self(call).equals(call.checkHost(2, PIXBUF))),
  __concat: raw(concat),
  __tostring: fn([buffer], (pixels) => pixels.toString()),
  channels: fn([buffer], (pixels) => pixels.channels),
  dump: fn([buffer], (pixels) => Uint8Array.from(pixels.values)),
  fade: fader((pixels, by, direction) => pixels.fade(by, direction)),
  fadeI: fader((pixels, by, direction) => pixels.fadeIntensity(by, direction)),
  fill: raw(fill),
  get: raw((call) => multi(...self(call).pixel(ledOf(call, self(call))))),
  replace: raw(replace),
  map: raw(map),
  mix: mixer(0),
  mix4I5: mixer(5),
  power: fn([buffer], (pixels) => pixels.power),
  powerI: fn([buffer], (pixels) => pixels.intensityPower),
  set: raw(set),
  shift: approximated('circular shifts of more than 32 bytes stay inside the buffer', raw(shift)),
  size: fn([buffer], (pixels) => pixels.leds),
  sub: raw(sub),
});

/** New in 3.0; before, ws2812 had the buffers. */
export const pixbuf = defineModule({ name: 'pixbuf', lifetime: { since: '3.0' } }, () => ({
  order: 'FADE_IN FADE_OUT SHIFT_CIRCULAR SHIFT_LOGICAL newBuffer',
  constants: PIXBUF_CONSTANTS,
  functions: { newBuffer },
  classes: [PIXBUF_CLASS],
}));
