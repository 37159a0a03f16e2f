/**
 * Checks code that did not come from our own compiler in this process: every operand names a register, constant,
 * upvalue or function that exists, jumps stay inside, open lists follow what opens them, registers are written before
 * they are read.
 */
import { type Edge, edge, exits, openFrom, reads, type Span, takesOpen, width, writes } from './effects.ts';
import { argA, argB, argBx, argC, OP, opcode } from './opcodes.ts';
import type { Proto } from './proto.ts';

export function verify(p: Proto): boolean {
  if (p.frameSize < 2 || p.paramCount > p.frameSize || p.code.length === 0) return false;
  if (p.lines.length !== 0 && p.lines.length !== p.code.length) return false;
  if (opcode(p.code[p.code.length - 1] as number) !== OP.RETURN) return false;
  for (let pc = 0; pc < p.code.length; pc++) if (!verifyInstruction(p, pc)) return false;
  for (const child of p.protos) {
    if (child.upvals.some((u) => u.index >= (u.inStack ? p.frameSize : p.upvals.length))) return false;
    if (!verify(child)) return false;
  }
  return readsWhatIsWritten(p);
}

/** Instructions looked at for each of the code: more than any compiler's code needs. */
const MAX_LOOKS = 20;

/** Whatever way execution takes: what calls have left in the stack is nobody's business. */
function readsWhatIsWritten(p: Proto): boolean {
  /** Of places that jumps lead to: registers that have a value on every way known so far. */
  const known = new Map<number, Uint8Array>();
  const pending = new Set<number>();
  const arrive = ({ target, sets }: Edge, state: Uint8Array): void => {
    const values = state.slice();
    if (sets >= 0) values[sets] = 1;
    const before = known.get(target);
    if (before !== undefined && !before.some((value, r) => value > (values[r] as number))) return;
    known.set(target, before === undefined ? values : before.map((value, r) => value & (values[r] as number)));
    pending.add(target);
  };
  arrive(edge(0), new Uint8Array(p.frameSize).fill(1, 0, p.paramCount));
  let looks = MAX_LOOKS * p.code.length;
  // What is added on the way comes up, too.
  for (const start of pending) {
    pending.delete(start);
    const state = (known.get(start) as Uint8Array).slice();
    for (let pc = start; ; ) {
      if (looks-- === 0) return false;
      const i = p.code[pc] as number;
      if (reads(p, pc).some(([first, end]) => state.subarray(first, end).includes(0))) return false;
      if (opcode(i) === OP.CLOSURE) {
        const { upvals } = p.protos[argBx(i)] as Proto;
        // A function may capture the variable that it becomes.
        if (upvals.some((u) => u.inStack && u.index !== argA(i) && state[u.index] === 0)) return false;
      }
      state.fill(0, ...writes(p, pc)).fill(1, ...valued(p, pc));
      const ways = exits(p, pc);
      pc += width(i);
      if (ways === undefined && !known.has(pc)) continue;
      for (const way of ways ?? [edge(pc)]) arrive(way, state);
      break;
    }
  }
  return true;
}

/** Registers that have values behind an instruction; an open list is its taker's. */
function valued(p: Proto, pc: number): Span {
  const i = p.code[pc] as number;
  const a = argA(i);
  switch (opcode(i)) {
    case OP.CALL:
      return [a, a + Math.max(0, argC(i) - 1)];
    case OP.TAILCALL:
      return [a, a];
    case OP.TFORCALL:
      return [a + 3, a + 3 + argC(i)];
    case OP.VARARG:
      return argB(i) === 0 ? [a, a] : writes(p, pc);
    default:
      return writes(p, pc);
  }
}

function verifyInstruction(p: Proto, pc: number): boolean {
  const i = p.code[pc] as number;
  const [a, b, c] = [argA(i), argB(i), argC(i)];
  const register = (r: number): boolean => r < p.frameSize;
  const rk = (x: number): boolean => (x & 0x100 ? (x & 0xff) < p.constants.length : register(x));
  const next = p.code[pc + 1] ?? 0;
  /** A place where execution may go on. */
  const target = (at: number): boolean => {
    const there = p.code[at];
    return there !== undefined && opcode(there) !== OP.EXTRAARG && !takesOpen(there);
  };
  const jump = target(pc + 1 + argBx(i) - 131071);
  switch (opcode(i)) {
    case OP.BNOT:
      return !p.is51 && register(a) && register(b);
    case OP.MOVE:
    case OP.UNM:
    case OP.NOT:
    case OP.LEN:
      return register(a) && register(b);
    case OP.LOADK:
      return register(a) && argBx(i) < p.constants.length;
    case OP.LOADKX:
      return register(a) && opcode(next) === OP.EXTRAARG && next >>> 6 < p.constants.length;
    case OP.LOADBOOL:
      return register(a) && target(pc + (c ? 2 : 1));
    case OP.LOADNIL:
      return register(a + b);
    case OP.GETUPVAL:
    case OP.SETUPVAL:
      return register(a) && b < p.upvals.length;
    case OP.GETTABUP:
      return register(a) && b < p.upvals.length && rk(c);
    case OP.SETTABUP:
      return a < p.upvals.length && rk(b) && rk(c);
    case OP.GETTABLE:
      return register(a) && register(b) && rk(c);
    case OP.SETTABLE:
      return register(a) && rk(b) && rk(c);
    case OP.NEWTABLE:
      return register(a) && b < 0x80 && c < 0x80;
    case OP.SELF:
      return register(a + 1) && register(b) && rk(c);
    case OP.CONCAT:
      return register(a) && b < c && register(c);
    case OP.JMP:
      return jump && a <= p.frameSize;
    case OP.EQ:
    case OP.LT:
    case OP.LE:
      return rk(b) && rk(c) && target(pc + 1) && target(pc + 2);
    case OP.TEST:
      return register(a) && target(pc + 1) && target(pc + 2);
    case OP.TESTSET:
      return register(a) && register(b) && target(pc + 1) && target(pc + 2);
    case OP.CALL:
    case OP.TAILCALL:
      return (
        register(a) &&
        (b === 0 ? openFrom(p, pc) > a : register(a + b - 1)) &&
        (c === 0 || register(a + Math.max(0, c - 2)))
      );
    case OP.RETURN:
      return b === 0 ? openFrom(p, pc) >= a : b === 1 || register(a + b - 2);
    case OP.FORLOOP:
    case OP.FORPREP:
      return register(a + 3) && jump;
    case OP.TFORCALL:
      return register(a + 2 + c) && opcode(next) === OP.TFORLOOP;
    case OP.TFORLOOP:
      return register(a + 1) && jump;
    case OP.SETLIST:
      if (c === 0 && opcode(next) !== OP.EXTRAARG) return false;
      return register(a) && (b === 0 ? openFrom(p, pc) > a : register(a + b));
    case OP.CLOSURE:
      return register(a) && argBx(i) < p.protos.length;
    case OP.VARARG:
      return p.isVararg && (b === 0 ? register(a) : b === 1 || register(a + b - 2));
    case OP.EXTRAARG: {
      const before = opcode(p.code[pc - 1] ?? 0);
      return pc > 0 && (before === OP.LOADKX || before === OP.SETLIST);
    }
    case OP.GETGLOBAL:
      return p.is51 && register(a) && rk(c);
    case OP.SETGLOBAL:
      return p.is51 && rk(b) && rk(c);
    case OP.ARGTABLE:
      return p.is51 && p.isVararg && register(a);
    default:
      return opcode(i) >= OP.ADD && opcode(i) <= (p.is51 ? OP.DIV : OP.SHR) && register(a) && rk(b) && rk(c);
  }
}
