// Builds the playground as static files: `node playground/build.mjs [FOLDER]`, by default dist/playground. Says what it weighs.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { fengariInOrder, licenses } from '../bundle.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const EXAMPLES = join(HERE, '../lua-examples');

const options = {
  bundle: true,
  metafile: true,
  plugins: [fengariInOrder],
  minify: true,
  format: 'esm',
  target: 'es2022',
  logLevel: 'warning',
  legalComments: 'none',
  // Fengari and node-forge ask whether they are in Node; dns-packet names a module of Node that it can do without.
  define: { 'process.env.FENGARICONF': 'undefined', process: 'undefined', global: 'globalThis' },
  alias: { buffer: join(HERE, 'world/no-buffer.ts') },
};

const ENTRIES = { main: 'page/main.ts', worker: 'world/worker.ts', style: 'style/main.css' };

/** The examples with what their first line says, and the parts their command line attaches. */
export function examples() {
  return readdirSync(EXAMPLES)
    .filter((name) => name.endsWith('.lua'))
    .map((name) => {
      const text = readFileSync(join(EXAMPLES, name), 'utf8');
      const [, says = '', command = ''] = /^-- (.*?)\. Run: (.*)$/m.exec(text) ?? [];
      const parts = [...command.matchAll(/--attach (\S+)/g)].map(([, part]) => part);
      return { name: name.replace('.lua', ''), says, parts, files: [{ name, text }] };
    });
}

export async function buildPlayground(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const made = await Promise.all(
    Object.entries(ENTRIES).map(([name, path]) =>
      build({ ...options, entryPoints: { [name]: join(HERE, path) }, outdir: folder }),
    ),
  );
  writeFileSync(join(folder, 'licenses.txt'), licenses(made.map(({ metafile }) => metafile)));
  const { outputFiles } = await build({
    ...options,
    entryPoints: [join(HERE, 'frame/frame.ts')],
    format: 'iife',
    write: false,
  });
  const shim = outputFiles[0].text.replaceAll('</script', '<\\/script');
  const frame = readFileSync(join(HERE, 'frame.html'), 'utf8').replace('/*SHIM*/', () => shim);
  writeFileSync(join(folder, 'frame.html'), frame);
  writeFileSync(join(folder, 'examples.json'), JSON.stringify(examples()));
  for (const name of ['index.html', 'icon.svg']) copyFileSync(join(HERE, name), join(folder, name));
  return weigh(folder);
}

/** Bytes of each file as they are and as a server sends them. */
function weigh(folder) {
  return readdirSync(folder).map((name) => {
    const bytes = readFileSync(join(folder, name));
    return { name, bytes: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = await buildPlayground(process.argv[2] ?? join(HERE, '../dist/playground'));
  const line = (name, bytes, gzip) =>
    console.log(`${name.padEnd(20)}${kilo(bytes).padStart(10)}${kilo(gzip).padStart(10)} gzip`);
  const sum = (list, key) => list.reduce((total, file) => total + file[key], 0);
  for (const { name, bytes, gzip } of files) line(name, bytes, gzip);
  const scripts = files.filter(({ name }) => name.endsWith('.js'));
  line('JavaScript', sum(scripts, 'bytes'), sum(scripts, 'gzip'));
  line('all', sum(files, 'bytes'), sum(files, 'gzip'));
}

function kilo(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
