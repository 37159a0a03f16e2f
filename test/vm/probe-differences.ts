import type { LuaBuild } from '../../runtime/vm/index.ts';

/** Where the firmware's Lua answers an expression of the probe differently than PUC's on a PC, and why. */

const LIBRARIES = 'what the firmware leaves out or keeps';
const INT32 = 'integers have 32 bits on the chip';
const SINGLE = 'floats of the 5.3 firmware are single, printed with 7 digits';
const FLOOR = 'the C library of the chip: floor and conversions saturate at 32 bits';
const TO_INTEGER = "luaV_tointeger asks the chip's floor, so that no float beyond 32 bits has an integer";
const MODULO = "the remainder is taken with the chip's floor";
const SIGN = 'the C library of the chip prints no sign of -0 and nan';
const PRINTF = "the firmware's printf: no %a, halves up, digits by repeated scaling";
const HEX_FLOAT = 'the firmware reads no hexadecimal floats';
const COLLECTOR = 'another heap';
const NO_CACHE = 'the firmware has no cache of closures';
const RUN_BY_USER = 'the stand-alone interpreter sets arg';

/** Of both builds of 5.3. */
const OF_53: Readonly<Record<string, string>> = {
  unpack: LIBRARIES,
  loadstring: LIBRARIES,
  'package.loaders': LIBRARIES,
  'package.cpath': LIBRARIES,
  'math.pow': LIBRARIES,
  'math.log10': LIBRARIES,
  'math.cosh': LIBRARIES,
  'math.ldexp': LIBRARIES,
  'math.atan2': LIBRARIES,
  bit32: LIBRARIES,
  '0/0': SIGN,
  '-0.0': SIGN,
  '5%math.huge': MODULO,
  '-5%math.huge': MODULO,
  'tonumber("0x1p4")': HEX_FLOAT,
  'string.format("%a", 1)': PRINTF,
  '(function(...) return arg end)(1,2)': RUN_BY_USER,
  '(function() local r={} for i=1,2 do r[i]=function() end end return r[1]==r[2] end)()': NO_CACHE,
  'collectgarbage("count")': COLLECTOR,
  'tostring(-0.0)': SIGN,
  '0xA.8p0': HEX_FLOAT,
  'string.format("%.0f", 0.5)': PRINTF,
  'string.format("%.0f", 2.5)': PRINTF,
  'string.format("%g", 0/0)': SIGN,
};

export const DIFFERENCES: Readonly<Record<LuaBuild, Readonly<Record<string, string>>>> = {
  '5.1': {
    'package.cpath': LIBRARIES,
    'math.mod': LIBRARIES,
    'math.log10': LIBRARIES,
    'math.cosh': LIBRARIES,
    'math.ldexp': LIBRARIES,
    'math.atan2': LIBRARIES,
    '123456789012345': PRINTF,
    '0x100000000': INT32,
    '0/0': SIGN,
    '-0.0': SIGN,
    '0*-1': SIGN,
    '5%0': MODULO,
    '5%math.huge': MODULO,
    '-5%math.huge': MODULO,
    'math.floor(2^40)': FLOOR,
    'tonumber("0x1p4")': HEX_FLOAT,
    'string.format("%d", 2^31)': FLOOR,
    'string.format("%x", -1)': INT32,
    'string.format("%u", -1)': INT32,
    'collectgarbage("count")': COLLECTOR,
    'tostring(-0.0)': SIGN,
    'string.format("%.17g", 0.1)': PRINTF,
    'string.format("%.0f", 0.5)': PRINTF,
    'string.format("%.0f", 2.5)': PRINTF,
    'string.format("%d", 1/0)': FLOOR,
    'string.format("%g", 0/0)': SIGN,
  },
  '5.3': {
    ...OF_53,
    '2^31': SINGLE,
    '2^53': SINGLE,
    '123456789012345': INT32,
    '100000000000000': INT32,
    '2147483647+1': INT32,
    '2147483648': INT32,
    '-2147483648': INT32,
    '4294967296': INT32,
    '0xffffffff': INT32,
    '0xffffffff+1': INT32,
    '0x100000000': INT32,
    '2147483647*2': INT32,
    '65536*65536': INT32,
    'math.floor(2^40)': INT32,
    'math.abs(-2147483648)': INT32,
    'tonumber("ffffffff",16)': INT32,
    'tonumber("99999999999")': INT32,
    '2^53 .. ""': SINGLE,
    '1 << 31': INT32,
    '1 << 32': INT32,
    'string.format("%d", 2^31)': INT32,
    'string.format("%x", -1)': INT32,
    'string.format("%x", 2^31)': INT32,
    'string.format("%u", 2^31)': INT32,
    'string.format("%u", -1)': INT32,
    '(function() local k={} k[1]=1 k[1.5]=2 k[2^53]=3 local s="" for a,b in pairs(k) do s=s..tostring(a).."," end return s end)()':
      SINGLE,
    '2^63': SINGLE,
    '12345678901234567890': SINGLE,
    'string.format("%.17g", 0.1)': SINGLE,
    'string.format("%f", 1e15)': SINGLE,
  },
  '5.3-64': {
    ...OF_53,
    'math.floor(2^40)': FLOOR,
    'string.format("%d", 2^31)': TO_INTEGER,
    'string.format("%x", 2^31)': TO_INTEGER,
    'string.format("%u", 2^31)': TO_INTEGER,
    '(function() local k={} k[1]=1 k[1.5]=2 k[2^53]=3 local s="" for a,b in pairs(k) do s=s..tostring(a).."," end return s end)()':
      TO_INTEGER,
    '5 // 0.0': FLOOR,
    'string.format("%.17g", 0.1)': PRINTF,
  },
};
