/**
 * `npx tsx bench/functions.ts DIR`: the functions of the firmware's release, read off the module tables of its sources in DIR
 * (a checkout of nodemcu-firmware), and how many of them are built, approximated, listed as not built, or missing.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODEMCU_MODULES, SPECIAL } from '../bindings/index.ts';
import { type FunctionSupport, seconds, World } from '../runtime/index.ts';

/** The modules of user_modules.h that are on by default. */
const DEFAULT_BUILD = 'adc bit dht file gpio i2c mqtt net node ow spi tmr uart wifi'.split(' ');

/** Methods behind switches of user_config.h that are off: FatFs, timers that can be suspended, a self-test. */
const SWITCHED = /^(file\.vol:umount|tmr\.timer:(suspend|resume)|\w+:test_volt_conversion)$/;

interface Table {
  readonly functions: string[];
  /** Sub-tables: their names to those of their tables. */
  readonly tables: Map<string, string>;
}

/** Names with `.` for functions and `:` for methods, such as `tmr.create` and `tmr.timer:alarm`. */
function functionsOf(source: string): { readonly module: string; readonly names: string[] } | undefined {
  // Without comments and macros, whose tables are templates.
  const code = source
    .replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, '')
    .replace(/^#define .*\\\n(.*\\\n)*.*|^#define \w+\(.*/gm, '');
  const tables = new Map<string, Table>();
  for (const [, name = '', body = ''] of code.matchAll(/LROT_(?:PUBLIC_)?BEGIN\s*\(\s*(\w+)[^)]*\)(.*?)LROT_END/gs)) {
    const table: Table = { functions: [], tables: new Map() };
    for (const [, key = ''] of body.matchAll(/LROT_FUNCENTRY\w*\s*\(\s*(\w+)/g)) table.functions.push(key);
    for (const [, key = '', of = ''] of body.matchAll(/LROT_TABENTRY\s*\(\s*(\w+)\s*,\s*(\w+)/g))
      table.tables.set(key, of);
    tables.set(name, table);
  }
  const [, registered, root = ''] = /NODEMCU_MODULE\s*\(\s*\w+\s*,\s*"(\w+)"\s*,\s*(\w+)/.exec(code) ?? [];
  if (registered === undefined) return undefined;
  // The table of gpio.pulse has a global of its own besides.
  const module = registered === 'gpiopulse' ? 'gpio.pulse' : registered;
  const below = (table: string, prefix: string): string[] => {
    const { functions, tables: inner } = tables.get(table) ?? { functions: [], tables: new Map<string, string>() };
    const own = functions.filter((name) => !name.startsWith('__')).map((name) => prefix + name);
    return [...own, ...[...inner].flatMap(([key, of]) => (key === '__index' ? [] : below(of, `${prefix}${key}.`)))];
  };
  const methods = [...code.matchAll(/luaL_rometatable\s*\([^,]*,\s*([\w".]+)\s*,\s*LROT_TABLEREF\((\w+)\)/g)].flatMap(
    ([, cls = '', table = '']) => [...below(table, `${className(code, cls)}:`), ...indexed(tables, table, code, cls)],
  );
  return { module, names: [...new Set([...below(root, `${module}.`), ...methods])] };
}

/** Methods that are reached through an `__index` table of their own. */
function indexed(tables: ReadonlyMap<string, Table>, table: string, code: string, cls: string): string[] {
  const index = tables.get(table)?.tables.get('__index');
  const { functions } = tables.get(index === table ? '' : (index ?? '')) ?? { functions: [] };
  return functions.filter((name) => !name.startsWith('__')).map((name) => `${className(code, cls)}:${name}`);
}

/** A literal, or what the source defines the word as. */
function className(code: string, word: string): string {
  if (word.startsWith('"')) return word.slice(1, -1);
  return new RegExp(`#define\\s+${word}\\s+"([^"]+)"`).exec(code)?.[1] ?? word;
}

/** What a device of release 3.0 has. */
function supported(): Map<string, FunctionSupport> {
  const world = new World({ traceLines: 0 });
  const device = world.addDevice({ modules: NODEMCU_MODULES });
  device.start();
  world.runUntil(() => !device.off, seconds(1));
  return new Map(device.modules.flatMap((module) => device.members(module).functions.map((f) => [f.name, f])));
}

const [root] = process.argv.slice(2);
if (root === undefined) throw new Error('say where the sources of nodemcu-firmware are');
const folder = join(root, 'app', 'modules');
const known = supported();
const special = new Set(SPECIAL.flatMap(({ name, members }) => members.map((m) => `${name}.${m.name}`)));
/** A method is found by its name in any class of the module: the registry's names are the firmware's own affair. */
const supportOf = (module: string, name: string): string => {
  const method = name.split(':')[1];
  const found =
    known.get(name) ??
    (method === undefined
      ? undefined
      : [...known.values()].find((f) => f.name.startsWith(module) && f.name.endsWith(`:${method}`)));
  return found?.support ?? (special.has(name) || SWITCHED.test(name) ? 'only in special builds' : 'missing');
};
const counts = { default: new Map<string, number>(), optional: new Map<string, number>() };
const rest: string[] = [];
for (const file of readdirSync(folder).sort()) {
  const read = file.endsWith('.c') ? functionsOf(readFileSync(join(folder, file), 'utf8')) : undefined;
  if (read === undefined) continue;
  const count = DEFAULT_BUILD.includes(read.module) ? counts.default : counts.optional;
  for (const name of read.names) {
    const support = supportOf(read.module, name);
    count.set(support, (count.get(support) ?? 0) + 1);
    if (support !== 'as the firmware' && support !== 'approximated') rest.push(`${support}: ${name}`);
  }
}
for (const line of rest) console.log(line);
for (const [build, count] of Object.entries(counts)) {
  const all = [...count.values()].reduce((sum, n) => sum + n, 0);
  console.log(`${build}: ${all} functions: ${[...count].map(([support, n]) => `${n} ${support}`).join(', ')}`);
}
