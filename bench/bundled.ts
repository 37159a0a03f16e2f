/** A part of the bench in a process of its own, bundled as mcubox is shipped: tsx gives closures names, which takes time and memory. */
import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';

const BUILD = new URL('../.build/', import.meta.url).pathname;

/** Runs the file and answers the JSON that it prints. */
export function runBundled(file: string, ...args: readonly string[]): unknown {
  const outfile = join(BUILD, basename(file).replace('.ts', '.js'));
  buildSync({ entryPoints: [file], outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external' });
  const child = spawnSync(process.execPath, ['--expose-gc', outfile, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  return JSON.parse(child.stdout);
}
