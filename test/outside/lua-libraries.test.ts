/**
 * Sample files of luaunit and busted, unmodified, by `mcubox test`. They are not part of this project: LUAUNIT names a
 * checkout of github.com/bluebird75/luaunit, BUSTED one of github.com/lunarmodules/busted.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runTest } from '../../cli/test/run.ts';
import { missing } from '../helpers/programs.ts';

const absent = (variable: string, dir: string | undefined, file: string): string | false =>
  dir === undefined ? `${variable}=DIR is not set` : existsSync(join(dir, file)) ? false : `${dir} has no ${file}`;

const { LUAUNIT = '', BUSTED = '' } = process.env;

const SAMPLES = ['example_with_luaunit', 'test/test_with_err_fail_pass', 'test/some_lists_comparisons'];
const skipLuaunit = absent('LUAUNIT', process.env.LUAUNIT, 'luaunit.lua') || missing('lua5.3');

for (const sample of SAMPLES)
  t.test(
    `${sample} goes on the device as in PUC's Lua, with our library and with luaunit's own`,
    {
      skip: skipLuaunit,
    },
    async (t) => {
      const dir = t.testdir({});
      const file = join(dir, 'test_sample.lua');
      copyFileSync(join(LUAUNIT, `${sample}.lua`), file);
      copyFileSync(join(LUAUNIT, 'luaunit.lua'), join(dir, 'luaunit.lua'));
      let tap = '';
      try {
        tap = execFileSync('lua5.3', ['test_sample.lua', '-o', 'tap'], { cwd: dir, encoding: 'utf8', stdio: 'pipe' });
      } catch (error) {
        // Its exit code is the number of failures.
        tap = String((error as { stdout?: string }).stdout);
      }
      const there = [...tap.matchAll(/^(ok|not ok)\s+\d+\s+(?!# SKIP)(\S+)/gm)].map(([, ok, name]) => `${ok} ${name}`);
      t.ok(there.length > 5);
      const here = (libraries: { host: string; name: string }[]): string[] =>
        runTest({ kind: 'luaunit', file, seed: 1 }, { update: false, libraries })
          .parts.filter(({ name }) => !name.includes('skipped'))
          .map(({ name, ok }) => `${ok ? 'ok' : 'not ok'} ${name}`);
      t.same(here([]).sort(), there.sort(), 'our library');
      t.same(here([{ host: join(dir, 'luaunit.lua'), name: 'luaunit.lua' }]).sort(), there.sort(), "luaunit's own");
    },
  );

const SPECS: readonly (readonly [string, number])[] = [
  ['execution_order_sync_spec', 5],
  ['file_context_support_spec', 2],
];
for (const [name, tests] of SPECS)
  t.test(`${name} of busted passes`, { skip: absent('BUSTED', process.env.BUSTED, `spec/${name}.lua`) }, async (t) => {
    const test = { kind: 'spec', file: join(BUSTED, 'spec', `${name}.lua`), seed: 1 } as const;
    const { status, parts } = runTest(test, { update: false, libraries: [] });
    t.equal(status, 'pass');
    t.equal(parts.length, tests);
  });
