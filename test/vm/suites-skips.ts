/** What of the official Lua test suites the firmware's Lua cannot run, and why. Lines count from 1. */

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
const LOCALES = 'locales';

export const SUITE_SKIPS: Readonly<Record<'5.1' | '5.3', Readonly<Record<string, FileSkips>>>> = {
  '5.1': {
    'all.lua': { whole: COMMAND },
    'main.lua': { whole: COMMAND },
    'files.lua': { whole: IO },
    'attrib.lua': { whole: `${IO}, to write modules` },
    'api.lua': { whole: INTERNAL },
    'db.lua': { whole: 'debug has neither getinfo nor hooks' },
    'constructs.lua': {
      parts: [{ from: 7, to: 7, why: "the firmware's pow is inexact: 2^-2 ~= 1/4" }],
    },
  },
  '5.3': {
    'all.lua': { whole: COMMAND },
    'main.lua': { whole: COMMAND },
    'files.lua': { whole: IO },
    'api.lua': { whole: INTERNAL },
    'code.lua': { whole: INTERNAL },
    'bitwise.lua': { parts: [{ from: 24, to: 24, why: HEX_FLOATS }] },
    'db.lua': { parts: [{ from: 659, to: 659, why: ROM_NAMES }] },
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
};
