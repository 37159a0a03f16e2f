/** Arithmetic and bitwise operators on any values. */
import { variableInfo } from './debug-info.ts';
import { operandError, runError } from './errors.ts';
import {
  floatToInt,
  isInt,
  isNumber,
  makeFloat,
  mod51,
  modFloat,
  pow,
  powFloat,
  shiftLeft,
  toDouble,
} from './number.ts';
import { callMeta, parseNumber, toNumber } from './ops.ts';
import type { Thread } from './thread.ts';
import type { Flt, Num, Value } from './value.ts';

/** Operator numbers are those of the instructions, counted from ADD. */
export const ARITH_EVENTS = [
  '__add',
  '__sub',
  '__mul',
  '__mod',
  '__pow',
  '__div',
  '__idiv',
  '__band',
  '__bor',
  '__bxor',
  '__shl',
  '__shr',
  '__unm',
  '__bnot',
] as const;
export const A_ADD = 0;
export const A_SUB = 1;
export const A_MOD = 3;
export const A_POW = 4;
export const A_DIV = 5;
export const A_IDIV = 6;
export const A_BAND = 7;
export const A_UNM = 12;
export const A_BNOT = 13;

export function arith51(op: number, a: number, b: number): number {
  switch (op) {
    case 0:
      return a + b;
    case 1:
      return a - b;
    case 2:
      return a * b;
    case 3:
      return mod51(a, b);
    case 4:
      return pow(a, b);
    case 5:
      return a / b;
    default:
      return -a;
  }
}

/** 5.3 arithmetic; undefined when a bitwise operand has no integer. */
export function arith53(L: Thread | undefined, op: number, a: number | Flt, b: number | Flt): number | Flt | undefined {
  if (op >= A_BAND && op !== A_UNM) {
    const x = isInt(a) ? a : floatToInt(toDouble(a));
    const y = isInt(b) ? b : floatToInt(toDouble(b));
    if (x === undefined || y === undefined) return undefined;
    switch (op) {
      case 7:
        return x & y;
      case 8:
        return x | y;
      case 9:
        return x ^ y;
      case 10:
        return shiftLeft(x, y);
      case 11:
        return shiftLeft(x, -y);
      default:
        return ~x;
    }
  }
  if (op !== A_POW && op !== A_DIV && isInt(a) && isInt(b)) {
    switch (op) {
      case 0:
        return (a + b) | 0;
      case 1:
        return (a - b) | 0;
      case 2:
        return Math.imul(a, b);
      case 3: {
        if (b === 0) {
          if (L === undefined) return undefined;
          runError(L, "attempt to perform 'n%0'");
        }
        const m = a % b;
        return (m !== 0 && (m ^ b) < 0 ? m + b : m) | 0;
      }
      case 6:
        if (b === 0) {
          if (L === undefined) return undefined;
          runError(L, 'attempt to divide by zero');
        }
        return Math.floor(a / b) | 0;
      default:
        return -a | 0;
    }
  }
  // Integers lose what a single float cannot hold.
  const x = Math.fround(toDouble(a));
  const y = Math.fround(toDouble(b));
  switch (op) {
    case 0:
      return makeFloat(x + y);
    case 1:
      return makeFloat(x - y);
    case 2:
      return makeFloat(x * y);
    case 3:
      if (y === 0 && L !== undefined) runError(L, 'modulo by zero');
      return makeFloat(modFloat(x, y));
    case 4:
      return makeFloat(powFloat(x, y));
    case 5:
      return makeFloat(x / y);
    case 6:
      return makeFloat(Math.floor(Math.fround(x / y)));
    default:
      return makeFloat(-x);
  }
}

/** Any arithmetic or bitwise operation. `b` and `operandB` repeat `a` for unary ones. */
export function arith(L: Thread, op: number, a: Value, b: Value, operandA?: number, operandB?: number): Value {
  const bitwise = op >= A_BAND && op !== A_UNM;
  const x = L.g.is51 || bitwise ? toNumber(L, a) : toOperand(L, a);
  const y = L.g.is51 || bitwise ? toNumber(L, b) : toOperand(L, b);
  if (x !== undefined && y !== undefined) {
    const result = L.g.numbers.arith(L, op, x, y);
    if (result !== undefined) return result;
  }
  const name = ARITH_EVENTS[op] as string;
  let handler = L.g.metamethod(a, name);
  if (handler === undefined) handler = L.g.metamethod(b, name);
  if (handler !== undefined) return callMeta(L, handler, a, b);
  if (bitwise && x !== undefined && y !== undefined) {
    const wrong = !isInt(x) && floatToInt(toDouble(x)) === undefined ? operandA : operandB;
    const info = wrong === undefined ? undefined : variableInfo(L.frame, wrong);
    runError(L, `number${info === undefined ? '' : ` (${info.kind} '${info.name}')`} has no integer representation`);
  }
  const wrongB = x !== undefined;
  const what = bitwise ? 'perform bitwise operation on' : 'perform arithmetic on';
  operandError(L, wrongB ? b : a, what, wrongB ? operandB : operandA);
}

/** 5.3: an operand of arithmetic; strings become floats. */
function toOperand(L: Thread, v: Value): Num | undefined {
  if (typeof v !== 'string') return isNumber(v) ? v : undefined;
  const n = parseNumber(L, v);
  return n === undefined ? undefined : L.g.numbers.float(toDouble(n));
}
