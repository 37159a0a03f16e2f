/**
 * The firmware's own test files, unmodified, on the device. They are not part of this project: NODEMCU_FIRMWARE names a
 * checkout of github.com/nodemcu/nodemcu-firmware. NTest itself is flashed beside them, where boards have it in LFS.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import { Esp } from '../helpers/esp.ts';

const FIRMWARE = process.env.NODEMCU_FIRMWARE;
const skip =
  FIRMWARE === undefined
    ? 'NODEMCU_FIRMWARE=DIR is not set: a checkout of nodemcu-firmware'
    : existsSync(join(FIRMWARE, 'tests/NTest/NTest.lua'))
      ? false
      : `${FIRMWARE} is no checkout of nodemcu-firmware`;

/** Test file -> how many tests it has. */
const FILES: readonly (readonly [string, number])[] = [
  ['NTest/NTest_NTest', 50],
  ['NTest_tmr', 7],
  ['NTest_file', 17],
  ['NTest_lua', 1],
  ['NTest_pixbuf', 16],
  ['NTest_ws2812', 14],
  ['NTest_ws2812_effects', 2],
];
const LIMIT_MS = 200_000;
/** NTest's code takes 20 KB of what a board with LFS has for its tests. */
const HEAP = 128 * 1024;

for (const [path, tests] of FILES) {
  t.test(`${path}.lua: all of its ${tests} tests pass`, { skip }, async (t) => {
    const source = (name: string): string => readFileSync(join(FIRMWARE ?? '', 'tests', name), 'latin1');
    const file = `${basename(path)}.lua`;
    const esp = new Esp({
      files: { 'NTest.lua': source('NTest/NTest.lua'), [file]: source(`${path}.lua`) },
      profile: { heapBytes: HEAP },
    });
    let console = esp.type(`dofile("${file}")\n`);
    for (let passed = 0; passed < LIMIT_MS && !/^#+ finished /m.test(console); passed += 100) {
      esp.run(100);
      console += esp.take();
    }
    const lines = console.split('\r\n').map((line) => line.replace(/^> /, ''));
    const failures = lines.filter((line) => /^ ==>|^--- FAIL|PANIC|not enough memory/.test(line));
    t.same(failures, []);
    const ended = lines.filter((line) => /^end |^\+\+\+ Pass (?!finishing up)/.test(line)).length;
    t.equal(ended, tests);
    t.comment(`${file}: ${ended} of ${tests} tests`);
  });
}
