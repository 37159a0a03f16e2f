/**
 * Generated code: a function that has run long enough is written as JavaScript and compiled, for each place where it
 * is entered (its start, the heads of its loops). It keeps frames and stack as the interpreter does wherever somebody
 * may look, charges the same instructions, and hands every unusual turn back to the interpreter, which goes on from the
 * frame. Where the page's policy forbids making functions from text, the interpreter does all. Only numbers, names of
 * ours and no text of the script get into the source.
 */

import { product64, shiftLeft64, tryArith64 } from './arith64.ts';
import { argTable, CONTINUE, call, enterClosure, iterate, makeClosure, setList, tailCall, varargs } from './call.ts';
import { FINISH } from './finish.ts';
import { forLoop64, forLoopFloat, forPrep } from './for-loop.ts';
import { watched } from './hook.ts';
import { type BlockCode, Emitter } from './jit-emit.ts';
import { type Block, findLive, flow } from './jit-flow.ts';
import { join } from './jit-registers.ts';
import { shape } from './jit-shape.ts';
import { getKeyed, getMethod, setKeyed } from './keyed.ts';
import { floatArith, makeFloat, mod51, pow, shiftLeft } from './number.ts';
import { float64, whole64 } from './number64.ts';
import { argSBx, OP, opcode } from './opcodes.ts';
import { noteLong, type Proto } from './proto.ts';
import { beginOperation, finishOperation, slowOperation } from './slow.ts';
import { LuaTable } from './table.ts';
import { FRESH, type Frame, type Thread, TOUCHED } from './thread.ts';
import { Closure, Flt, Native, type Value } from './value.ts';
import { YIELD } from './vm.ts';

/** How a generated function ended. */
const DONE = 0; // the frame has returned
const EXIT = 1; // the interpreter goes on with the thread's current frame
const SUSPENDED = 2; // the thread yields
const TAIL = 3; // another function has taken the frame's place

type Outcome = typeof DONE | typeof EXIT | typeof SUSPENDED | typeof TAIL;
export type Generated = (L: Thread, ci: Frame, cl: Closure) => Outcome;

/** Longer functions would not be optimized, and be slower than the interpreter. */
const MAX_CODE = 1500;
/** Generated functions that call each other directly; deeper ones return to the interpreter first. */
const MAX_NESTED = 100;

/** Heat of a function that stays with the interpreter. */
const NEVER = -(2 ** 30);

/** Whether functions can be made from text here; undefined = not tried yet. */
let allowed: boolean | undefined;

/** Of instructions left to the interpreter: the registers that it must find in the stack. */
type Exits = ReadonlyMap<number, readonly number[]>;

/** The JavaScript for a function entered at `entry`, or undefined when it cannot be written. */
function source(p: Proto, entry: number): { text: string; exits: Exits } | undefined {
  const list = flow(p, entry);
  if (list === undefined) return undefined;
  const byStart = new Map(list.map((block) => [block.start, block]));
  findLive(p, list, byStart);
  const emitter = new Emitter(p, byStart);
  const states = new Map<Block, Uint8Array>();
  states.set(list[0] as Block, new Uint8Array(p.frameSize).fill(2));
  const code = new Map<Block, BlockCode>();
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of list) {
      const result = emitter.block(block, states.get(block) as Uint8Array);
      code.set(block, result);
      block.edges.forEach(({ target }, n) => {
        const to = byStart.get(target) as Block;
        const from = result.ways[n]?.state as Uint8Array;
        const into = states.get(to);
        if (into === undefined) states.set(to, from.slice());
        else if (!join(into, from)) return;
        changed = true;
      });
    }
  }
  const live = (list[0] as Block).live;
  const registers = Array.from(live, (alive, r) => `r${r}${alive === 1 ? `=S[b+${r}]` : ''}`);
  const constants = p.constants.map((_, n) => `k${n}=P.constants[${n}]`);
  const { exits } = emitter;
  const text = `"use strict";const {${Object.keys(RUNTIME).join()}}=R,H=P.hints${constants.map((c) => `,${c}`).join('')};
const U=(cl,i)=>{const u=cl.upvals[i];return u.cells[u.at];};
return function(L,ci,cl){const S=L.stack,b=ci.base,g=L.g,Y=L!==g.main;let m=${entry},x=0,s=0,${registers.join(',')};
X:${shape(list, code)}
${exits.size === 0 ? '' : `return exit(L,ci,P,x,m,E,[${Array.from(live, (_, r) => `r${r}`).join()}]);`}
};`;
  return { text, exits };
}

/** What generated code calls. */
const RUNTIME = {
  DONE,
  EXIT,
  TOUCHED,
  LuaTable,
  Native,
  Flt,
  fround: Math.fround,
  imul: Math.imul,
  begin: beginOperation,
  slow: slowOperation,
  invoke,
  next,
  leave,
  exit,
  give,
  tail,
  setList,
  makeClosure,
  varargs,
  argTable,
  forPrep,
  forLoopFloat,
  getKeyed,
  setKeyed,
  getMethod,
  makeFloat,
  floatArith,
  mod51,
  pow,
  shiftLeft,
  forLoop64,
  tryArith64,
  float64,
  whole64,
  product64,
  shiftLeft64,
};

/** Its code does not exist. */
const NONE = -4;

/**
 * Runs the current frame's generated code. As the interpreter's run: the number of results or YIELD; or CONTINUE with
 * the thread's frame as it is then, or NONE when there is no code for this place.
 */
export function runGenerated(L: Thread, ci: Frame, cl: Closure): number {
  const code = generated(cl.proto, ci.pc);
  if (code === undefined) return NONE;
  const { flags, want, dest } = ci;
  const outcome = code(L, ci, cl);
  if (outcome === SUSPENDED) return YIELD;
  if (outcome !== DONE || (flags & FRESH) === 0) return CONTINUE;
  return want < 0 ? L.top - dest : want;
}

/** The generated code of a function for an entry; undefined when there is none. */
function generated(p: Proto, entry: number): Generated | undefined {
  const known = p.generated[entry];
  if (known !== undefined) return known === 'none' ? undefined : known;
  const possible = isEntry(p, entry);
  const made = possible ? make(p, entry) : undefined;
  p.generated[entry] = made ?? 'none';
  if (entry === 0) p.main = made;
  if (possible && made === undefined) p.heat = NEVER;
  return made;
}

function make(p: Proto, entry: number): Generated | undefined {
  if (p.code.length > MAX_CODE || allowed === false) return undefined;
  const written = source(p, entry);
  if (written === undefined) return undefined;
  try {
    const maker = new Function('R', 'P', 'E', written.text);
    allowed = true;
    return maker(RUNTIME, p, written.exits) as Generated;
  } catch (error) {
    if (!(error instanceof EvalError)) throw error;
    allowed = false;
    return undefined;
  }
}

/** The start of a function or the head of a loop. */
function isEntry(p: Proto, at: number): boolean {
  if (at === 0) return true;
  return p.code.some((i, pc) => {
    const op = opcode(i);
    return (op === OP.JMP || op === OP.FORLOOP || op === OP.TFORLOOP) && at <= pc && pc + 1 + argSBx(i) === at;
  });
}

/** CALL from generated code: DONE when the results are in place. */
function invoke(L: Thread, ci: Frame, func: number, count: number, want: number): Outcome {
  const { g } = L;
  const fn = L.stack[func];
  if (fn instanceof Closure) {
    const code = fn.proto.main;
    if (code === undefined || g.nested >= MAX_NESTED || g.watching) return nest(L, ci, call(L, ci, func, count, want));
    const frame = enterClosure(L, fn, func, count, want);
    g.nested++;
    const outcome = code(L, frame, fn);
    g.nested--;
    return outcome === TAIL ? nest(L, ci, L.frame) : outcome;
  }
  const entered = call(L, ci, func, count, want);
  if (entered !== ci) return nest(L, ci, entered);
  if (!g.watching) return DONE;
  if (watched(L)) L.oldPc = ci.pc;
  return EXIT;
}

/** TFORCALL from generated code. */
function next(L: Thread, ci: Frame, a: number, results: number): Outcome {
  const entered = iterate(L, ci, a, results);
  return entered === ci ? DONE : nest(L, ci, entered);
}

/** Runs the frame that a call of `ci` has entered, until it returns. */
function nest(L: Thread, ci: Frame, called: Frame | undefined): Outcome {
  if (called === undefined) return SUSPENDED;
  const { g } = L;
  if (called.prev !== ci || g.nested >= MAX_NESTED || g.watching) return EXIT;
  for (let frame = called; ; frame = L.frame) {
    const { fn } = frame;
    if (!(fn instanceof Closure) || frame.pc !== 0 || ++fn.proto.heat < g.hot) return EXIT;
    const code = generated(fn.proto, 0);
    if (code === undefined) return EXIT;
    g.nested++;
    const outcome = code(L, frame, fn);
    g.nested--;
    if (outcome !== TAIL) return outcome;
  }
}

/** The interpreter goes on at `pc`, whose long way this code lacks; a function that comes here often is written anew. */
function exit(
  L: Thread,
  ci: Frame,
  p: Proto,
  pc: number,
  mark: number,
  exits: Exits,
  registers: readonly Value[],
): Outcome {
  for (const r of exits.get(pc) ?? []) L.stack[ci.base + r] = registers[r];
  ci.pc = pc;
  L.g.uncharged = pc - mark;
  noteLong(p, pc);
  if (++p.exits >= p.exitLimit) {
    p.exits = 0;
    p.exitLimit *= 2;
    p.main = undefined;
    p.generated.length = 0;
  }
  return EXIT;
}

/** The frame's results are in place. */
function leave(L: Thread, ci: Frame): Outcome {
  L.frame = ci.prev as Frame;
  L.depth--;
  if (ci.finish !== FINISH.NONE) finishOperation(L, ci);
  return DONE;
}

/** RETURN of the `got` values at `from`. */
function give(L: Thread, ci: Frame, from: number, got: number): Outcome {
  const { stack } = L;
  const { dest, want } = ci;
  const n = want < 0 ? got : want;
  for (let j = 0; j < n; j++) stack[dest + j] = j < got ? stack[from + j] : undefined;
  if (want < 0) L.top = dest + got;
  return leave(L, ci);
}

function tail(L: Thread, ci: Frame, func: number, count: number): Outcome {
  return tailCall(L, ci, func, count) === undefined ? SUSPENDED : TAIL;
}
