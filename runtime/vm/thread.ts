/** A Lua thread: its value stack and its chain of call frames. The interpreter is execute.ts. */
import { valueBytes } from './heap.ts';
import type { Hook } from './hook.ts';
import type { Proto } from './proto.ts';
import { Closure, type LuaFn, Native, Upval, type Value } from './value.ts';
import type { Vm } from './vm.ts';

/** Frame flags. */
export const FRESH = 1; // the frame at which a run of the interpreter began
export const CATCH = 2; // errors stop here (pcall)
export const TAIL = 4; // 5.3: called by a tail call
export const HOOKED = 8; // a hook runs on top of it
export const FINALIZING = 16; // a finalizer runs on top of it
export const TOUCHED = 32; // debug.setlocal changed it: generated code must not go on

/** Runs when the function called by a native frame has returned; `count` values lie at `L.stack[at]`. */
export type Continuation = (L: Thread, frame: Frame, at: number, count: number) => number;

/** One active call. Frames are reused; a frame's `next` may be a stale one. */
export class Frame {
  fn: LuaFn | undefined = undefined;
  /** Stack index of the called function; results go there unless `dest` says otherwise. */
  func = 0;
  /** First register or argument. */
  base = 0;
  /** End of the frame's part of the stack. */
  top = 0;
  /** Next instruction, saved whenever something may fail. */
  pc = 0;
  /** Results wanted, -1 = all. */
  want = 0;
  flags = 0;
  /** 5.1: tail calls that vanished below this frame. */
  tails = 0;
  /** Where the results go. */
  dest = 0;
  /** How the caller's instruction goes on after a metamethod, 0 = not one. */
  finish = 0;
  k: Continuation | undefined = undefined;
  /** Message handler to restore when a protected call ends. */
  handler: Value = undefined;
  /** Count of nested C calls to restore with it. */
  cCalls = 0;
  readonly prev: Frame | undefined;
  next: Frame | undefined = undefined;
  constructor(prev: Frame | undefined) {
    this.prev = prev;
  }

  /** A round of a loop is over; true when generated code may go on at `pc`. */
  turn(p: Proto, pc: number, g: Vm): boolean {
    if (++p.heat < g.hot) return false;
    this.pc = pc;
    return true;
  }

  /** The budget ends at a backward jump, in a line that is to be known. */
  stopAt(pc: number, g: Vm): never {
    this.pc = pc;
    return g.outOfFuel();
  }
}

/** C calls that may be nested (LUAI_MAXCCALLS). */
export const MAX_C_CALLS = 200;

export class Thread {
  readonly g: Vm;
  readonly stack: Value[] = [];
  readonly baseFrame: Frame;
  frame: Frame;
  /** One past the last value in use while a native function runs. */
  top = 0;
  /** Number of frames. */
  depth = 0;
  open: Upval | undefined = undefined;
  status: 'fresh' | 'suspended' | 'running' | 'normal' | 'dead' = 'fresh';
  /** Calls through JavaScript on the way to the current frame; above 0 the thread cannot yield. */
  nativeCalls = 0;
  /** The message handler of the running protected call. */
  handler: Value = undefined;
  resumer: Thread | undefined = undefined;
  /** Where the values of a yield lie while suspended. */
  yieldAt = 0;
  yieldCount = 0;
  /** Where the results of the last resume lie, and why it failed if it did. */
  resultAt = 0;
  error: Value = undefined;
  /** debug.sethook of 5.3. */
  hook: Hook | undefined = undefined;
  /** A hook is running, and no other may. */
  inHook = false;
  /** `pc` of the instruction that hooks looked at last. */
  oldPc = 0;
  /** 5.1: globals of functions loaded by this thread. */
  env: Value = undefined;
  id = 0;
  mark = 0;

  constructor(g: Vm) {
    this.g = g;
    this.baseFrame = new Frame(undefined);
    this.frame = this.baseFrame;
    this.stack.push(undefined);
    this.top = 1;
    this.baseFrame.base = 1;
    this.baseFrame.top = 1;
  }

  /** Enters a frame for `fn` whose function slot is `func`. */
  push(fn: LuaFn, func: number, base: number, top: number, want: number): Frame {
    let frame = this.frame.next;
    if (frame === undefined) {
      frame = new Frame(this.frame);
      this.frame.next = frame;
    }
    this.frame = frame;
    frame.fn = fn;
    frame.func = func;
    frame.base = base;
    frame.top = top;
    frame.pc = 0;
    frame.want = want;
    frame.flags = 0;
    frame.tails = 0;
    frame.dest = func;
    frame.finish = 0;
    frame.k = undefined;
    if (++this.depth >= this.g.maxDepth) this.g.stackOverflow(this);
    const stack = this.stack;
    if (top > stack.length) this.grow(top);
    return frame;
  }

  pop(): void {
    this.frame = this.frame.prev as Frame;
    this.depth--;
  }

  /** Makes the stack at least `size` long; keeps it a packed array. */
  grow(size: number): void {
    const stack = this.stack;
    const end = Math.max(size + 8, stack.length + (stack.length >> 1));
    this.g.checkStack(this, size);
    this.g.account((end - stack.length) * valueBytes(this.g.longNumbers));
    for (let i = stack.length; i < end; i++) stack.push(undefined);
  }

  /** The open upvalue of a stack slot. */
  findUpval(at: number): Upval {
    let before: Upval | undefined;
    let upval = this.open;
    while (upval !== undefined && upval.at > at) {
      before = upval;
      upval = upval.next;
    }
    if (upval !== undefined && upval.at === at) return upval;
    const fresh = new Upval(this.stack, at, upval);
    if (before === undefined) this.open = fresh;
    else before.next = fresh;
    return fresh;
  }

  /** Closes the open upvalues from a slot upward. */
  close(level: number): void {
    let upval = this.open;
    while (upval !== undefined && upval.at >= level) {
      const next = upval.next;
      upval.cells = [upval.cells[upval.at]];
      upval.at = 0;
      upval.next = undefined;
      upval = next;
    }
    this.open = upval;
  }

  /**
   * Calls a function from JavaScript: results are `stack[top] …`, their number is returned (at most `want`, or all
   * when -1). `this.top` is unchanged. Errors are thrown.
   */
  call(fn: Value, args: readonly Value[], want: number): number {
    const func = this.top;
    const stack = this.stack;
    if (func + args.length + 1 > stack.length) this.grow(func + args.length + 1);
    stack[func] = fn;
    for (let i = 0; i < args.length; i++) stack[func + 1 + i] = args[i];
    return this.callAt(func, args.length, want);
  }

  /** One result of a call. */
  call1(fn: Value, ...args: readonly Value[]): Value {
    return this.call(fn, args, 1) === 0 ? undefined : this.stack[this.top];
  }

  /** Calls the function at `func` with `count` arguments after it; results replace it. `this.top` becomes `func`. */
  callAt(func: number, count: number, want: number): number {
    const g = this.g;
    if (++this.nativeCalls > 0 && ++g.cCalls >= MAX_C_CALLS) g.cStackOverflow(this);
    this.top = func + 1 + count;
    const got = g.interpreter(this, func, count, want);
    g.cCalls--;
    this.nativeCalls--;
    this.top = func;
    return got;
  }

  /** Drops frames above `frame`, closing their upvalues from `level`. */
  unwind(frame: Frame, level: number): void {
    this.close(level);
    while (this.frame !== frame) this.pop();
  }
}

export const isFunction = (v: Value): v is LuaFn => v instanceof Closure || v instanceof Native;
