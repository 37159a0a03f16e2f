// Bundles the doors and the command into dist/, with the packages they need: the command starts in half the time, and
// installing it brings nothing else.
import { execFileSync } from 'node:child_process';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { fengariInOrder, licenses } from './bundle.mjs';
import { buildPlayground } from './playground/build.mjs';

await rm('dist', { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: ['cli/main.ts', 'runtime/index.ts', 'bindings/index.ts', 'cli/testing/index.ts', 'cli/test/worker.ts'],
  outdir: 'dist',
  outbase: '.',
  bundle: true,
  splitting: true,
  metafile: true,
  plugins: [fengariInOrder],
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'warning',
  // For packages in CommonJS that ask for modules of Node.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
await writeFile('dist/licenses.txt', licenses([metafile]));
await chmod('dist/cli/main.js', 0o755);
await buildPlayground('dist/playground');
// Declarations take tsc some seconds and are for those who install the package.
if (['pack', 'publish'].includes(process.env.npm_command ?? ''))
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json'], {
    stdio: 'inherit',
  });
