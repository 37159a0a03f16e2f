/** The arguments of a running host function and the errors it may raise. */

import { fromLatin1 } from '../core/index.ts';
import type { LuaCall, LuaClass, LuaHandle, LuaInput, LuaOutput, LuaRef, LuaType } from './api.ts';
import { LuaMulti, NIL } from './api.ts';
import {
  arg,
  argCount,
  checkAny,
  checkDouble,
  checkInteger,
  checkOption,
  checkText,
  checkType,
  cInt,
  cut32,
  isNone,
} from './args.ts';
import { argError, raise, throwValue, typeError, where } from './errors.ts';
import { type Addressed, addressOf } from './hash.ts';
import type { Host } from './host.ts';
import { fromLua, Handle, toLua } from './host-values.ts';
import { floatToInt, isInt, toDouble } from './number.ts';
import { textOf, toNumber, truthy } from './ops.ts';
import type { Thread } from './thread.ts';
import { Flt } from './value.ts';
import { typeOf } from './vm.ts';

export class Call implements LuaCall {
  readonly lua: Host;
  readonly #L: Thread;
  constructor(lua: Host, L: Thread) {
    this.lua = lua;
    this.#L = L;
  }

  get count(): number {
    return argCount(this.#L);
  }
  type(n: number): LuaType | 'none' {
    return isNone(this.#L, n) ? 'none' : typeOf(arg(this.#L, n));
  }
  isNoneOrNil(n: number): boolean {
    return arg(this.#L, n) === undefined;
  }
  isNumber(n: number): boolean {
    return toNumber(this.#L, arg(this.#L, n)) !== undefined;
  }
  isString(n: number): boolean {
    return textOf(this.#L, arg(this.#L, n)) !== undefined;
  }
  toNumber(n: number): number | undefined {
    const v = toNumber(this.#L, arg(this.#L, n));
    return v === undefined ? undefined : toDouble(v);
  }
  toInteger(n: number): number {
    const v = toNumber(this.#L, arg(this.#L, n));
    if (v === undefined) return 0;
    if (this.#L.g.is51) return cut32(v as number);
    return cInt(isInt(v) ? v : (floatToInt(toDouble(v)) ?? 0));
  }
  toBoolean(n: number): boolean {
    return truthy(arg(this.#L, n));
  }
  toText(n: number): string | undefined {
    return textOf(this.#L, arg(this.#L, n));
  }
  toBytes(n: number): Uint8Array | undefined {
    const text = this.toText(n);
    return text === undefined ? undefined : fromLatin1(text);
  }
  value(n: number): LuaOutput {
    return fromLua(this.lua, arg(this.#L, n));
  }
  handle(n: number): LuaHandle | undefined {
    const v = arg(this.#L, n);
    return typeof v === 'object' && !(v instanceof Flt) ? new Handle(this.lua, v) : undefined;
  }
  ref(n: number): LuaRef {
    return this.lua.refValue(arg(this.#L, n));
  }

  checkInteger(n: number): number {
    return cInt(checkInteger(this.#L, n));
  }
  checkNumber(n: number): number {
    return checkDouble(this.#L, n);
  }
  checkText(n: number): string {
    return checkText(this.#L, n);
  }
  checkBytes(n: number): Uint8Array {
    return fromLatin1(checkText(this.#L, n));
  }
  checkType(n: number, type: LuaType): void {
    // luaL_checkanyfunction of the releases with two types of functions.
    if (type === 'function' && this.lua.g.dialect.romTypes === true && this.type(n) !== type)
      typeError(this.#L, n, 'function or lightfunction');
    checkType(this.#L, n, type);
  }
  checkAny(n: number): void {
    checkAny(this.#L, n);
  }
  optInteger(n: number, fallback: number): number {
    return this.isNoneOrNil(n) ? fallback : this.checkInteger(n);
  }
  optNumber(n: number, fallback: number): number {
    return this.isNoneOrNil(n) ? fallback : this.checkNumber(n);
  }
  optText(n: number, fallback: string): string {
    return this.isNoneOrNil(n) ? fallback : this.checkText(n);
  }
  checkOption(n: number, fallback: string | undefined, options: readonly string[]): number {
    return checkOption(this.#L, n, fallback, options);
  }
  checkHost<T extends object>(n: number, cls: LuaClass<T>): T {
    return this.testHost(n, cls) ?? typeError(this.#L, n, cls.name);
  }
  testHost<T extends object>(n: number, cls: LuaClass<T>): T | undefined {
    return this.lua.classes.unwrap(cls, arg(this.#L, n));
  }

  error(message: string): never {
    return raise(this.#L, message);
  }
  argError(n: number, message: string): never {
    return argError(this.#L, n, message);
  }
  typeError(n: number, expected: string): never {
    return typeError(this.#L, n, expected);
  }
  argCheck(condition: boolean, n: number, message: string): asserts condition {
    if (!condition) argError(this.#L, n, message);
  }
  raise(value: LuaInput): never {
    return throwValue(this.#L, toLua(this.lua, value));
  }

  newHost<T extends object>(cls: LuaClass<T>, host: T): LuaHandle {
    const u = this.lua.userdata(cls, host);
    this.lua.g.pinned.push(u);
    return new Handle(this.lua, u);
  }
  address(n: number): string {
    return `0x${addressOf(arg(this.#L, n) as Addressed)
      .toString(16)
      .padStart(8, '0')}`;
  }
  method(cls: LuaClass<object>, name: string): LuaOutput {
    return fromLua(this.lua, this.lua.classes.meta(cls)?.getStr(name));
  }
  newHostTable<T extends object>(cls: LuaClass<T>, host: T): LuaHandle {
    const { classes, g } = this.lua;
    const t = g.newTable(1);
    t.meta = classes.meta(cls);
    classes.tables.set(t, host);
    g.pinned.push(t);
    return new Handle(this.lua, t);
  }
  where(level: number): string {
    return where(this.#L, level);
  }

  /** Puts the result of a host function where the caller expects it. */
  finish(base: number, result: LuaInput | LuaMulti | undefined): number {
    const L = this.#L;
    if (result === undefined) return 0;
    if (!(result instanceof LuaMulti)) {
      L.stack[base - 1] = result === NIL ? undefined : toLua(this.lua, result);
      return 1;
    }
    const { values } = result;
    if (base + values.length > L.stack.length) L.grow(base + values.length);
    for (let i = 0; i < values.length; i++) L.stack[base - 1 + i] = toLua(this.lua, values[i]);
    return values.length;
  }
}
