import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';

const ROOT = new URL('../..', import.meta.url).pathname;
/** All JavaScript of the page, as a server sends it. */
const MOST = 700_000;

t.test('the build is static files that stay small, with the licences of what is in them', async (t) => {
  const folder = t.testdir();
  const said = execFileSync(process.execPath, [join(ROOT, 'playground/build.mjs'), folder], { encoding: 'utf8' });
  t.match(said, /^JavaScript +[\d.]+ kB +[\d.]+ kB gzip$/m);
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const weight = scripts.reduce((sum, name) => sum + gzipSync(text(name), { level: 9 }).length, 0);
  t.comment(`${(weight / 1000).toFixed(0)} kB of JavaScript, compressed`);
  t.ok(weight < MOST, String(weight));
  t.match(text('licenses.txt'), /fengari[\s\S]*codemirror|codemirror[\s\S]*fengari/i);
  t.match(text('frame.html'), /default-src 'none'[\s\S]*<script>\S/);
  const examples = JSON.parse(text('examples.json')) as { name: string; says: string; parts: string[] }[];
  t.equal(examples.length, readdirSync(join(ROOT, 'lua-examples')).filter((name) => name.endsWith('.lua')).length);
  t.same(examples.find(({ name }) => name === 'dht')?.parts.length, 1, 'an example brings the parts it needs');
  t.notOk(
    examples.some(({ says }) => says === ''),
    'each says what it shows',
  );
});
