/**
 * The interpreter: one loop over the instructions of the current frame. Calls between Lua functions do not nest in JavaScript.
 * Instructions are charged at calls, returns and backward jumps. A case that cannot take its short way leaves the switch, and
 * slow.ts does the work. The numbers of the cases are proto.ts's, as literals: only then the switch becomes a jump table.
 */
import { tryArith64 } from './arith64.ts';
import { argTable, CONTINUE, call, iterate, makeClosure, resumeNative, setList, tailCall, varargs } from './call.ts';
import { forLoop64, forLoopFloat, forPrep } from './for-loop.ts';
import { traceCall, traceReturn, traceStep, watched } from './hook.ts';
import { runGenerated } from './jit.ts';
import { getKeyed, getMethod, setKeyed } from './keyed.ts';
import { floatArith, makeFloat, mod51, pow } from './number.ts';
import type { Proto } from './proto.ts';
import { beginOperation, finishOperation, slowOperation } from './slow.ts';
import { LuaTable } from './table.ts';
import { FRESH, type Frame, type Thread } from './thread.ts';
import { Closure, Flt, type Upval, type Value } from './value.ts';
import { YIELD } from './vm.ts';

const rk = (stack: Value[], k: Value[], base: number, x: number): Value => (x & 0x100 ? k[x & 0xff] : stack[base + x]);

/** Runs from the current frame until a fresh one returns: the number of results, or YIELD. An error leaves the frames. */
export function run(L: Thread): number {
  const g = L.g;
  const { is51, wide } = g;
  const stack = L.stack;
  const yieldable = !is51 && L !== g.main; // only in 5.3 can a metamethod yield
  let ci = L.frame;
  frames: for (;;) {
    let traced = g.watching && watched(L);
    const cl = ci.fn;
    if (!(cl instanceof Closure)) {
      const got = resumeNative(L, ci);
      if (got >= 0 || got === YIELD) return got;
      ci = L.frame;
      continue;
    }
    const p = cl.proto;
    if (!traced && (ci.pc === 0 ? ++p.heat : p.heat) >= g.hot) {
      const got = runGenerated(L, ci, cl);
      if (got >= YIELD) return got;
      ci = L.frame;
      if (got === CONTINUE) continue;
    }
    const code = p.code;
    const k = p.constants;
    const hints = p.hints;
    const base = ci.base;
    let pc = ci.pc;
    let mark = pc - g.uncharged;
    g.uncharged = 0;
    if (traced && pc === 0) traceCall(L);
    for (;;) {
      const i = code[pc++] as number;
      if (traced) {
        ci.pc = pc;
        traceStep(L, ci);
        traced = watched(L);
      }
      const a = base + ((i >>> 6) & 0xff);
      switch (i & 0x3f) {
        case 0: // MOVE
          stack[a] = stack[base + (i >>> 23)];
          continue;
        case 1: // LOADK
          stack[a] = k[i >>> 14];
          continue;
        case 2: // LOADKX
          stack[a] = k[(code[pc++] as number) >>> 6];
          continue;
        case 3: // LOADBOOL
          stack[a] = i >>> 23 !== 0;
          if ((i >>> 14) & 0x1ff) pc++;
          continue;
        case 4: // LOADNIL
          for (let at = a, n = i >>> 23; n >= 0; n--) stack[at++] = undefined;
          continue;
        case 5: {
          // GETUPVAL
          const uv = cl.upvals[i >>> 23] as Upval;
          stack[a] = uv.cells[uv.at];
          continue;
        }
        case 6: {
          // GETTABUP
          const uv = cl.upvals[i >>> 23] as Upval;
          const t = uv.cells[uv.at];
          if (t instanceof LuaTable) {
            const v = getKeyed(t, rk(stack, k, base, (i >>> 14) & 0x1ff), hints, pc - 1);
            if (v !== undefined || t.meta === undefined) {
              stack[a] = v;
              continue;
            }
          }
          break;
        }
        case 7: {
          // GETTABLE
          const t = stack[base + (i >>> 23)];
          if (t instanceof LuaTable) {
            const v = getKeyed(t, rk(stack, k, base, (i >>> 14) & 0x1ff), hints, pc - 1);
            if (v !== undefined || t.meta === undefined) {
              stack[a] = v;
              continue;
            }
          }
          break;
        }
        case 8: {
          // SETTABUP
          const uv = cl.upvals[(i >>> 6) & 0xff] as Upval;
          const t = uv.cells[uv.at];
          const key = rk(stack, k, base, i >>> 23);
          if (t instanceof LuaTable && setKeyed(t, key, rk(stack, k, base, (i >>> 14) & 0x1ff), hints, pc - 1))
            continue;
          break;
        }
        case 9: {
          // SETUPVAL
          const uv = cl.upvals[i >>> 23] as Upval;
          uv.cells[uv.at] = stack[a];
          continue;
        }
        case 10: {
          // SETTABLE
          const t = stack[a];
          const key = rk(stack, k, base, i >>> 23);
          if (t instanceof LuaTable && setKeyed(t, key, rk(stack, k, base, (i >>> 14) & 0x1ff), hints, pc - 1))
            continue;
          break;
        }
        case 12: {
          // SELF
          const t = stack[base + (i >>> 23)];
          const method = getMethod(t, rk(stack, k, base, (i >>> 14) & 0x1ff), hints, pc - 1);
          if (method === undefined) break;
          stack[a + 1] = t;
          stack[a] = method;
          continue;
        }
        case 13: {
          // ADD
          const x = rk(stack, k, base, i >>> 23);
          const y = rk(stack, k, base, (i >>> 14) & 0x1ff);
          if (typeof x !== 'number' || typeof y !== 'number' || wide) break;
          if (is51) stack[a] = x + y;
          else stack[a] = (x | 0) === x && (y | 0) === y ? (x + y) | 0 : makeFloat(Math.fround(x) + Math.fround(y));
          continue;
        }
        case 14: {
          // SUB
          const x = rk(stack, k, base, i >>> 23);
          const y = rk(stack, k, base, (i >>> 14) & 0x1ff);
          if (typeof x !== 'number' || typeof y !== 'number' || wide) break;
          if (is51) stack[a] = x - y;
          else stack[a] = (x | 0) === x && (y | 0) === y ? (x - y) | 0 : makeFloat(Math.fround(x) - Math.fround(y));
          continue;
        }
        case 15: {
          // MUL
          const x = rk(stack, k, base, i >>> 23);
          const y = rk(stack, k, base, (i >>> 14) & 0x1ff);
          if (typeof x !== 'number' || typeof y !== 'number' || wide) break;
          if (is51) stack[a] = x * y;
          else stack[a] = (x | 0) === x && (y | 0) === y ? Math.imul(x, y) : makeFloat(Math.fround(x) * Math.fround(y));
          continue;
        }
        case 16: // MOD
        case 17: // POW
        case 18: {
          // DIV
          const x = rk(stack, k, base, i >>> 23);
          const y = rk(stack, k, base, (i >>> 14) & 0x1ff);
          if (typeof x !== 'number' || typeof y !== 'number' || wide) break;
          const op = i & 0x3f;
          if (is51) stack[a] = op === 18 ? x / y : op === 16 ? mod51(x, y) : pow(x, y);
          else if (op === 18) stack[a] = makeFloat(Math.fround(x) / Math.fround(y));
          else if (op === 16 && (x | 0) === x && (y | 0) === y && x >= 0 && y > 0) stack[a] = (x | 0) % (y | 0);
          else break;
          continue;
        }
        case 25: {
          // UNM
          const x = stack[base + (i >>> 23)];
          if (!is51 || typeof x !== 'number') break;
          stack[a] = -x;
          continue;
        }
        case 27: {
          // NOT
          const x = stack[base + (i >>> 23)];
          stack[a] = x === undefined || x === false;
          continue;
        }
        case 28: {
          // LEN
          const x = stack[base + (i >>> 23)];
          if (!(x instanceof LuaTable) || x.meta !== undefined) break;
          stack[a] = x.length();
          continue;
        }
        case 30: {
          // JMP
          const by = (i >>> 14) - 131071;
          if ((i >>> 6) & 0xff) L.close(a - 1);
          if (by < 0) {
            g.fuel -= pc - mark;
            if (g.fuel < 0) ci.stopAt(pc, g);
            pc += by;
            mark = pc;
            if (!traced && ci.turn(p, pc, g)) continue frames;
          } else {
            pc += by;
            mark += by;
          }
          continue;
        }
        case 31: {
          // EQ
          const x = rk(stack, k, base, i >>> 23);
          const y = rk(stack, k, base, (i >>> 14) & 0x1ff);
          // Long texts are compared where that is charged.
          if (typeof x === 'string' && x.length > 256) break;
          const same = x === y;
          // Metamethods and boxed floats can make unlike objects equal.
          if (!same && ((typeof x === 'object' && typeof y === 'object') || x instanceof Flt || y instanceof Flt))
            break;
          if (same !== (((i >>> 6) & 0xff) !== 0)) pc++;
          continue;
        }
        case 32: // LT
        case 33: {
          const x = rk(stack, k, base, i >>> 23);
          const y = rk(stack, k, base, (i >>> 14) & 0x1ff);
          if (typeof x !== 'number' || typeof y !== 'number') break;
          if (((i & 0x3f) === 32 ? x < y : x <= y) !== (((i >>> 6) & 0xff) !== 0)) pc++;
          continue;
        }
        case 34: {
          // TEST
          const x = stack[a];
          if ((x === undefined || x === false) === (((i >>> 14) & 0x1ff) !== 0)) pc++;
          continue;
        }
        case 35: {
          // TESTSET
          const x = stack[base + (i >>> 23)];
          if ((x === undefined || x === false) === (((i >>> 14) & 0x1ff) !== 0)) pc++;
          else stack[a] = x;
          continue;
        }
        case 36: // CALL
        case 37: {
          // TAILCALL
          const b = i >>> 23;
          ci.pc = pc;
          g.charge(pc - mark);
          mark = pc;
          const count = b !== 0 ? b - 1 : L.top - a - 1;
          let next: Frame | undefined;
          if ((i & 0x3f) === 36) {
            next = call(L, ci, a, count, ((i >>> 14) & 0x1ff) - 1);
            if (next === ci) {
              traced = g.watching && watched(L);
              if (traced) L.oldPc = pc;
              continue;
            }
          } else {
            if (p.protos.length > 0) L.close(base);
            next = tailCall(L, ci, a, count);
          }
          if (next === undefined) return YIELD;
          ci = next;
          continue frames;
        }
        case 38: {
          // RETURN
          const b = i >>> 23;
          ci.pc = pc;
          g.charge(pc - mark);
          if (p.protos.length > 0) L.close(base);
          const got = b !== 0 ? b - 1 : L.top - a;
          if (traced) traceReturn(L, a + got);
          const want = ci.want;
          const dest = ci.dest;
          if (want === 1) stack[dest] = got > 0 ? stack[a] : undefined;
          else {
            const n = want < 0 ? got : want;
            for (let j = 0; j < n; j++) stack[dest + j] = j < got ? stack[a + j] : undefined;
            if (want < 0) L.top = dest + got;
          }
          L.frame = ci.prev as Frame;
          L.depth--;
          if (ci.finish !== 0) finishOperation(L, ci);
          if ((ci.flags & FRESH) !== 0) return want < 0 ? got : want;
          ci = L.frame;
          continue frames;
        }
        case 39: {
          // FORLOOP
          const at = stack[a];
          if (typeof at === 'number' && (is51 || ((at | 0) === at && !wide))) {
            const step = stack[a + 2] as number;
            const now = is51 ? at + step : (at + step) | 0;
            if (!(step > 0 ? now <= (stack[a + 1] as number) : (stack[a + 1] as number) <= now)) continue;
            stack[a] = now;
            stack[a + 3] = now;
          } else if (!(wide ? forLoop64 : forLoopFloat)(stack, a)) continue;
          g.fuel -= pc - mark;
          if (g.fuel < 0) ci.stopAt(pc, g);
          pc += (i >>> 14) - 131071;
          mark = pc;
          if (!traced && ci.turn(p, pc, g)) continue frames;
          continue;
        }
        case 40: {
          // FORPREP
          ci.pc = pc;
          forPrep(L, a);
          const by = (i >>> 14) - 131071;
          pc += by;
          mark += by;
          continue;
        }
        case 41: {
          // TFORCALL
          ci.pc = pc;
          g.charge(pc - mark);
          mark = pc;
          const next = iterate(L, ci, a, (i >>> 14) & 0x1ff);
          if (next === ci) continue;
          if (next === undefined) return YIELD;
          ci = next;
          continue frames;
        }
        case 42: // TFORLOOP
          if (stack[a + 1] === undefined) continue;
          stack[a] = stack[a + 1];
          pc += (i >>> 14) - 131071;
          mark = pc;
          if (!traced && ci.turn(p, pc, g)) continue frames;
          continue;
        case 43: {
          // SETLIST
          let c = (i >>> 14) & 0x1ff;
          if (c === 0) c = (code[pc++] as number) >>> 6;
          ci.pc = pc;
          setList(L, stack[a] as LuaTable, a, i >>> 23, c);
          continue;
        }
        case 44: // CLOSURE
          ci.pc = pc;
          stack[a] = makeClosure(L, cl, p.protos[i >>> 14] as Proto, base);
          continue;
        case 45: // VARARG
          ci.pc = pc;
          varargs(L, ci, p, a, (i >>> 23) - 1);
          continue;
        case 47: {
          // GETGLOBAL
          const t = cl.env as LuaTable;
          const v = getMethod(t, rk(stack, k, base, (i >>> 14) & 0x1ff), hints, pc - 1);
          if (v === undefined && t.meta !== undefined) break;
          stack[a] = v;
          continue;
        }
        case 48: {
          // SETGLOBAL
          const key = rk(stack, k, base, i >>> 23);
          if (setKeyed(cl.env as LuaTable, key, rk(stack, k, base, (i >>> 14) & 0x1ff), hints, pc - 1)) continue;
          break;
        }
        case 49: // ARGTABLE
          ci.pc = pc;
          stack[a] = argTable(L, ci, p);
          continue;
        default: // NEWTABLE, IDIV, bitwise operations, CONCAT; floats with whole values in what is above
      }
      const op = i & 0x3f;
      if (!is51 && op >= 13 && op <= 18) {
        const tryArith = wide ? tryArith64 : floatArith;
        const n = tryArith(op - 13, rk(stack, k, base, i >>> 23), rk(stack, k, base, (i >>> 14) & 0x1ff));
        if (n !== undefined) {
          stack[a] = n;
          continue;
        }
      }
      ci.pc = pc;
      if (yieldable) {
        const next = beginOperation(L, ci, i);
        if (next !== undefined) {
          g.charge(pc - mark);
          ci = next;
          continue frames;
        }
      }
      pc += slowOperation(L, ci, i, a);
    }
  }
}
