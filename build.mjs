// Bundles the doors and the command into dist/. Dependencies stay outside, as npm installs them.
import { chmod, rm } from 'node:fs/promises';
import { build } from 'esbuild';

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
