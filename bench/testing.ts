/**
 * Tests per second: the same luaunit files by `mcubox test` and under PUC's Lua with the mocks of fikin/nodemcu-lua-mocks,
 * as a user runs them: one command for all, or one process a file. NODEMCU_MOCKS names a checkout of the mocks.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { number, type Row, wallMs } from './row.ts';

const FILES = 20;
const TESTS_PER_FILE = 25;
const MAIN = new URL('../dist/cli/main.js', import.meta.url).pathname;

/** Assertions that both can decide: no network, which the mocks do not have. */
function testFile(): string {
  const tests = Array.from({ length: TESTS_PER_FILE }, (_, i) => [
    `function TestDevice:test${i}a()`,
    `  local t = sjson.decode('{"n": ${i}, "list": [1, 2, 3]}')`,
    `  lu.assertEquals(t.n, ${i})`,
    '  lu.assertEquals(#t.list, 3)',
    `  lu.assertEquals(bit.band(${i}, 1), ${i % 2})`,
    `  file.open("f${i}", "w") file.write("text ${i}") file.close()`,
    `  file.open("f${i}", "r") local text = file.read() file.close()`,
    `  lu.assertEquals(text, "text ${i}")`,
    '  local timer = tmr.create()',
    '  lu.assertTrue(timer:alarm(1000, tmr.ALARM_SINGLE, function() end))',
    '  lu.assertTrue(timer:unregister() == nil)',
    'end',
  ]);
  return [
    'local lu = require("luaunit")',
    'if not tmr then',
    '  nodemcu = require("nodemcu")',
    '  bit, file, sjson, tmr = require("bit"), require("file"), require("sjson"), require("tmr")',
    '  nodemcu.reset()',
    'end',
    'TestDevice = {}',
    ...tests.flat(),
    'os.exit(lu.LuaUnit.run())',
    '',
  ].join('\n');
}

export function testingBench(): Row[] {
  const dir = mkdtempSync(join(tmpdir(), 'mcubox-bench-'));
  try {
    const names = Array.from({ length: FILES }, (_, i) => `test_${i}.lua`);
    for (const name of names) writeFileSync(join(dir, name), testFile());
    mkdirSync(join(dir, 'spiffs'));
    const quiet = { cwd: dir, stdio: 'pipe' } as const;
    const perSecond = (ms: number): number => (FILES * TESTS_PER_FILE * 1000) / ms;
    const ours = perSecond(wallMs(2, () => execFileSync(process.execPath, [MAIN, 'test', '.'], quiet)));
    return [
      { name: `luaunit tests, ${FILES} files`, value: ours, unit: 'tests/s', versus: besideMocks(dir, names, ours) },
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }

  function besideMocks(cwd: string, names: readonly string[], ours: number): string {
    const mocks = process.env.NODEMCU_MOCKS;
    if (mocks === undefined || !existsSync(join(mocks, 'lua/nodemcu.lua')))
      return 'NODEMCU_MOCKS=DIR is not set: fikin/nodemcu-lua-mocks';
    const env = {
      ...process.env,
      LUA_PATH: `${join(mocks, 'lua/?.lua')};;`,
      NODEMCU_MOCKS_SPIFFS_DIR: join(cwd, 'spiffs'),
    };
    const ms = wallMs(2, () => {
      for (const name of names) execFileSync('lua5.3', [name], { cwd, env, stdio: 'pipe' });
    });
    const theirs = (FILES * TESTS_PER_FILE * 1000) / ms;
    return `${number(theirs)} with nodemcu-lua-mocks under lua5.3, without packets: ${number(ours / theirs)} times`;
  }
}
