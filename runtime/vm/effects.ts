/** What an instruction does to the registers, and where it leads. */
import { argA, argB, argC, argSBx, OP, opcode } from './opcodes.ts';
import type { Proto } from './proto.ts';

export interface Edge {
  /** First instruction of the block it leads to. */
  readonly target: number;
  /** Register that the instruction at the end writes only on this way, -1 = none. */
  readonly sets: number;
}

export const edge = (target: number, sets = -1): Edge => ({ target, sets });

/** Where an instruction leads; undefined when simply to the next. */
export function exits(p: Proto, pc: number): Edge[] | undefined {
  const i = p.code[pc] as number;
  const next = pc + 1;
  switch (opcode(i)) {
    case OP.JMP:
    case OP.FORPREP:
      return [edge(next + argSBx(i))];
    case OP.LOADBOOL:
      return argC(i) !== 0 ? [edge(next + 1)] : undefined;
    case OP.EQ:
    case OP.LT:
    case OP.LE:
    case OP.TEST:
      return [edge(next), edge(next + 1)];
    case OP.TESTSET:
      return [edge(next, argA(i)), edge(next + 1)];
    case OP.FORLOOP:
      return [edge(next + argSBx(i), argA(i) + 3), edge(next)];
    case OP.TFORLOOP:
      return [edge(next + argSBx(i), argA(i)), edge(next)];
    case OP.RETURN:
      return [];
    default:
      return undefined;
  }
}

/** Instructions an instruction takes up, itself and its extra argument. */
export const width = (i: number): number =>
  opcode(i) === OP.LOADKX || (opcode(i) === OP.SETLIST && argC(i) === 0) ? 2 : 1;

/** First register of the results that the instruction before left open; -1 when there are none. */
export function openFrom(p: Proto, pc: number): number {
  const i = p.code[pc - 1] ?? 0;
  const op = opcode(i);
  const opens = (op === OP.CALL && argC(i) === 0) || op === OP.TAILCALL || (op === OP.VARARG && argB(i) === 0);
  return pc > 0 && opens ? argA(i) : -1;
}

/** Takes the results that the instruction before left open. */
export const takesOpen = (i: number): boolean =>
  argB(i) === 0 && [OP.CALL, OP.TAILCALL, OP.RETURN, OP.SETLIST].some((op) => op === opcode(i));

/** Registers below `end` from `first` on. */
export type Span = readonly [first: number, end: number];

/** Registers that an instruction reads. */
export function reads(p: Proto, pc: number): Span[] {
  const i = p.code[pc] as number;
  const a = argA(i);
  const b = argB(i);
  const c = argC(i);
  const one = (r: number): Span => [r, r + 1];
  const rk = (x: number): Span[] => (x & 0x100 ? [] : [one(x)]);
  const upTo = (first: number, count: number): Span[] => [[first, count < 0 ? openFrom(p, pc) : first + count]];
  switch (opcode(i)) {
    case OP.MOVE:
    case OP.UNM:
    case OP.BNOT:
    case OP.NOT:
    case OP.LEN:
    case OP.TESTSET:
      return [one(b)];
    case OP.GETTABUP:
    case OP.GETGLOBAL:
      return rk(c);
    case OP.GETTABLE:
    case OP.SELF:
      return [one(b), ...rk(c)];
    case OP.SETTABUP:
    case OP.SETGLOBAL:
    case OP.EQ:
    case OP.LT:
    case OP.LE:
      return [...rk(b), ...rk(c)];
    case OP.SETUPVAL:
    case OP.TEST:
      return [one(a)];
    case OP.SETTABLE:
      return [one(a), ...rk(b), ...rk(c)];
    case OP.CONCAT:
      return [[b, c + 1]];
    case OP.CALL:
    case OP.TAILCALL:
      return b === 0 ? upTo(a, -1) : upTo(a, b);
    case OP.RETURN:
      return b === 0 ? upTo(a, -1) : upTo(a, b - 1);
    case OP.SETLIST:
      return b === 0 ? upTo(a, -1) : upTo(a, b + 1);
    case OP.FORLOOP:
    case OP.FORPREP:
    case OP.TFORCALL:
      return [[a, a + 3]];
    case OP.TFORLOOP:
      return [one(a + 1)];
    default:
      return opcode(i) >= OP.ADD && opcode(i) <= OP.SHR ? [...rk(b), ...rk(c)] : [];
  }
}

/** Registers that have new values, or none that count, behind an instruction on every way. */
export function writes(p: Proto, pc: number): Span {
  const i = p.code[pc] as number;
  const a = argA(i);
  switch (opcode(i)) {
    case OP.LOADNIL:
      return [a, a + argB(i) + 1];
    case OP.SELF:
      return [a, a + 2];
    case OP.CALL:
    case OP.TAILCALL:
      return [a, p.frameSize];
    case OP.TFORCALL:
      return [a + 3, p.frameSize];
    case OP.VARARG:
      return [a, argB(i) === 0 ? p.frameSize : a + argB(i) - 1];
    case OP.FORPREP:
      return [a, a + 3];
    case OP.SETTABUP:
    case OP.SETGLOBAL:
    case OP.SETUPVAL:
    case OP.SETTABLE:
    case OP.JMP:
    case OP.EQ:
    case OP.LT:
    case OP.LE:
    case OP.TEST:
    case OP.TESTSET:
    case OP.RETURN:
    case OP.FORLOOP:
    case OP.TFORLOOP:
    case OP.SETLIST:
      return [0, 0];
    default:
      return [a, a + 1];
  }
}
