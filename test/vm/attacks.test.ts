import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { createLua, LUA_BUILDS } from '../../runtime/vm/index.ts';
import { ATTACKS } from './attacks.ts';
import { end } from './attacks-run.ts';

const LIMIT_MS = 2000;
const LIMIT_MIB = 256;
// More than five hundred runs of up to a second of processor time.
t.test('every attack ends inside its state, soon, and the process lives on in little memory', async (t) => {
  const file = fileURLToPath(new URL('attacks-run.ts', import.meta.url));
  const run = spawnSync(process.execPath, [`--max-old-space-size=${LIMIT_MIB}`, '--import', 'tsx', file, 'all'], {
    encoding: 'utf8',
  });
  t.equal(run.status, 0, run.stderr.slice(0, 500));
  const lines = run.stdout.trimEnd().split('\n');
  t.equal(lines.length, LUA_BUILDS.length * ATTACKS.length);
  for (const line of lines) {
    const [version, name, took, why] = line.split('\t');
    t.ok(Number(took) < LIMIT_MS, `Lua ${version}, ${name}: ${why} after ${took} ms`);
  }
});

for (const version of LUA_BUILDS) {
  t.test(`Lua ${version}: other states live on unchanged`, async (t) => {
    let out = '';
    const other = createLua(
      { write: (text) => (out += text), readFile: () => undefined, onError: () => {}, random: () => 0.5 },
      { version },
    );
    const run = () => {
      const loaded = other.load(
        'n = (n or 0) + 1 print(n, #string.rep("x", 10), next({}), pcall(error, "e"))',
        '=other',
      );
      if (loaded.ok) other.docall(loaded.chunk);
    };
    run();
    for (const { source } of ATTACKS.filter((_, i) => i % 5 === 0)) end(source, version);
    run();
    t.equal(out, '1\t10\tnil\tfalse\te\n2\t10\tnil\tfalse\te\n');
  });
}
