/** `sjson.decode` and `sjson.decoder`: JSON text to Lua values. Firmware: app/modules/sjson.c */
import { invariant } from '../../runtime/core/index.ts';
import {
  LIGHT_NULL,
  type LuaCall,
  LuaFloat,
  type LuaHandle,
  type LuaHost,
  type LuaInput,
  type LuaRef,
  NIL,
} from '../../runtime/vm/index.ts';
import { type JsonEvents, JsonScanner } from './sjson-scanner.ts';

/** The `depth` option is read from the wrong place in the firmware and so has no effect. */
export const DEPTH = 20;

/** What a document consists of, in order; built into Lua tables when it is complete. */
type Step =
  | { readonly step: 'open' }
  | { readonly step: 'close' }
  | { readonly step: 'key'; readonly name: string }
  | { readonly step: 'value'; readonly value: LuaInput };

/** Lua does the assignments, so that a metatable's __newindex sees them. */
const NEW_TABLE = 'local mt = ... return setmetatable({}, mt)';
const ASSIGN = 'local t, k, v = ... t[k] = v';
const CHECK_PATH = 'local mt, t, path = ... return mt.checkpath == nil or mt.checkpath(t, path)';

export class JsonDecoder implements JsonEvents {
  readonly #scanner: JsonScanner;
  readonly #steps: Step[] = [];
  readonly #null: LuaInput;
  readonly #nullRef: LuaRef | undefined;
  readonly #metatable: LuaRef | undefined;
  #failed = false;
  #result: LuaRef | undefined;

  /** Options are the table at argument `n`, if there is one. */
  constructor(call: LuaCall, n: number) {
    this.#scanner = new JsonScanner(this, DEPTH);
    const options = call.type(n) === 'table' ? call.handle(n) : undefined;
    const sentinel = options?.get('null');
    this.#nullRef = typeof sentinel === 'object' ? sentinel.ref() : undefined;
    this.#null = options === undefined ? LIGHT_NULL : (this.#nullRef ?? (sentinel as LuaInput) ?? NIL);
    const metatable = options?.get('metatable');
    this.#metatable = typeof metatable === 'object' ? metatable.ref() : undefined;
  }

  open(): void {
    this.#steps.push({ step: 'open' });
  }
  close(): void {
    this.#steps.push({ step: 'close' });
  }
  key(name: string): void {
    this.#steps.push({ step: 'key', name });
  }
  value(value: string | number | boolean | undefined, text = ''): void {
    const isFloat = typeof value === 'number' && /[.e]/i.test(text);
    this.#steps.push({ step: 'value', value: isFloat ? new LuaFloat(value) : (value ?? this.#null) });
  }

  get complete(): boolean {
    return this.#scanner.complete;
  }

  /** Takes more text; raises on what is no JSON. */
  feed(call: LuaCall, text: string): void {
    if (this.#failed) call.error('JSON parse error: previous call');
    const error = this.#scanner.feed(text);
    if (error === undefined) return;
    this.#failed = true;
    call.error(`JSON parse error: ${error}`);
  }

  /** The complete document as a new value. */
  build(lua: LuaHost): LuaInput {
    return this.#metatable === undefined ? this.#plain() : this.#build(lua, this.#metatable);
  }

  /** The complete document, the same value each time. */
  result(call: LuaCall): LuaInput {
    if (!this.complete) call.error('decode not complete');
    this.#result ??= call.lua.ref(this.build(call.lua));
    return this.#result;
  }

  free(): void {
    for (const ref of [this.#nullRef, this.#metatable, this.#result]) ref?.release();
  }

  /** Tables without a metatable need no help from Lua. */
  #plain(): LuaInput {
    const root = new Map<LuaInput, LuaInput>();
    const open: Map<LuaInput, LuaInput>[] = [root];
    let key: string | undefined;
    const counts = [0];
    for (const step of this.#steps) {
      const parent = open[open.length - 1] as Map<LuaInput, LuaInput>;
      if (step.step === 'key') {
        key = step.name;
        continue;
      }
      if (step.step === 'close') {
        open.pop();
        counts.pop();
        continue;
      }
      const at = key ?? ++(counts as [number])[(counts.length - 1) as 0];
      key = undefined;
      const value = step.step === 'value' ? step.value : new Map<LuaInput, LuaInput>();
      parent.set(at, value);
      if (step.step === 'open') {
        open.push(value as Map<LuaInput, LuaInput>);
        counts.push(0);
      }
    }
    return root.get(1);
  }

  #build(lua: LuaHost, metatable: LuaRef): LuaInput {
    const [make, assign, check] = [NEW_TABLE, ASSIGN, CHECK_PATH].map((source) => compile(lua, source)) as [
      LuaRef,
      LuaRef,
      LuaRef,
    ];
    const root = lua.call(
      lua.ref(() => ({})),
      [],
      1,
    )[0] as LuaHandle;
    const open: { table: LuaHandle; count: number; key: string | number }[] = [{ table: root, count: 0, key: '' }];
    let key: string | undefined;
    for (const step of this.#steps) {
      const parent = open[open.length - 1] as (typeof open)[number];
      if (step.step === 'key') {
        key = step.name;
      } else if (step.step === 'close') {
        open.pop();
      } else {
        const at = key ?? ++parent.count;
        key = undefined;
        const value = step.step === 'value' ? step.value : (lua.call(make, [metatable], 1)[0] as LuaHandle);
        // The path begins inside the outermost value.
        const path = [...open.slice(2).map((o) => o.key), ...(open.length > 1 ? [at] : [])];
        const wanted = step.step === 'value' || lua.call(check, [metatable, value, path], 1)[0];
        if (wanted !== false && wanted !== undefined) lua.call(assign, [parent.table, at, value]);
        if (step.step === 'open') open.push({ table: value as LuaHandle, count: 0, key: at });
      }
    }
    for (const ref of [make, assign, check]) ref.release();
    return root.get(1) ?? NIL;
  }
}

function compile(lua: LuaHost, source: string): LuaRef {
  const loaded = lua.load(source, '=sjson');
  invariant(loaded.ok, 'the decoder’s own Lua does not compile');
  return loaded.chunk;
}
