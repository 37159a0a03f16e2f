/**
 * The table language of the bindings: a Lua module is declared as entries made by `fn`, `raw` and `todo`.
 * Registration, argument checks with the firmware's sentences and the support matrix come from the same table.
 * Holds no behaviour of any module.
 */
import type { FunctionSupport, LuaModule, Support } from '../../runtime/device/index.ts';
import type {
  LuaCall,
  LuaClass,
  LuaClassMembers,
  LuaFunction,
  LuaHost,
  LuaInput,
  LuaMulti,
  LuaTree,
} from '../../runtime/vm/index.ts';
import type { Checker } from './arg.ts';

/** What an implementation returns: nothing or undefined = no results, NIL = nil, `multi(…)` = several. */
// biome-ignore lint/suspicious/noConfusingVoidType: lets an implementation be a single statement without results
export type LuaResult = LuaInput | LuaMulti | void;

/** A function of a module's table. */
export interface LuaEntry {
  readonly run: LuaFunction;
  readonly support: Support;
  readonly how?: string;
}

type Values<C extends readonly Checker<unknown>[]> = { [I in keyof C]: C[I] extends Checker<infer T> ? T : never };

/**
 * A checked function. All arguments are read and type-checked in order first, then all are range-checked in
 * order, as the firmware's C functions do. The implementation gets the values and, last, the call itself.
 */
export function fn<const C extends readonly Checker<unknown>[]>(
  checkers: C,
  impl: (...args: [...Values<C>, LuaCall]) => LuaResult,
): LuaEntry {
  const run: LuaFunction = (call) => {
    const values = checkers.map((checker, i) => checker.read(call, i + 1));
    for (const [i, checker] of checkers.entries()) checker.check?.(call, i + 1, values[i]);
    return impl(...([...values, call] as unknown as [...Values<C>, LuaCall])) ?? undefined;
  };
  return { run, support: 'as the firmware' };
}

/** For functions whose checks the firmware interleaves with their work: the implementation does its own. */
export const raw = (run: (call: LuaCall) => LuaResult): LuaEntry => ({
  run: (call) => run(call) ?? undefined,
  support: 'as the firmware',
});

/** Marks an entry whose behaviour differs from the firmware's in a way worth telling. */
export const approximated = (how: string, entry: LuaEntry): LuaEntry => ({
  run: entry.run,
  support: 'approximated',
  how,
});

/** A function of the firmware that is not built: listed in the matrix, raises when called. */
export const todo = (name: string): LuaEntry => ({
  run: (call) => call.error(`not supported by the simulator: ${name}`),
  support: 'not built',
});

/** A table of `todo` entries: `...todos('wifi.ap', ['config', 'getip'])`. */
export const todos = (prefix: string, names: readonly string[]): Record<string, LuaEntry> =>
  Object.fromEntries(names.map((name) => [name, todo(`${prefix}.${name}`)]));

/** The token of a userdata class whose host object is a `T`; equal names are the same class. */
export const luaClass = <T extends object>(name: string): LuaClass<T> => ({ name });

/** Methods and metamethods (`__gc`, `__len`, …) of a class. */
export interface ClassSpec {
  readonly cls: LuaClass<object>;
  readonly members: Readonly<Record<string, LuaEntry>>;
}

export interface TableSpec {
  readonly functions?: Readonly<Record<string, LuaEntry>>;
  readonly constants?: Readonly<Record<string, LuaInput>>;
  readonly tables?: Readonly<Record<string, TableSpec>>;
}

export interface ModuleSpec extends TableSpec {
  readonly name: string;
  readonly classes?: readonly ClassSpec[];
  /** luaopen_x. */
  readonly open?: (lua: LuaHost) => void;
}

export const classSpec = <T extends object>(
  cls: LuaClass<T>,
  members: Readonly<Record<string, LuaEntry>>,
): ClassSpec => ({ cls: cls as LuaClass<object>, members });

const describe = (name: string, entry: LuaEntry): FunctionSupport =>
  entry.how === undefined ? { name, support: entry.support } : { name, support: entry.support, how: entry.how };

function tree(spec: TableSpec, prefix: string, functions: FunctionSupport[]): LuaTree {
  const out: Record<string, LuaFunction | LuaInput | LuaTree> = {};
  for (const [name, entry] of Object.entries(spec.functions ?? {})) {
    out[name] = entry.run;
    functions.push(describe(`${prefix}.${name}`, entry));
  }
  for (const [name, value] of Object.entries(spec.constants ?? {})) out[name] = value;
  for (const [name, sub] of Object.entries(spec.tables ?? {})) out[name] = tree(sub, `${prefix}.${name}`, functions);
  return out;
}

/** Turns a declaration into what the device installs. Metamethods stay out of the support matrix. */
export function defineModule(spec: ModuleSpec): LuaModule {
  const functions: FunctionSupport[] = [];
  const root = tree(spec, spec.name, functions);
  const classes = (spec.classes ?? []).map(({ cls, members }) => {
    const out: Record<string, LuaClassMembers[string]> = {};
    for (const [name, entry] of Object.entries(members)) {
      out[name] = entry.run;
      if (!name.startsWith('__')) functions.push(describe(`${cls.name}:${name}`, entry));
    }
    return { name: cls.name, members: out };
  });
  const module = { name: spec.name, tree: root, classes, functions };
  return spec.open === undefined ? module : { ...module, open: spec.open };
}
