/** `ads1115`: converters of 16 and 12 bits with four inputs behind I2C. Firmware: app/modules/ads1115.c */
import type { OsTimer } from '../../runtime/device/index.ts';
import { type LuaCall, LuaFloat, type LuaInput, type LuaRef, multi, NIL } from '../../runtime/vm/index.ts';
import { I2cDevice, signed16, unsigned16 } from './i2c-device.ts';
import { classSpec, defineModule, type LuaEntry, type LuaResult, luaClass, raw } from './lua.ts';

const REGISTER = { CONVERSION: 0, CONFIG: 1, LOW: 2, HIGH: 3 } as const;
const CONFIG_DEFAULT = 0x8583;
const GENERAL_CALL = 0;
const RESET = 0x06;
const START = 0x8000;
const MODE = { SINGLE_SHOT: 0x0100, CONTINUOUS: 0 } as const;
const QUEUE = { CONV_RDY_1: 0, CONV_RDY_2: 1, CONV_RDY_4: 2, COMP_1CONV: 0, COMP_2CONV: 1, COMP_4CONV: 2 } as const;
const QUEUE_NONE = 3;
const COMPARATOR = { CMODE_TRAD: 0, CMODE_WINDOW: 0x10 } as const;
const ADDRESS = { ADDR_GND: 0x48, ADDR_VDD: 0x49, ADDR_SDA: 0x4a, ADDR_SCL: 0x4b } as const;
const CHANNEL = {
  DIFF_0_1: 0x0000,
  DIFF_0_3: 0x1000,
  DIFF_1_3: 0x2000,
  DIFF_2_3: 0x3000,
  SINGLE_0: 0x4000,
  SINGLE_1: 0x5000,
  SINGLE_2: 0x6000,
  SINGLE_3: 0x7000,
} as const;
const GAIN = {
  GAIN_6_144V: 0x0000,
  GAIN_4_096V: 0x0200,
  GAIN_2_048V: 0x0400,
  GAIN_1_024V: 0x0600,
  GAIN_0_512V: 0x0800,
  GAIN_0_256V: 0x0a00,
} as const;
/** Millivolts of full scale by gain. */
const FULL_MV: Readonly<Record<number, number>> = { 0: 6144, 512: 4096, 1024: 2048, 1536: 1024, 2048: 512, 2560: 256 };
/** Samples per second in the order of the register's values. */
const RATES = {
  ads1115: [8, 16, 32, 64, 128, 250, 475, 860],
  ads1015: [128, 250, 490, 920, 1600, 2400, 3300],
} as const;
/** How long a reading waits, by samples per second. */
const WAIT_MS: Readonly<Record<number, number>> = {
  8: 150,
  16: 75,
  32: 35,
  64: 20,
  128: 10,
  250: 5,
  475: 3,
  490: 3,
  860: 2,
  920: 2,
};
const UNEXPECTED = 'unexpected value';

type Kind = keyof typeof RATES;

class Converter {
  readonly chip: I2cDevice;
  readonly kind: Kind;
  readonly timer: OsTimer;
  gain = 0;
  rate: number;
  queue: number = QUEUE_NONE;
  mode: number = MODE.SINGLE_SHOT;
  low = 0x8000;
  high = 0x7fff;
  config = CONFIG_DEFAULT;
  callback: LuaRef | undefined;

  constructor(chip: I2cDevice, kind: Kind, timer: OsTimer) {
    this.chip = chip;
    this.kind = kind;
    this.timer = timer;
    this.rate = kind === 'ads1115' ? 128 : 1600;
  }

  register(register: number, value: number): void {
    this.chip.write(register, value >> 8, value);
  }

  /** Millivolts, nothing, the raw value without its sign, nothing: as builds with floating point have it. */
  read(): LuaInput[] {
    const bytes = this.chip.registers(REGISTER.CONVERSION, 2);
    const millivolts = (signed16(bytes) * (FULL_MV[this.gain] ?? 0)) / 32768;
    return [new LuaFloat(millivolts), NIL, unsigned16(bytes), NIL];
  }

  /** The alert pin tells when a conversion is ready. */
  get alerts(): boolean {
    return this.queue !== QUEUE_NONE && this.low === 0x7fff && this.high === 0x8000;
  }

  stop(): void {
    this.timer.disarm();
    this.callback?.release();
    this.callback = undefined;
  }
}

const CONVERTER = luaClass<Converter>('ads1115.device');
const among = (values: Readonly<Record<string, number>>, value: number): boolean =>
  Object.values(values).includes(value);
const short = (call: LuaCall, n: number): number => call.checkInteger(n) & 0xffff;

/** A threshold in millivolts as the register has it; raises when it is out of range for the gain and channel. */
function threshold(call: LuaCall, n: number, gain: number, channel: number): number {
  const value = (short(call, n) << 16) >> 16;
  const full = FULL_MV[gain] ?? 0;
  call.argCheck(value < full && value >= -full && !(value < 0 && channel >> 14 !== 0), n, UNEXPECTED);
  return Math.trunc((value * 32768) / full) & 0xffff;
}

function setting(call: LuaCall): LuaResult {
  const { count } = call;
  if (![5, 6, 8, 9].includes(count)) call.error("invalid number of arguments to 'setting'");
  const converter = call.checkHost(1, CONVERTER);
  const gain = short(call, 2);
  call.argCheck(among(GAIN, gain), 2, UNEXPECTED);
  const rates: readonly number[] = RATES[converter.kind];
  const rate = short(call, 3);
  call.argCheck(rates.includes(rate), 3, UNEXPECTED);
  const channel = short(call, 4);
  call.argCheck((channel & 0x8fff) === 0, 4, UNEXPECTED);
  const mode = short(call, 5);
  call.argCheck(among(MODE, mode), 5, UNEXPECTED);
  Object.assign(converter, { gain, rate, mode, queue: QUEUE_NONE });
  if (count > 5) {
    const queue = short(call, 6);
    call.argCheck(among(QUEUE, queue), 6, UNEXPECTED);
    let [low, high] = [0x7fff, 0x8000];
    if (count > 6) {
      const signed = [7, 8].map((n) => (short(call, n) << 16) >> 16) as [number, number];
      call.argCheck(signed[0] <= signed[1], 7, 'threshold_low > threshold_hi');
      [low, high] = [threshold(call, 7, gain, channel), threshold(call, 8, gain, channel)];
    }
    Object.assign(converter, { low, high, queue });
    converter.register(REGISTER.LOW, low);
    converter.register(REGISTER.HIGH, high);
  }
  const comparator = count === 9 ? short(call, 9) : COMPARATOR.CMODE_TRAD;
  call.argCheck(among(COMPARATOR, comparator), 9, UNEXPECTED);
  const start = mode === MODE.SINGLE_SHOT ? START : 0;
  converter.config = start | channel | gain | mode | (rates.indexOf(rate) << 5) | comparator | converter.queue;
  converter.register(REGISTER.CONFIG, converter.config);
}

function startRead(call: LuaCall): LuaResult {
  const converter = call.checkHost(1, CONVERTER);
  const begin = (): void => {
    if (converter.mode === MODE.SINGLE_SHOT) converter.register(REGISTER.CONFIG, converter.config);
  };
  if (converter.alerts) return begin();
  call.argCheck(call.type(2) === 'function', 2, 'Must be function');
  converter.stop();
  converter.callback = call.ref(2);
  begin();
  converter.timer.arm(WAIT_MS[converter.rate] ?? 1, false);
}

export const ads1115 = defineModule({ name: 'ads1115', lifetime: { since: '2.2' } }, (device) => {
  const make = (kind: Kind): LuaEntry =>
    raw((call: LuaCall) => {
      call.argCheck((call.checkInteger(1) & 0xff) === 0, 1, 'i2c_id must be 0');
      const address = call.checkInteger(2) & 0xff;
      call.argCheck(among(ADDRESS, address), 2, UNEXPECTED);
      const chip = new I2cDevice(device, address);
      const config = unsigned16(chip.registers(REGISTER.CONFIG, 2));
      if (config === 0xffff) call.error('found no device');
      if (config !== CONFIG_DEFAULT)
        call.error(
          `unexpected config value (0x${config.toString(16)}) please reset device before calling this function`,
        );
      const timer = device.timers.timer('ads1115', () => {
        const { callback } = converter;
        converter.callback = undefined;
        if (callback === undefined) return;
        device.lua.pcallx(callback, converter.read());
        callback.release();
      });
      const converter = new Converter(chip, kind, timer);
      return call.newHost(CONVERTER, converter);
    });

  return {
    constants: {
      ...ADDRESS,
      ...MODE,
      ...CHANNEL,
      ...GAIN,
      ...QUEUE,
      ...COMPARATOR,
      ...Object.fromEntries([...RATES.ads1115, ...RATES.ads1015].map((rate) => [`DR_${rate}SPS`, rate])),
    },
    functions: {
      ads1115: make('ads1115'),
      ads1015: make('ads1015'),
      reset: raw(() => new I2cDevice(device, GENERAL_CALL).write(RESET)),
    },
    classes: [
      classSpec(CONVERTER, {
        setting: raw(setting),
        startread: raw(startRead),
        read: raw((call) => multi(...call.checkHost(1, CONVERTER).read())),
        __gc: raw((call) => call.checkHost(1, CONVERTER).stop()),
      }),
    ],
  };
});
