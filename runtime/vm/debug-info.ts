/**
 * Names for values and functions, found by looking at the instructions around (the idea of ldebug.c). Names of locals
 * and upvalues are usually stripped, as the firmware strips them.
 */
import { argA, argB, argC, argSBx, OP, opcode } from './opcodes.ts';
import type { Proto } from './proto.ts';
import { LuaTable } from './table.ts';
import { FINALIZING, type Frame, HOOKED, TAIL, type Thread } from './thread.ts';
import { Closure, type LuaFn } from './value.ts';

export interface NameInfo {
  readonly kind: string;
  readonly name: string;
}

/** Operations that write no register A. */
const NO_TARGET = new Set<number>([
  OP.SETTABUP,
  OP.SETUPVAL,
  OP.SETTABLE,
  OP.JMP,
  OP.EQ,
  OP.LT,
  OP.LE,
  OP.TEST,
  OP.RETURN,
  OP.SETLIST,
  OP.EXTRAARG,
  OP.SETGLOBAL,
  OP.TFORCALL,
]);

/** Name of the n-th (from 1) local variable alive at pc, or undefined. */
export function localName(p: Proto, n: number, pc: number): string | undefined {
  let left = n;
  for (const local of p.locals) {
    if (local.startPc > pc) break;
    if (pc < local.endPc && --left === 0) return local.name;
  }
  return undefined;
}

/** The last instruction before `end` that set a register, -1 if unknown. */
function setter(p: Proto, end: number, register: number): number {
  let found = -1;
  let target = 0;
  for (let pc = 0; pc < end; pc++) {
    const i = p.code[pc] as number;
    const a = argA(i);
    let changes = false;
    switch (opcode(i)) {
      case OP.LOADNIL:
        changes = a <= register && register <= a + argB(i);
        break;
      case OP.TFORCALL:
        changes = register >= a + 2;
        break;
      case OP.CALL:
      case OP.TAILCALL:
        changes = register >= a;
        break;
      case OP.JMP: {
        const destination = pc + 1 + argSBx(i);
        if (pc < destination && destination <= end && destination > target) target = destination;
        break;
      }
      default:
        changes = !NO_TARGET.has(opcode(i)) && a === register;
    }
    // Code that a jump may have skipped tells nothing.
    if (changes) found = pc < target ? -1 : pc;
  }
  return found;
}

/** C ends a name at its first NUL. */
const cName = (name: string): string => name.split('\0', 1)[0] as string;

function constantName(p: Proto, pc: number, c: number): string {
  if (c & 0x100) {
    const k = p.constants[c & 0xff];
    if (typeof k === 'string') return cName(k);
  } else {
    const info = registerName(p, pc, c);
    if (info?.kind === 'constant') return info.name;
  }
  return '?';
}

const upvalName = (p: Proto, at: number): string => p.upvals[at]?.name || '?';

/** What a register holds at pc, as far as the code tells. */
export function registerName(p: Proto, lastPc: number, register: number): NameInfo | undefined {
  const local = localName(p, register + 1, lastPc);
  if (local !== undefined) return { kind: 'local', name: local };
  const pc = setter(p, lastPc, register);
  if (pc < 0) return undefined;
  const i = p.code[pc] as number;
  switch (opcode(i)) {
    case OP.MOVE:
      return argB(i) < argA(i) ? registerName(p, pc, argB(i)) : undefined;
    case OP.GETGLOBAL:
      return { kind: 'global', name: constantName(p, pc, argC(i)) };
    case OP.GETTABUP:
      return { kind: upvalName(p, argB(i)) === '_ENV' ? 'global' : 'field', name: constantName(p, pc, argC(i)) };
    case OP.GETTABLE: {
      const table = localName(p, argB(i) + 1, pc);
      return { kind: table === '_ENV' ? 'global' : 'field', name: constantName(p, pc, argC(i)) };
    }
    case OP.GETUPVAL:
      return { kind: 'upvalue', name: upvalName(p, argB(i)) };
    case OP.LOADK:
    case OP.LOADKX: {
      const at = opcode(i) === OP.LOADK ? i >>> 14 : (p.code[pc + 1] as number) >>> 6;
      const k = p.constants[at];
      return typeof k === 'string' && !p.is51 ? { kind: 'constant', name: cName(k) } : undefined;
    }
    case OP.SELF:
      return { kind: 'method', name: constantName(p, pc, argC(i)) };
    default:
      return undefined;
  }
}

/**
 * Name of an operand of the running instruction: a register, a constant (bit 0x100, nameless) or an upvalue (0x200).
 */
export function variableInfo(frame: Frame, operand: number): NameInfo | undefined {
  if (!(frame.fn instanceof Closure)) return undefined;
  const p = frame.fn.proto;
  if (operand & 0x200) return { kind: 'upvalue', name: upvalName(p, operand & 0xff) };
  if (operand & 0x100) return undefined;
  return registerName(p, frame.pc - 1, operand);
}

const EVENT_OF: Readonly<Record<number, string>> = {
  [OP.SELF]: '__index',
  [OP.GETTABUP]: '__index',
  [OP.GETTABLE]: '__index',
  [OP.GETGLOBAL]: '__index',
  [OP.SETTABUP]: '__newindex',
  [OP.SETTABLE]: '__newindex',
  [OP.SETGLOBAL]: '__newindex',
  [OP.ADD]: '__add',
  [OP.SUB]: '__sub',
  [OP.MUL]: '__mul',
  [OP.MOD]: '__mod',
  [OP.POW]: '__pow',
  [OP.DIV]: '__div',
  [OP.IDIV]: '__idiv',
  [OP.BAND]: '__band',
  [OP.BOR]: '__bor',
  [OP.BXOR]: '__bxor',
  [OP.SHL]: '__shl',
  [OP.SHR]: '__shr',
  [OP.UNM]: '__unm',
  [OP.BNOT]: '__bnot',
  [OP.LEN]: '__len',
  [OP.CONCAT]: '__concat',
  [OP.EQ]: '__eq',
  [OP.LT]: '__lt',
  [OP.LE]: '__le',
};

/** How the function of a frame was named by its caller. */
export function functionName(L: Thread, frame: Frame): NameInfo | undefined {
  const caller = frame.prev;
  if (frame.flags & FINALIZING && !L.g.is51) return { kind: 'metamethod', name: '__gc' };
  if (caller === undefined || !(caller.fn instanceof Closure) || frame.tails > 0 || frame.flags & TAIL)
    return undefined;
  if (caller.flags & HOOKED) return { kind: 'hook', name: '?' };
  const p = caller.fn.proto;
  const i = p.code[caller.pc - 1];
  if (i === undefined) return undefined;
  switch (opcode(i)) {
    case OP.CALL:
    case OP.TAILCALL:
      return registerName(p, caller.pc - 1, argA(i));
    case OP.TFORCALL:
      return L.g.is51 ? registerName(p, caller.pc - 1, argA(i)) : { kind: 'for iterator', name: 'for iterator' };
    default: {
      // 5.1 does not look behind metamethods.
      const event = L.g.is51 ? undefined : EVENT_OF[opcode(i)];
      return event === undefined ? undefined : { kind: 'metamethod', name: event };
    }
  }
}

/** 5.3: the name of a function of a library, for example `string.rep`; those in flash are found under `ROM`. */
export function globalFunctionName(L: Thread, fn: LuaFn | undefined): string | undefined {
  return fieldName(L.g.loaded, fn, 2)?.replace(/^_G\./, '') ?? (L.g.rom && fieldName(L.g.rom, fn, 2));
}

function fieldName(t: LuaTable, fn: LuaFn | undefined, level: number): string | undefined {
  for (let at = t.nextUsed(0); at >= 0; at = t.nextUsed(at + 1)) {
    const key = t.keyAt(at);
    const v = t.valueAt(at);
    if (typeof key !== 'string') continue;
    if (v === fn) return key;
    const inner = level > 1 && v instanceof LuaTable ? fieldName(v, fn, level - 1) : undefined;
    if (inner !== undefined) return `${key}.${inner}`;
  }
  return undefined;
}
