// What bundles with other people's packages in them need.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Fengari's parts name each other in circles: they are read in the order in which the runtime asks for them. */
export const fengariInOrder = {
  name: 'fengari',
  setup(build) {
    build.onResolve({ filter: /^fengari\/src\/lua\.js$/ }, ({ path }) => ({
      path: fileURLToPath(new URL(`node_modules/${path}`, import.meta.url)),
      sideEffects: true,
    }));
  },
};

/**
 * The licence texts of the packages in some bundles.
 * @param metafiles what esbuild says it has read
 */
export function licenses(metafiles) {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
  const packages = inputs.map((path) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]).filter(Boolean);
  return [...new Set(packages)]
    .sort()
    .map((path) => {
      const file = readdirSync(path).find((name) => /^licen[cs]e/i.test(name));
      const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
      return `${name} ${version} (${license})\n\n${file === undefined ? '' : readFileSync(join(path, file), 'utf8').trim()}\n`;
    })
    .join('\n-----\n\n');
}
