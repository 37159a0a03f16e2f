/**
 * Instructions that could not take the interpreter's short way: operands of mixed types, metamethods, strings. Also,
 * for 5.3 coroutines, the start of a metamethod call that may yield, and what happens when it returns.
 */

import { ARITH_EVENTS, arith } from './arith.ts';
import { enterClosure } from './call.ts';
import { FINISH } from './finish.ts';
import { isNumber } from './number.ts';
import {
  concat,
  equals,
  index,
  length,
  lessEqual,
  lessThan,
  setIndex,
  tableEvent,
  textOf,
  toNumber,
  truthy,
} from './ops.ts';
import { noteLong, type Proto } from './proto.ts';
import { LuaTable } from './table.ts';
import { type Frame, isFunction, type Thread } from './thread.ts';
import { Closure, Userdata, type Value } from './value.ts';
import { TM_INDEX, TM_NEWINDEX } from './vm.ts';

/** An operand: constant or register. */
const rk = (stack: Value[], k: Value[], base: number, x: number): Value => (x & 0x100 ? k[x & 0xff] : stack[base + x]);

/** Sizes in NEWTABLE: a number with a three-bit mantissa (luaO_fb2int). */
export const fromFloatByte = (x: number): number => (x < 8 ? x : ((x & 7) + 8) << ((x >> 3) - 1));

/** Does the instruction the long way; 1 when a comparison skips the jump behind it. */
export function slowOperation(L: Thread, ci: Frame, i: number, a: number): 0 | 1 {
  const stack = L.stack;
  const { base } = ci;
  const cl = ci.fn as Closure;
  const k = cl.proto.constants;
  const op = i & 0x3f;
  const b = i >>> 23;
  const c = (i >>> 14) & 0x1ff;
  noteLong(cl.proto, ci.pc - 1);
  switch (op) {
    case 6:
      stack[a] = index(L, upvalue(cl, b), rk(stack, k, base, c), 0x200 | b);
      return 0;
    case 47:
      stack[a] = index(L, cl.env, rk(stack, k, base, c));
      return 0;
    case 7:
      stack[a] = index(L, stack[base + b], rk(stack, k, base, c), b);
      return 0;
    case 12: {
      const t = stack[base + b];
      stack[a + 1] = t;
      stack[a] = index(L, t, rk(stack, k, base, c), b);
      return 0;
    }
    case 8:
      setIndex(L, upvalue(cl, a - base), rk(stack, k, base, b), rk(stack, k, base, c), 0x200 | (a - base));
      return 0;
    case 48:
      setIndex(L, cl.env, rk(stack, k, base, b), rk(stack, k, base, c));
      return 0;
    case 10:
      setIndex(L, stack[a], rk(stack, k, base, b), rk(stack, k, base, c), a - base);
      return 0;
    case 11:
      stack[a] = L.g.newTable(fromFloatByte(b), fromFloatByte(c));
      return 0;
    case 25:
    case 26:
      stack[a] = arith(L, op - 13, stack[base + b], stack[base + b], b, b);
      return 0;
    case 28:
      stack[a] = length(L, stack[base + b], b);
      return 0;
    case 29:
      stack[a] = concat(L, base + b, base + c);
      return 0;
    case 31:
      return equals(L, rk(stack, k, base, b), rk(stack, k, base, c)) !== (a !== base) ? 1 : 0;
    case 32:
      return lessThan(L, rk(stack, k, base, b), rk(stack, k, base, c)) !== (a !== base) ? 1 : 0;
    case 33:
      return lessEqual(L, rk(stack, k, base, b), rk(stack, k, base, c)) !== (a !== base) ? 1 : 0;
    default:
      stack[a] = arith(L, op - 13, rk(stack, k, base, b), rk(stack, k, base, c), b, c);
      return 0;
  }
}

function upvalue(cl: Closure, at: number): Value {
  const uv = cl.upvals[at] as { cells: Value[]; at: number };
  return uv.cells[uv.at];
}

/** Puts a call of a Lua metamethod in place of the running instruction. */
function push(
  L: Thread,
  ci: Frame,
  handler: Closure,
  args: readonly Value[],
  want: number,
  dest: number,
  finish: number,
): Frame {
  const func = ci.top;
  const stack = L.stack;
  noteLong((ci.fn as Closure).proto, ci.pc - 1);
  if (func + args.length + 1 > stack.length) L.grow(func + args.length + 1);
  stack[func] = handler;
  args.forEach((v, at) => {
    stack[func + 1 + at] = v;
  });
  const frame = enterClosure(L, handler, func, args.length, want);
  frame.dest = dest;
  frame.finish = finish;
  return frame;
}

/** Follows a chain of __index or __newindex tables to a Lua function that must be called. */
function accessHandler(L: Thread, t: Value, key: Value, event: number): { handler: Closure; on: Value } | undefined {
  let at = t;
  for (let loop = 2000; loop > 0; loop--) {
    let handler: Value;
    if (at instanceof LuaTable) {
      if (at.meta === undefined || at.get(key) !== undefined) return undefined;
      handler = tableEvent(at.meta, event);
    } else handler = L.g.metamethod(at, event === TM_INDEX ? '__index' : '__newindex');
    if (isFunction(handler)) return handler instanceof Closure ? { handler, on: at } : undefined;
    if (handler === undefined) return undefined;
    at = handler;
  }
  return undefined;
}

const binaryHandler = (L: Thread, x: Value, y: Value, name: string): Value =>
  L.g.metamethod(x, name) ?? L.g.metamethod(y, name);

/** If the instruction means calling a Lua metamethod, enters it so that it can yield. */
export function beginOperation(L: Thread, ci: Frame, i: number): Frame | undefined {
  const stack = L.stack;
  const { base } = ci;
  const a = base + ((i >>> 6) & 0xff);
  const cl = ci.fn as Closure;
  const k = (cl.proto as Proto).constants;
  const op = i & 0x3f;
  const b = i >>> 23;
  const c = (i >>> 14) & 0x1ff;
  switch (op) {
    case 6:
    case 7:
    case 12: {
      const t = op === 6 ? upvalue(cl, b) : stack[base + b];
      const found = accessHandler(L, t, rk(stack, k, base, c), TM_INDEX);
      if (found === undefined) return undefined;
      const key = rk(stack, k, base, c);
      if (op === 12) stack[a + 1] = t;
      return push(L, ci, found.handler, [found.on, key], 1, a, 0);
    }
    case 8:
    case 10: {
      const found = accessHandler(L, op === 8 ? upvalue(cl, a - base) : stack[a], rk(stack, k, base, b), TM_NEWINDEX);
      return found === undefined
        ? undefined
        : push(L, ci, found.handler, [found.on, rk(stack, k, base, b), rk(stack, k, base, c)], 0, ci.top, 0);
    }
    case 11:
      return undefined;
    case 28: {
      const v = stack[base + b];
      const handler = typeof v === 'string' ? undefined : L.g.metamethod(v, '__len');
      return handler instanceof Closure ? push(L, ci, handler, [v, v], 1, a, 0) : undefined;
    }
    case 29:
      return beginConcat(L, ci, base + b, base + c, a);
    case 31:
    case 32:
    case 33:
      return beginComparison(L, ci, op, rk(stack, k, base, b), rk(stack, k, base, c));
    default: {
      const x = op === 25 || op === 26 ? stack[base + b] : rk(stack, k, base, b);
      const y = op === 25 || op === 26 ? x : rk(stack, k, base, c);
      if (toNumber(L, x) !== undefined && toNumber(L, y) !== undefined) return undefined;
      const handler = binaryHandler(L, x, y, ARITH_EVENTS[op - 13] as string);
      return handler instanceof Closure ? push(L, ci, handler, [x, y], 1, a, 0) : undefined;
    }
  }
}

function beginComparison(L: Thread, ci: Frame, op: number, x: Value, y: Value): Frame | undefined {
  if ((isNumber(x) && isNumber(y)) || (typeof x === 'string' && typeof y === 'string')) return undefined;
  if (op === 31) {
    const both = (x instanceof LuaTable && y instanceof LuaTable) || (x instanceof Userdata && y instanceof Userdata);
    const handler = both && x !== y ? binaryHandler(L, x, y, '__eq') : undefined;
    return handler instanceof Closure ? push(L, ci, handler, [x, y], 1, ci.top, FINISH.COMPARE) : undefined;
  }
  const handler = binaryHandler(L, x, y, op === 32 ? '__lt' : '__le');
  if (handler instanceof Closure) return push(L, ci, handler, [x, y], 1, ci.top, FINISH.COMPARE);
  const less = op === 33 && handler === undefined ? binaryHandler(L, y, x, '__lt') : undefined;
  return less instanceof Closure ? push(L, ci, less, [y, x], 1, ci.top, FINISH.COMPARE_NOT) : undefined;
}

/** Texts are joined from the right until two operands need a metamethod; the rest follows when it returns. */
function beginConcat(L: Thread, ci: Frame, first: number, end: number, dest: number): Frame | undefined {
  let last = end;
  let y: Value = L.stack[last];
  for (; last > first; last--) {
    const left = textOf(L, L.stack[last - 1]);
    const right = textOf(L, y);
    if (left === undefined || right === undefined) break;
    y = left + right;
  }
  if (last === first) return undefined;
  const x = L.stack[last - 1];
  const handler = binaryHandler(L, x, y, '__concat');
  if (!(handler instanceof Closure)) return undefined;
  if (last < end) L.g.chargeString((y as string).length);
  if (last - 1 === first) return push(L, ci, handler, [x, y], 1, dest, 0);
  return push(L, ci, handler, [x, y], 1, last - 1, FINISH.CONCAT);
}

/** The call that an instruction made has returned: does the rest of the instruction. */
export function finishOperation(L: Thread, frame: Frame): void {
  if (frame.finish === FINISH.ITERATOR) {
    L.nativeCalls--;
    L.g.cCalls--;
    return;
  }
  const ci = L.frame;
  const i = (ci.fn as Closure).proto.code[ci.pc - 1] as number;
  if (frame.finish === FINISH.CONCAT) {
    const first = ci.base + (i >>> 23);
    const dest = ci.base + ((i >>> 6) & 0xff);
    // A further metamethod may yield too.
    if (beginConcat(L, ci, first, frame.dest, dest) === undefined) L.stack[dest] = concat(L, first, frame.dest);
    return;
  }
  const holds = truthy(L.stack[frame.dest]) === (frame.finish === FINISH.COMPARE);
  if (holds !== (((i >>> 6) & 0xff) !== 0)) ci.pc++;
}
