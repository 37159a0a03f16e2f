/** `dht`: temperature and humidity sensors of one wire, read by timing each bit. Firmware: app/modules/dht.c, app/dht/dht.c */
import { us } from '../../runtime/core/index.ts';
import { type Device, type Level, PIN_COUNT, PIN_MODE } from '../../runtime/device/index.ts';
import { LuaFloat, multi } from '../../runtime/vm/index.ts';
import { arg } from './arg.ts';
import { defineModule, fn, type LuaEntry, since } from './lua.ts';

const OK = 0;
const ERROR_CHECKSUM = -1;
const ERROR_TIMEOUT = -2;
const INVALID = -999;

/** Length of the start pulse in all modes that Lua reaches. */
const WAKE_UP_MS = 18;
/** Polls of a microsecond each. */
const PATIENCE = 100;
/** A longer high is a 1. */
const ONE_US = 40;

type Kind = 'any' | 'dht11' | 'dht12';

/** The sensor's five bytes, or undefined when it does not keep its time. */
function listen(device: Device, pin: number): number[] | undefined {
  const { gpio, cpu } = device;
  gpio.setMode(pin, PIN_MODE.OUTPUT);
  gpio.write(pin, 0);
  cpu.spend(us(WAKE_UP_MS * 1000));
  gpio.write(pin, 1);
  cpu.spend(us(40));
  gpio.release(pin);
  /** Waits for the end of a level; how long it took, or undefined. */
  const pass = (level: Level): number | undefined => {
    const begin = device.clock.now();
    for (let left = PATIENCE; gpio.read(pin) === level; ) {
      cpu.spend(us(1));
      if (--left === 0) return undefined;
    }
    return device.clock.now() - begin;
  };
  if (pass(0) === undefined || pass(1) === undefined) return undefined;
  const bytes = [0, 0, 0, 0, 0];
  for (let i = 0; i < 40; i++) {
    if (pass(0) === undefined) return undefined;
    const high = pass(1);
    if (high === undefined) return undefined;
    if (high > ONE_US) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (0x80 >> (i & 7));
  }
  gpio.write(pin, 1);
  return bytes;
}

interface Reading {
  readonly status: number;
  readonly temperature: number;
  readonly humidity: number;
}

function convert(kind: Kind, [b0 = 0, b1 = 0, b2 = 0, b3 = 0, b4 = 0]: readonly number[]): Reading {
  // Two empty bytes look like the oldest DHT11, whichever sensor was asked for.
  if (b1 === 0 && b3 === 0 && b4 === ((b0 + b2) & 0xff)) return { status: OK, temperature: b2, humidity: b0 };
  const status = b4 === ((b0 + b1 + b2 + b3) & 0xff) ? OK : ERROR_CHECKSUM;
  if (kind === 'any') {
    const magnitude = (((b2 & 0x7f) << 8) | b3) * 0.1;
    return { status, temperature: b2 & 0x80 ? magnitude * -1 : magnitude, humidity: ((b0 << 8) | b1) * 0.1 };
  }
  const humidity = b0 + b1 * 0.1;
  const tenths = (b3 & 0x0f) * 0.1;
  if (kind === 'dht11') return { status, temperature: (b3 & 0x80 ? -1 - b2 : b2) + tenths, humidity };
  return { status, temperature: b2 & 0x80 ? (b2 + tenths) * -1 : b2 + tenths, humidity };
}

/** Three digits after the point, cut off. */
const decimals = (value: number): number => Math.trunc((value - Math.trunc(value)) * 1000);

export const dht = defineModule({ name: 'dht' }, (device) => {
  const reader = (kind: Kind): LuaEntry =>
    fn([arg.integer()], (pin, call) => {
      if (pin <= 0 || pin >= PIN_COUNT) call.error(`dht ${pin} does not exist`);
      const bytes = listen(device, pin);
      const { status, temperature, humidity } =
        bytes === undefined ? { status: ERROR_TIMEOUT, temperature: INVALID, humidity: INVALID } : convert(kind, bytes);
      const numbers = [new LuaFloat(temperature), new LuaFloat(humidity)] as const;
      return multi(status, ...numbers, decimals(temperature), decimals(humidity));
    });
  return {
    constants: { OK, ERROR_CHECKSUM, ERROR_TIMEOUT },
    // readxx is mapped to the function of read.
    functions: {
      read: reader('any'),
      read11: reader('dht11'),
      read12: since('3.0', reader('dht12')),
      readxx: reader('any'),
    },
  };
});
