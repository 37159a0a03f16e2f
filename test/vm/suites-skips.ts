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
    'math.lua': { whole: 'hexadecimal floats, which the firmware does not read' },
    'literals.lua': {
      parts: [{ from: 265, to: 285, why: 'locales, and hexadecimal floats, which the firmware does not read' }],
    },
    'bitwise.lua': {
      parts: [{ from: 24, to: 24, why: 'hexadecimal floats, which the firmware does not read' }],
    },
  },
};
