// Bundles test files into .build/, shared code in shared chunks: loading hundreds of TypeScript modules one by one in
// each of some hundred processes takes longer than all the tests. Beside the tests stands what they start in a process.
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const OUT = '.build';
const STARTED = ['cli/test/worker.ts'];

/** Test files in and below `path`. */
function testFiles(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(path, name));
}

/** Test files find data by their own place, so they are told the place of their source. */
const places = {
  name: 'places of test files',
  setup({ onLoad }) {
    onLoad({ filter: /\/test\/.*\.ts$/ }, ({ path }) => {
      if (relative('test', path).startsWith('..')) return undefined;
      const place = JSON.stringify(pathToFileURL(path).href);
      return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', place), loader: 'ts' };
    });
  },
};

/** Builds the tests of files and folders; the paths of what tap is to run. */
export async function buildTests(paths) {
  rmSync(OUT, { recursive: true, force: true });
  const files = paths.flatMap(testFiles).map((path) => relative('.', path));
  await build({
    entryPoints: [...files, ...STARTED],
    outdir: OUT,
    outbase: '.',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
    plugins: [places],
  });
  return files.map((file) => join(OUT, file.split(sep).join('/').replace(/\.ts$/, '.js')));
}
