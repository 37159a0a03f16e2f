/** Arithmetic of Lua 5.3 with 64-bit integers and doubles. Operator numbers are those of arith.ts. */
import { runError } from './errors.ts';
import { floor, pow } from './libc.ts';
import { floatToInt, isInt, isNumber, toDouble } from './number.ts';
import { float64, plus64, whole64, wrap64 } from './number64.ts';
import type { Thread } from './thread.ts';
import type { Int, Num, Value } from './value.ts';

/** Shift to the left; negative counts shift right, both logically. */
export function shiftLeft64(a: Int, by: Int): Int {
  if (by <= -64 || by >= 64) return 0;
  const count = BigInt(by);
  return wrap64(count >= 0n ? BigInt(a) << count : BigInt.asUintN(64, BigInt(a)) >> -count);
}

/** Of two short integers. */
export function product64(a: number, b: number): Int {
  const product = a * b;
  // Adding 0 leaves no -0.
  return (product | 0) === product ? product + 0 : wrap64(BigInt(a) * BigInt(b));
}

/** An operand of a bitwise operator as an integer. */
const integerOf = (v: Num): Int | undefined => (isInt(v) ? v : floatToInt(toDouble(v)));

function bitwise(op: number, a: Int, b: Int): Int {
  if (op === 10) return shiftLeft64(a, b);
  // The one count whose negative is itself is as far as any.
  if (op === 11) return shiftLeft64(a, -b);
  if (typeof a === 'number' && typeof b === 'number') {
    // Short integers and their results are sign-extended.
    return op === 7 ? a & b : op === 8 ? a | b : op === 9 ? a ^ b : ~a;
  }
  const x = BigInt(a);
  const y = BigInt(b);
  return wrap64(op === 7 ? x & y : op === 8 ? x | y : op === 9 ? x ^ y : ~x);
}

/** `//` (rounded down) and `%` (with the sign of b); b is not 0. */
function divide(a: bigint, b: bigint): { quotient: bigint; rest: bigint } {
  const quotient = a / b;
  const rest = a % b;
  return rest !== 0n && rest < 0n !== b < 0n ? { quotient: quotient - 1n, rest: rest + b } : { quotient, rest };
}

function intArith(L: Thread | undefined, op: number, a: Int, b: Int): Int | undefined {
  switch (op) {
    case 0:
      return typeof b === 'number' ? plus64(a, b) : wrap64(BigInt(a) + b);
    case 1:
      return typeof b === 'number' ? plus64(a, -b) : wrap64(BigInt(a) - b);
    case 2:
      return typeof a === 'number' && typeof b === 'number' ? product64(a, b) : wrap64(BigInt(a) * BigInt(b));
    case 3:
    case 6: {
      if (b === 0) {
        if (L === undefined) return undefined;
        runError(L, op === 3 ? "attempt to perform 'n%0'" : 'attempt to divide by zero');
      }
      if (typeof a === 'number' && typeof b === 'number') {
        const down = Math.floor(a / b);
        return whole64(op === 3 ? a - down * b : down);
      }
      const { quotient, rest } = divide(BigInt(a), BigInt(b));
      return wrap64(op === 3 ? rest : quotient);
    }
    default:
      return typeof a === 'number' ? whole64(-a) : wrap64(-a);
  }
}

/** luai_nummod as the firmware defines it, with its floor. */
function modulo(x: number, y: number): number {
  const m = x - floor(x / y) * y;
  return m * y < 0 ? m + y : m;
}

function doubleArith(L: Thread | undefined, op: number, x: number, y: number): number | undefined {
  switch (op) {
    case 0:
      return x + y;
    case 1:
      return x - y;
    case 2:
      return x * y;
    case 3:
      if (y === 0) {
        if (L === undefined) return undefined;
        runError(L, 'modulo by zero');
      }
      return modulo(x, y);
    case 4:
      return pow(x, y);
    case 5:
      return x / y;
    case 6:
      return floor(x / y);
    default:
      return -x;
  }
}

/**
 * Arithmetic on numbers; undefined when a bitwise operand has no integer. Without `L`, undefined too instead of an error
 * about a zero.
 */
export function arith64(L: Thread | undefined, op: number, a: Num, b: Num): Num | undefined {
  if (op >= 7 && op !== 12) {
    const x = integerOf(a);
    const y = integerOf(b);
    return x === undefined || y === undefined ? undefined : bitwise(op, x, y);
  }
  if (op !== 4 && op !== 5 && isInt(a) && isInt(b)) return intArith(L, op, a, b);
  const n = doubleArith(L, op, toDouble(a), toDouble(b));
  return n === undefined ? undefined : float64(n);
}

/** {@link arith64} of whatever the interpreter finds; undefined also for what is no number. */
export function tryArith64(op: number, a: Value, b: Value): Num | undefined {
  if (typeof a === 'number' && typeof b === 'number' && op < 2) {
    const sum = op === 0 ? a + b : a - b;
    if ((a | 0) === a && (b | 0) === b) return (sum | 0) === sum ? sum : BigInt(sum);
  }
  return isNumber(a) && isNumber(b) ? arith64(undefined, op, a, b) : undefined;
}
