import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { discover } from '../../../cli/test/discover.ts';
import { runTest } from '../../../cli/test/run.ts';

const EXAMPLES = new URL('../../../lua-examples', import.meta.url).pathname;
t.test('every example fails when one letter of what is expected of it changes', async (t) => {
  const dir = join(t.testdir({}), 'examples');
  cpSync(EXAMPLES, dir, { recursive: true });
  for (const name of readdirSync(dir).filter((file) => file.endsWith('.expect'))) {
    const path = join(dir, name);
    const lines = readFileSync(path, 'utf8').split('\n');
    // The line behind the command, or whatever comes next that is no hole.
    const at = lines.findIndex((line, i) => i > 0 && /[a-z]/i.test(line) && !line.includes('{{'));
    // A script that prints nothing leaves the prompt.
    const changed = at < 0 ? lines.length - 1 : at;
    lines[changed] = `${lines[changed]}x`;
    writeFileSync(path, lines.join('\n'));
  }
  const found = discover([dir], false);
  if (!found.ok) throw new Error(found.message);
  const golden = found.value.filter(({ kind }) => kind === 'golden');
  t.ok(golden.length > 20);
  const passed = golden.filter((test) => runTest(test, { update: false, libraries: [] }).status === 'pass');
  t.same(
    passed.map(({ file }) => file.slice(dir.length + 1)),
    [],
  );
});
