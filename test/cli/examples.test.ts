/**
 * The scripts of lua-examples/, tested by `mcubox test` itself: each has its console in X.expect, and those that wait for
 * others have an X.scenario.yaml with what the others do. `mcubox test --update lua-examples` writes the consoles anew.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { discover } from '../../cli/test/discover.ts';
import { runTest } from '../../cli/test/run.ts';
import { tapPoint } from '../../cli/test/tap.ts';

const FOLDER = join(new URL('../..', import.meta.url).pathname, 'lua-examples');
const EXAMPLES = readdirSync(FOLDER).filter((name) => name.endsWith('.lua'));
/** An example that needs what others do is run by its scenario. */
const FIRST_LINE =
  /^-- [A-Z].*\. Run: mcubox (?:run lua-examples\/([a-z0-9-]+)\.lua(?: \S+)*|test lua-examples\/([a-z0-9-]+)\.scenario\.yaml)$/;

t.test('every example says what it shows and how to run it, and is tested', async (t) => {
  t.ok(EXAMPLES.length >= 12);
  for (const name of EXAMPLES) {
    const [line] = readFileSync(join(FOLDER, name), 'utf8').split('\n', 1) as [string];
    const [, run, test] = FIRST_LINE.exec(line) ?? [];
    t.equal(`${run ?? test}.lua`, name, line);
    t.ok(existsSync(join(FOLDER, name.replace('.lua', '.expect'))), `${name} has an .expect file`);
  }
});

const found = discover([FOLDER], false);
if (!found.ok) throw new Error(found.message);
for (const { kind, file, seed } of found.value) {
  t.test(`${file.slice(FOLDER.length + 1)} leaves the expected console behind`, async (t) => {
    const outcome = runTest({ kind, file, seed }, { update: false, libraries: [] });
    if (!t.equal(outcome.status, 'pass')) t.comment(tapPoint(outcome, 1, false));
  });
}
