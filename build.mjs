// Bundles the doors and the command into dist/. Dependencies stay outside, as npm installs them; the playground has them in it.
import { execFileSync } from 'node:child_process';
import { chmod, rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { buildPlayground } from './playground/build.mjs';

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: ['cli/main.ts', 'runtime/index.ts', 'bindings/index.ts', 'cli/testing/index.ts', 'cli/test/worker.ts'],
  outdir: 'dist',
  outbase: '.',
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'warning',
});
await chmod('dist/cli/main.js', 0o755);
await buildPlayground('dist/playground');
// Declarations take tsc some seconds and are for those who install the package.
if (['pack', 'publish'].includes(process.env.npm_command ?? ''))
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json'], {
    stdio: 'inherit',
  });
