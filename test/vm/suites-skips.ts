/** What of the official Lua test suites the firmware's Lua cannot run, and why. Lines count from 1. */
import type { LuaBuild } from '../../runtime/vm/index.ts';

export interface Skip {
  readonly from: number;
  readonly to: number;
  readonly why: string;
}

interface FileSkips {
  /** The whole file. */
  readonly whole?: string;
  readonly parts?: readonly Skip[];
}

const COMMAND = 'the command line of the stand-alone interpreter';
const IO = 'the library io';
const INTERNAL = 'the internal test library T';
const HEX_FLOATS = 'hexadecimal floats, which the firmware does not read';
const HEX_FORMAT = 'hexadecimal floats, which the firmware does not print: %q of a float has six decimals';
const ROM_NAMES = 'the firmware finds basic functions in its flash, so error is ROM.error';
const DEBUG = 'functions of debug that the firmware leaves out';
const POW = "the firmware's pow is inexact: 2^-2 ~= 1/4";
const FLOOR = "the firmware's floor of a double goes through 32 bits";
const LONG_STRING = 'strings of 32 MB, which are out of memory before they are too long';
const READER = 'load reads all pieces before it compiles them';
const LONG_SOURCE = 'a source of 2 MB, for which there is no memory';
const MATH = 'functions of math that the firmware leaves out';
const LOCALS = 'more than 50 locals, which the firmware refuses before it counts the upvalues';
const FLASH = 'basic functions stand in flash, not in _G';
const BIG_FLOATS = 'the firmware does not print %f of 2^64 and above';
const STOPPED = 'a stopped collector neither steps nor collects';
const LOCALES = 'locales';

/** Of both builds of 5.3. */
const OF_53: Readonly<Record<string, FileSkips>> = {
  'all.lua': { whole: COMMAND },
  'main.lua': { whole: COMMAND },
  'files.lua': { whole: IO },
  'api.lua': { whole: INTERNAL },
  'code.lua': { whole: INTERNAL },
  'errors.lua': {
    parts: [
      { from: 151, to: 151, why: IO },
      { from: 154, to: 154, why: IO },
      { from: 156, to: 156, why: IO },
      { from: 159, to: 159, why: IO },
      { from: 164, to: 164, why: IO },
      { from: 232, to: 232, why: IO },
      { from: 249, to: 249, why: ROM_NAMES },
    ],
  },
  'literals.lua': { parts: [{ from: 264, to: 288, why: LOCALES }] },
};

export const SUITE_SKIPS: Readonly<Record<LuaBuild, Readonly<Record<string, FileSkips>>>> = {
  '5.1': {
    'all.lua': { whole: COMMAND },
    'main.lua': { whole: COMMAND },
    'files.lua': { whole: IO },
    'attrib.lua': { whole: `${IO}, to write modules` },
    'api.lua': { whole: INTERNAL },
    'db.lua': { whole: 'debug has neither getinfo nor hooks' },
    'big.lua': {
      parts: [
        { from: 1, to: 11, why: LONG_STRING },
        { from: 15, to: 25, why: LONG_SOURCE },
      ],
    },
    'calls.lua': {
      parts: [
        { from: 241, to: 241, why: DEBUG },
        { from: 249, to: 250, why: READER },
        { from: 269, to: 286, why: DEBUG },
      ],
    },
    'closure.lua': {
      parts: [
        { from: 276, to: 277, why: DEBUG },
        { from: 312, to: 312, why: POW },
        { from: 415, to: 419, why: DEBUG },
      ],
    },
    'errors.lua': {
      parts: [
        { from: 127, to: 127, why: IO },
        { from: 158, to: 184, why: DEBUG },
        { from: 254, to: 254, why: LOCALS },
      ],
    },
    'constructs.lua': {
      parts: [
        { from: 7, to: 7, why: POW },
        { from: 189, to: 189, why: DEBUG },
      ],
    },
    'events.lua': { parts: [{ from: 329, to: 360, why: DEBUG }] },
    'literals.lua': { parts: [{ from: 100, to: 119, why: DEBUG }] },
    'locals.lua': { parts: [{ from: 89, to: 106, why: POW }] },
    'math.lua': {
      parts: [
        { from: 8, to: 8, why: POW },
        { from: 15, to: 16, why: MATH },
        { from: 53, to: 53, why: POW },
        { from: 55, to: 55, why: POW },
        { from: 73, to: 73, why: POW },
        { from: 96, to: 100, why: MATH },
        { from: 102, to: 102, why: MATH },
        { from: 107, to: 108, why: MATH },
        { from: 110, to: 113, why: MATH },
        { from: 124, to: 145, why: IO },
      ],
    },
    'gc.lua': {
      parts: [
        { from: 97, to: 113, why: STOPPED },
        { from: 203, to: 230, why: STOPPED },
      ],
    },
    'nextvar.lua': { parts: [{ from: 191, to: 193, why: FLASH }] },
    'strings.lua': {
      parts: [
        { from: 124, to: 124, why: BIG_FLOATS },
        { from: 171, to: 173, why: LOCALES },
      ],
    },
  },
  '5.3': {
    ...OF_53,
    'bitwise.lua': { parts: [{ from: 24, to: 24, why: HEX_FLOATS }] },
    'db.lua': { parts: [{ from: 659, to: 659, why: ROM_NAMES }] },
    'strings.lua': {
      parts: [
        { from: 184, to: 185, why: HEX_FORMAT },
        { from: 257, to: 288, why: HEX_FORMAT },
      ],
    },
    'math.lua': {
      parts: [
        { from: 410, to: 419, why: HEX_FLOATS },
        { from: 421, to: 422, why: HEX_FLOATS },
        { from: 479, to: 479, why: HEX_FLOATS },
        { from: 491, to: 499, why: HEX_FLOATS },
      ],
    },
  },
  '5.3-64': {
    ...OF_53,
    'attrib.lua': {
      parts: [
        { from: 424, to: 425, why: FLOOR },
        { from: 430, to: 431, why: FLOOR },
      ],
    },
    'bitwise.lua': {
      parts: [
        { from: 24, to: 24, why: HEX_FLOATS },
        { from: 46, to: 47, why: POW },
        { from: 279, to: 279, why: POW },
        { from: 309, to: 309, why: POW },
        { from: 321, to: 324, why: POW },
      ],
    },
    'constructs.lua': { parts: [{ from: 27, to: 27, why: POW }] },
    'coroutine.lua': { parts: [{ from: 218, to: 218, why: POW }] },
    'db.lua': {
      parts: [
        { from: 440, to: 440, why: POW },
        { from: 442, to: 442, why: POW },
        { from: 659, to: 659, why: ROM_NAMES },
      ],
    },
    'locals.lua': { parts: [{ from: 91, to: 99, why: POW }] },
    'math.lua': {
      parts: [
        { from: 35, to: 35, why: POW },
        { from: 78, to: 78, why: POW },
        { from: 98, to: 98, why: FLOOR },
        { from: 102, to: 102, why: FLOOR },
        { from: 104, to: 104, why: FLOOR },
        { from: 137, to: 138, why: FLOOR },
        { from: 153, to: 153, why: POW },
        { from: 165, to: 165, why: POW },
        { from: 173, to: 174, why: POW },
        { from: 184, to: 184, why: POW },
        { from: 185, to: 185, why: FLOOR },
        { from: 186, to: 186, why: POW },
        { from: 208, to: 208, why: POW },
        { from: 215, to: 221, why: POW },
        { from: 223, to: 224, why: POW },
        { from: 296, to: 298, why: POW },
        { from: 301, to: 301, why: FLOOR },
        { from: 303, to: 303, why: FLOOR },
        { from: 314, to: 314, why: FLOOR },
        { from: 353, to: 353, why: FLOOR },
        { from: 398, to: 398, why: POW },
        { from: 422, to: 422, why: HEX_FLOATS },
        { from: 478, to: 478, why: POW },
        { from: 479, to: 479, why: HEX_FLOATS },
        { from: 491, to: 499, why: HEX_FLOATS },
        { from: 513, to: 513, why: POW },
        { from: 611, to: 611, why: FLOOR },
        { from: 614, to: 614, why: FLOOR },
        { from: 616, to: 616, why: FLOOR },
        { from: 619, to: 622, why: POW },
        { from: 630, to: 630, why: FLOOR },
        { from: 634, to: 634, why: FLOOR },
        { from: 637, to: 637, why: FLOOR },
      ],
    },
    'nextvar.lua': {
      parts: [
        { from: 566, to: 566, why: FLOOR },
        { from: 569, to: 570, why: FLOOR },
      ],
    },
    'strings.lua': {
      parts: [
        { from: 184, to: 184, why: HEX_FORMAT },
        { from: 243, to: 243, why: POW },
        { from: 245, to: 246, why: POW },
        { from: 257, to: 288, why: HEX_FORMAT },
      ],
    },
    'tpack.lua': { parts: [{ from: 140, to: 144, why: POW }] },
  },
};
