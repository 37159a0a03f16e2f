/**
 * Hooks: debug.sethook of 5.3, and the host's own line hook. A frame that is watched calls {@link traceStep} before each
 * instruction; when a line event is due is as in luaG_traceexec, and hooks do not nest.
 */

import { currentLine } from './errors.ts';
import { OP } from './opcodes.ts';
import type { Proto } from './proto.ts';
import { type Frame, HOOKED, TAIL, type Thread } from './thread.ts';
import { Closure, type LuaFn } from './value.ts';

/** What debug.sethook was given. */
export class Hook {
  readonly fn: LuaFn;
  readonly onCall: boolean;
  readonly onReturn: boolean;
  readonly onLine: boolean;
  /** Instructions between two `count` events, 0 = none. */
  readonly count: number;
  /** Instructions left before the next. */
  left: number;
  constructor(fn: LuaFn, mask: string, count: number) {
    this.fn = fn;
    this.onCall = mask.includes('c');
    this.onReturn = mask.includes('r');
    this.onLine = mask.includes('l');
    this.count = Math.max(0, count);
    this.left = this.count;
  }

  /** As debug.gethook gives it. */
  get mask(): string {
    return (this.onCall ? 'c' : '') + (this.onReturn ? 'r' : '') + (this.onLine ? 'l' : '');
  }
}

/** True when somebody looks at what the thread executes. */
export const watched = (L: Thread): boolean => L.hook !== undefined || L.g.onLine !== undefined;

function fire(L: Thread, hook: Hook, event: string, line?: number): void {
  if (L.inHook) return;
  const { frame, top } = L;
  L.top = Math.max(top, frame.top);
  L.inHook = true;
  frame.flags |= HOOKED;
  try {
    L.call(hook.fn, [event, line], 0);
  } finally {
    frame.flags &= ~HOOKED;
    L.inHook = false;
    L.top = top;
  }
}

/** A function is about to run in the current frame. */
export function traceCall(L: Thread): void {
  const { hook, frame } = L;
  if (hook === undefined || !hook.onCall) return;
  const lua = frame.fn instanceof Closure;
  // Names are looked up at the instruction before `pc`.
  if (lua) frame.pc++;
  fire(L, hook, lua && (frame.flags & TAIL) !== 0 ? 'tail call' : 'call');
  if (lua) frame.pc--;
}

/** The function in the current frame is about to return; its results end at `end`. */
export function traceReturn(L: Thread, end: number): void {
  const { hook, frame, top } = L;
  if (hook?.onReturn) {
    L.top = Math.max(top, end);
    fire(L, hook, 'return');
    L.top = top;
  }
  // The caller's line goes on where it was.
  L.oldPc = frame.prev?.pc ?? 0;
}

/** C Lua does the jump behind a test, and that behind a call of an iterator, together with it. */
function isPartOfTest(p: Proto, at: number): boolean {
  const op = (p.code[at] as number) & 0x3f;
  const before = (p.code[at - 1] as number) & 0x3f;
  return (op === OP.JMP && before >= OP.EQ && before <= OP.TESTSET) || (op === OP.TFORLOOP && before === OP.TFORCALL);
}

/** The instruction before `ci.pc` is about to run. */
export function traceStep(L: Thread, ci: Frame): void {
  const hook = L.hook;
  const { onLine } = L.g;
  const p = (ci.fn as Closure).proto;
  const { pc } = ci;
  if (L.oldPc === pc - 1 && isPartOfTest(p, pc - 1)) return;
  if (hook !== undefined && hook.count > 0 && --hook.left === 0) {
    hook.left = hook.count;
    fire(L, hook, 'count');
  }
  const line = currentLine(ci);
  const before = L.oldPc;
  L.oldPc = pc;
  if (pc !== 1 && pc > before && line === p.lines[before - 1]) return;
  if (line > 0) onLine?.(p.shortSource, line);
  // What runs inside a hook moves the place too.
  if (L.hook?.onLine) {
    fire(L, L.hook, 'line', line > 0 ? line : undefined);
    L.oldPc = pc;
  }
}
