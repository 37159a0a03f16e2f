/**
 * The table language of the bindings: a Lua module is declared as entries made by `fn`, `raw` and `todo`.
 * Registration, argument checks with the firmware's sentences and the support matrix come from the same table.
 * Holds no behaviour of any module.
 */
import type {
  Device,
  Firmware,
  FunctionSupport,
  Lifetime,
  LuaMembers,
  LuaModule,
  ModuleFacts,
  Support,
} from '../../runtime/device/index.ts';
import type {
  LuaCall,
  LuaClass,
  LuaClassMembers,
  LuaFunction,
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

/** A function, constant, table or class that only some releases of the firmware have. */
export class Dated<T> {
  readonly value: T;
  readonly lifetime: Lifetime;
  constructor(value: T, lifetime: Lifetime) {
    this.value = value;
    this.lifetime = lifetime;
  }
}

const dated = <T>(value: T | Dated<T>, lifetime: Lifetime): Dated<T> =>
  value instanceof Dated ? new Dated(value.value, { ...value.lifetime, ...lifetime }) : new Dated(value, lifetime);

/** New in that release: `since('2.2', fn(…))`. */
export const since = <T>(firmware: Firmware, value: T | Dated<T>): Dated<T> => dated(value, { since: firmware });

/** Last in that release, and gone from the firmware's sources in a year: `until('2.2', 2019, fn(…))`. */
export const until = <T>(firmware: Firmware, left: number, value: T | Dated<T>): Dated<T> =>
  dated(value, { until: firmware, left });

/** Dates every member of a record: `...each((entry) => until('1.5', 2017, entry), { … })`. */
export const each = <T>(date: (value: T) => Dated<T>, members: Readonly<Record<string, T>>): Record<string, Dated<T>> =>
  Object.fromEntries(Object.entries(members).map(([name, value]) => [name, date(value)]));

/** The token of a userdata class whose host object is a `T`; equal names are the same class. */
export const luaClass = <T extends object>(name: string): LuaClass<T> => ({ name });

/** Methods and metamethods (`__gc`, `__len`, …) of a class. */
export interface ClassSpec {
  readonly cls: LuaClass<object>;
  readonly members: Readonly<Record<string, LuaEntry | Dated<LuaEntry>>>;
  /** As in {@link TableSpec}; `__gc` is always first. */
  readonly order?: string;
}

export interface TableSpec {
  readonly functions?: Readonly<Record<string, LuaEntry | Dated<LuaEntry>>>;
  readonly constants?: Readonly<Record<string, LuaInput | Dated<LuaInput>>>;
  readonly tables?: Readonly<Record<string, TableSpec | Dated<TableSpec>>>;
  /** The names as they stand in the firmware's table, which `pairs` shows, where that is another order than the above. */
  readonly order?: string;
}

/** What `order` does not name comes last. */
function sorted<T>(members: Readonly<Record<string, T>>, order: string | undefined): Readonly<Record<string, T>> {
  if (order === undefined) return members;
  const names = new Set([...order.split(' '), ...Object.keys(members)]);
  const found = [...names].filter((name) => name in members);
  return Object.fromEntries(found.map((name) => [name, members[name] as T]));
}

/** What one boot of a device has in a module. */
export interface ModuleSpec extends TableSpec {
  readonly classes?: readonly (ClassSpec | Dated<ClassSpec>)[];
}

export const classSpec = <T extends object>(
  cls: LuaClass<T>,
  members: Readonly<Record<string, LuaEntry | Dated<LuaEntry>>>,
  order = '',
): ClassSpec => ({ cls: cls as LuaClass<object>, members, order });

/** Gathers what a declaration says about its names. */
class Collector {
  readonly functions: FunctionSupport[] = [];
  readonly lifetimes = new Map<string, Lifetime>();

  /** The plain value; notes when its name exists, which is at most as long as what it is in. */
  undate<T>(
    path: string,
    value: T | Dated<T>,
    around: Lifetime | undefined,
  ): { value: T; lifetime: Lifetime | undefined } {
    const own = value instanceof Dated ? value.lifetime : undefined;
    if (own !== undefined) this.lifetimes.set(path, own);
    return {
      value: value instanceof Dated ? value.value : value,
      lifetime: own === undefined ? around : { ...around, ...own },
    };
  }

  function(path: string, entry: LuaEntry, lifetime: Lifetime | undefined): void {
    this.functions.push({
      name: path,
      support: entry.support,
      ...(entry.how === undefined ? {} : { how: entry.how }),
      ...(lifetime === undefined ? {} : { lifetime }),
    });
  }

  tree(spec: TableSpec, prefix: string, around: Lifetime | undefined): LuaTree {
    const out: Record<string, LuaFunction | LuaInput | LuaTree> = {};
    for (const [name, given] of Object.entries(spec.functions ?? {})) {
      const { value, lifetime } = this.undate(`${prefix}.${name}`, given, around);
      out[name] = value.run;
      if (!name.startsWith('__')) this.function(`${prefix}.${name}`, value, lifetime);
    }
    for (const [name, given] of Object.entries(spec.constants ?? {})) {
      out[name] = this.undate<LuaInput>(`${prefix}.${name}`, given, around).value;
    }
    for (const [name, given] of Object.entries(spec.tables ?? {})) {
      const { value, lifetime } = this.undate(`${prefix}.${name}`, given, around);
      out[name] = this.tree(value, `${prefix}.${name}`, lifetime);
    }
    return sorted(out, spec.order);
  }

  /** Metamethods stay out of the support matrix. */
  class(given: ClassSpec | Dated<ClassSpec>, around: Lifetime | undefined): LuaMembers['classes'][number] {
    const name = given instanceof Dated ? given.value.cls.name : given.cls.name;
    const { value, lifetime } = this.undate(name, given, around);
    const members: Record<string, LuaClassMembers[string]> = {};
    for (const [method, entry] of Object.entries(sorted(value.members, `__gc ${value.order ?? ''}`))) {
      const found = this.undate(`${name}:${method}`, entry, lifetime);
      members[method] = found.value.run;
      if (!method.startsWith('__')) this.function(`${name}:${method}`, found.value, found.lifetime);
    }
    return { name, members };
  }
}

/**
 * A module: facts that hold for every device, and what one boot of a device has in it. `spec` is called when a script
 * first calls a function of the module, so it may make what the module keeps, and must do nothing that others could see.
 * Which names there are and the constants depend on the release and the build alone.
 */
export const defineModule = (facts: Omit<LuaModule, 'members'>, spec: (device: Device) => ModuleSpec): LuaModule => ({
  ...facts,
  members: (device) => membersOf(facts, spec(device)),
});

function membersOf({ name, lifetime }: ModuleFacts, spec: ModuleSpec): LuaMembers {
  const collector = new Collector();
  const tree = collector.tree(spec, name, lifetime);
  const classes = (spec.classes ?? []).map((cls) => collector.class(cls, lifetime));
  return { tree, classes, functions: collector.functions, lifetimes: collector.lifetimes };
}
