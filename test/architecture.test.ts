/** The law of the house, re-derived from the import statements: who may import whom, through which doors, and how long a file may be. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import t from 'tap';

const ROOT = new URL('..', import.meta.url).pathname;

/** Room -> rooms whose door it may import. The arrows of the architecture, and nothing else. */
const ARROWS: Record<string, readonly string[]> = {
  'runtime/core': [],
  'runtime/wire': ['runtime/core'],
  'runtime/radio': ['runtime/core', 'runtime/wire'],
  'runtime/stack': ['runtime/core', 'runtime/wire'],
  'runtime/tls': ['runtime/core', 'runtime/wire'],
  'runtime/proto': ['runtime/core', 'runtime/wire', 'runtime/stack', 'runtime/tls'],
  'runtime/vm': ['runtime/core'],
  'runtime/hardware': ['runtime/core'],
  'runtime/device': [
    'runtime/core',
    'runtime/hardware',
    'runtime/wire',
    'runtime/radio',
    'runtime/stack',
    'runtime/vm',
  ],
  'runtime/world': ['runtime/core', 'runtime/wire', 'runtime/radio', 'runtime/stack', 'runtime/tls', 'runtime/device'],
  runtime: [
    'runtime/core',
    'runtime/hardware',
    'runtime/wire',
    'runtime/radio',
    'runtime/stack',
    'runtime/tls',
    'runtime/proto',
    'runtime/vm',
    'runtime/device',
    'runtime/world',
  ],
  'bindings/nodemcu': [
    'runtime/core',
    'runtime/wire',
    'runtime/stack',
    'runtime/proto',
    'runtime/vm',
    'runtime/hardware',
    'runtime/device',
  ],
  bindings: ['bindings/nodemcu', 'runtime/device'],
  bridge: ['runtime'],
  'bridge/host': ['runtime', 'bridge'],
  cli: ['runtime', 'bindings', 'bridge', 'bridge/host'],
  playground: ['runtime', 'bindings', 'bridge'],
};

/** Package -> the only places that may import it. */
const PACKAGES: Record<string, (file: string) => boolean> = {
  eventemitter3: (file) => file === 'runtime/core/events.ts',
  'dns-packet': (file) => file === 'runtime/wire/dns.ts',
  fengari: (file) => file.startsWith('runtime/vm/'),
  '@noble': (file) => file.startsWith('runtime/tls/'),
  'node-forge': (file) => file.startsWith('runtime/radio/') || file.startsWith('bindings/nodemcu/'),
  node: (file) => file.startsWith('bridge/host/') || file.startsWith('cli/'),
};

const LONGEST_FILE = 400;

/** Files that hold only types, tables or re-exports and so have no test of their own. */
const WITHOUT_TEST = /(^|\/)(index|api|types|[a-z0-9-]+\.d)\.ts$/;

const exists = (top: string): boolean => existsSync(join(ROOT, top));

const sources = ['runtime', 'bindings', 'bridge', 'cli', 'playground'].filter(exists).flatMap((top) =>
  readdirSync(join(ROOT, top), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(top, name).replaceAll('\\', '/')),
);
const tests = new Set(
  readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/')),
);

const text = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** The room of a file: its folder, however deep inside the room it stands. */
function roomOf(file: string): string {
  const folder = dirname(file);
  const rooms = Object.keys(ARROWS).filter((room) => folder === room || folder.startsWith(`${room}/`));
  return rooms.sort((a, b) => b.length - a.length)[0] ?? folder;
}

function importsOf(file: string, { types } = { types: true }): string[] {
  const statement =
    /^(?:import|export)\b([^'"`;]*?)\bfrom\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\bimport\(['"]([^'"]+)['"]\)/gm;
  return [...text(file).matchAll(statement)]
    .filter((m) => types || !isTypeOnly(m[1] ?? ''))
    .map((m) => m[2] ?? m[3] ?? m[4] ?? '');
}

/** `import type …`, or braces in which every name is marked `type`. */
function isTypeOnly(clause: string): boolean {
  const names =
    /\{([^}]*)\}/
      .exec(clause)?.[1]
      ?.split(',')
      .map((name) => name.trim()) ?? [];
  return (
    /^\s*type\b/.test(clause) || (names.length > 0 && names.every((name) => name === '' || name.startsWith('type ')))
  );
}

t.test('imports follow the arrows and enter other rooms through their doors', async (t) => {
  for (const file of sources) {
    const room = roomOf(file);
    for (const specifier of importsOf(file)) {
      if (!specifier.startsWith('.')) continue;
      const target = normalize(join(dirname(file), specifier)).replaceAll('\\', '/');
      if (roomOf(target) === room) continue;
      const allowed = ARROWS[room] ?? [];
      if (!allowed.includes(roomOf(target)))
        t.fail(`${file} imports ${target}: ${room} may import ${allowed.join(', ') || 'nothing'}`);
      else if (!target.endsWith('/index.ts')) t.fail(`${file} imports ${target} past its door index.ts`);
    }
  }
  t.ok(sources.length > 10, 'there are sources to check');
});

t.test('every package has its one door', async (t) => {
  for (const file of sources) {
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith('.')) continue;
      const name = specifier.startsWith('node:') ? 'node' : (specifier.split('/')[0] ?? '');
      const may = PACKAGES[name];
      if (may === undefined ? !file.startsWith('cli/') && !file.startsWith('playground/') : !may(file))
        t.fail(`${file} imports ${specifier}`);
    }
  }
});

/** In the Lua state values, tables, threads and prototypes are one recursive type; there type-only imports may be mutual. */
const MUTUAL_TYPES = 'runtime/vm';

t.test('no two files import each other in a circle', async (t) => {
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      t.fail([...path.slice(path.indexOf(file)), file].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const specifier of importsOf(file, { types: roomOf(file) !== MUTUAL_TYPES })) {
      if (!specifier.startsWith('.')) continue;
      const target = normalize(join(dirname(file), specifier)).replaceAll('\\', '/');
      if (sources.includes(target)) walk(target, [...path, file]);
    }
    done.add(file);
  };
  for (const file of sources) walk(file, []);
});

t.test('no file is longer than the limit', async (t) => {
  for (const file of sources) {
    const lines = text(file).split('\n').length - 1;
    if (lines > LONGEST_FILE) t.fail(`${file} has ${lines} lines; ${LONGEST_FILE} at most`);
  }
});

t.test('runtime and bindings hold no ambient time, chance, promise or generator', async (t) => {
  const banned =
    /\b(Math\.random|Date\.now|new Date\b|performance\.now|new Promise|Promise\.|async |await |function\*)/;
  for (const file of sources.filter((f) => f.startsWith('runtime/') || f.startsWith('bindings/'))) {
    text(file)
      .split('\n')
      .forEach((line, i) => {
        const code = line.replace(/^\s*(\/\/|\*|\/\*).*$/, '').replace(/\/\/.*$/, '');
        if (banned.test(code)) t.fail(`${file}:${i + 1}: ${line.trim()}`);
      });
  }
});

t.test('every machine and codec has a test that mirrors it', async (t) => {
  for (const file of sources.filter((f) => !WITHOUT_TEST.test(f))) {
    const mirror = file
      .replace(/^runtime\//, '')
      .replace(/^bindings\/nodemcu\//, 'bindings/')
      .replace(/\.ts$/, '.test.ts');
    if (!tests.has(mirror)) t.comment(`no test/${mirror}`);
  }
});
