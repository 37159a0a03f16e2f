/**
 * The interpreter: one loop over the instructions of the current frame. Calls between Lua functions do not nest in
 * JavaScript. Instructions are charged at calls, returns and backward jumps. The numbers behind `case` are those of
 * proto.ts; they are literals because only then the switch becomes a jump table.
 */
import { invariant } from '../core/index.ts';
import {
  argTable,
  call,
  finishOperation,
  iterate,
  makeClosure,
  resumeNative,
  setList,
  tailCall,
  varargs,
} from './call.ts';
import { forLoopFloat, forPrep } from './for-loop.ts';
import { getKeyed, getMethod, setKeyed } from './keyed.ts';
import { makeFloat, mod51, pow } from './number.ts';
import { arith, concat, equals, index, length, lessEqual, lessThan, setIndex } from './ops.ts';
import type { Proto } from './proto.ts';
import { LuaTable } from './table.ts';
import { FRESH, type Frame, type Thread } from './thread.ts';
import { Closure, Flt, type Upval, type Value } from './value.ts';
import { YIELD } from './vm.ts';

const rk = (stack: Value[], k: Value[], base: number, x: number): Value => (x & 0x100 ? k[x & 0xff] : stack[base + x]);

/**
 * Runs the thread from its current frame until the nearest fresh frame returns. The number of its results, or YIELD;
 * errors are thrown with the frames still in place.
 */
export function run(L: Thread): number {
  const g = L.g;
  const is51 = g.is51;
  const stack = L.stack;
  let ci = L.frame;
  frames: for (;;) {
    const cl = ci.fn;
    if (!(cl instanceof Closure)) {
      const got = resumeNative(L, ci);
      if (got >= 0 || got === YIELD) return got;
      ci = L.frame;
      continue;
    }
    const p = cl.proto;
    const code = p.code;
    const k = p.constants;
    const hints = p.hints;
    const base = ci.base;
    let pc = ci.pc;
    let mark = pc;
    for (;;) {
      const i = code[pc++] as number;
      const a = base + ((i >>> 6) & 0xff);
      switch (i & 0x3f) {
        case 0: // MOVE
          stack[a] = stack[base + (i >>> 23)];
          break;
        case 1: // LOADK
          stack[a] = k[i >>> 14];
          break;
        case 2: // LOADKX
          stack[a] = k[(code[pc++] as number) >>> 6];
          break;
        case 3: // LOADBOOL
          stack[a] = i >>> 23 !== 0;
          if ((i >>> 14) & 0x1ff) pc++;
          break;
        case 4: // LOADNIL
          for (let at = a, n = i >>> 23; n >= 0; n--) stack[at++] = undefined;
          break;
        case 5: {
          // GETUPVAL
          const uv = cl.upvals[i >>> 23] as Upval;
          stack[a] = uv.cells[uv.at];
          break;
        }
        case 6: // GETTABUP
        case 47: {
          // GETGLOBAL
          let t: Value = cl.env;
          if ((i & 0x3f) === 6) {
            const uv = cl.upvals[i >>> 23] as Upval;
            t = uv.cells[uv.at];
          }
          const key = rk(stack, k, base, (i >>> 14) & 0x1ff);
          if (t instanceof LuaTable) {
            const v = getKeyed(t, key, hints, pc - 1);
            if (v !== undefined || t.meta === undefined) {
              stack[a] = v;
              break;
            }
          }
          ci.pc = pc;
          stack[a] = index(L, t, key, 0x200 | (i >>> 23));
          break;
        }
        case 7: {
          // GETTABLE
          const t = stack[base + (i >>> 23)];
          const key = rk(stack, k, base, (i >>> 14) & 0x1ff);
          if (t instanceof LuaTable) {
            const v = getKeyed(t, key, hints, pc - 1);
            if (v !== undefined || t.meta === undefined) {
              stack[a] = v;
              break;
            }
          }
          ci.pc = pc;
          stack[a] = index(L, t, key, i >>> 23);
          break;
        }
        case 8: // SETTABUP
        case 48: {
          // SETGLOBAL
          let t: Value = cl.env;
          if ((i & 0x3f) === 8) {
            const uv = cl.upvals[(i >>> 6) & 0xff] as Upval;
            t = uv.cells[uv.at];
          }
          const key = rk(stack, k, base, i >>> 23);
          const v = rk(stack, k, base, (i >>> 14) & 0x1ff);
          if (t instanceof LuaTable && setKeyed(t, key, v, hints, pc - 1)) break;
          ci.pc = pc;
          setIndex(L, t, key, v, 0x200 | ((i >>> 6) & 0xff));
          break;
        }
        case 9: {
          // SETUPVAL
          const uv = cl.upvals[i >>> 23] as Upval;
          uv.cells[uv.at] = stack[a];
          break;
        }
        case 10: {
          // SETTABLE
          const t = stack[a];
          const key = rk(stack, k, base, i >>> 23);
          const v = rk(stack, k, base, (i >>> 14) & 0x1ff);
          if (t instanceof LuaTable && setKeyed(t, key, v, hints, pc - 1)) break;
          ci.pc = pc;
          setIndex(L, t, key, v, (i >>> 6) & 0xff);
          break;
        }
        case 11: {
          // NEWTABLE
          const b = i >>> 23;
          const c = (i >>> 14) & 0x1ff;
          ci.pc = pc;
          L.top = a;
          stack[a] = g.newTable(
            b < 8 ? b : ((b & 7) + 8) << ((b >> 3) - 1),
            c < 8 ? c : ((c & 7) + 8) << ((c >> 3) - 1),
          );
          break;
        }
        case 12: {
          // SELF
          const t = stack[base + (i >>> 23)];
          const key = rk(stack, k, base, (i >>> 14) & 0x1ff);
          stack[a + 1] = t;
          const method = getMethod(t, key, hints, pc - 1);
          if (method !== undefined) {
            stack[a] = method;
            break;
          }
          ci.pc = pc;
          stack[a] = index(L, t, key, i >>> 23);
          break;
        }
        case 13: {
          // ADD
          const x = rk(stack, k, base, i >>> 23);
          const y = rk(stack, k, base, (i >>> 14) & 0x1ff);
          if (typeof x === 'number' && typeof y === 'number') {
            if (is51) {
              stack[a] = x + y;
              break;
            }
            if ((x | 0) === x && (y | 0) === y) {
              stack[a] = (x + y) | 0;
              break;
            }
            stack[a] = makeFloat(x + y);
            break;
          }
          ci.pc = pc;
          stack[a] = arith(L, 0, x, y, i >>> 23, (i >>> 14) & 0x1ff);
          break;
        }
        case 14: {
          // SUB
          const x = rk(stack, k, base, i >>> 23);
          const y = rk(stack, k, base, (i >>> 14) & 0x1ff);
          if (typeof x === 'number' && typeof y === 'number') {
            if (is51) {
              stack[a] = x - y;
              break;
            }
            if ((x | 0) === x && (y | 0) === y) {
              stack[a] = (x - y) | 0;
              break;
            }
            stack[a] = makeFloat(x - y);
            break;
          }
          ci.pc = pc;
          stack[a] = arith(L, 1, x, y, i >>> 23, (i >>> 14) & 0x1ff);
          break;
        }
        case 15: {
          // MUL
          const x = rk(stack, k, base, i >>> 23);
          const y = rk(stack, k, base, (i >>> 14) & 0x1ff);
          if (is51 && typeof x === 'number' && typeof y === 'number') {
            stack[a] = x * y;
            break;
          }
          ci.pc = pc;
          stack[a] = arith(L, 2, x, y, i >>> 23, (i >>> 14) & 0x1ff);
          break;
        }
        case 16: // MOD
        case 17: // POW
        case 18: // DIV
        case 19: // IDIV
        case 20: // BAND
        case 21: // BOR
        case 22: // BXOR
        case 23: // SHL
        case 24: {
          // SHR
          const x = rk(stack, k, base, i >>> 23);
          const y = rk(stack, k, base, (i >>> 14) & 0x1ff);
          if (is51 && typeof x === 'number' && typeof y === 'number') {
            const op = i & 0x3f;
            stack[a] = op === 18 ? x / y : op === 16 ? mod51(x, y) : pow(x, y);
            break;
          }
          ci.pc = pc;
          stack[a] = arith(L, (i & 0x3f) - 13, x, y, i >>> 23, (i >>> 14) & 0x1ff);
          break;
        }
        case 25: // UNM
        case 26: {
          // BNOT
          const x = stack[base + (i >>> 23)];
          if (is51 && typeof x === 'number') {
            stack[a] = -x;
            break;
          }
          ci.pc = pc;
          stack[a] = arith(L, (i & 0x3f) - 13, x, x, i >>> 23, i >>> 23);
          break;
        }
        case 27: {
          // NOT
          const x = stack[base + (i >>> 23)];
          stack[a] = x === undefined || x === false;
          break;
        }
        case 28: {
          // LEN
          const x = stack[base + (i >>> 23)];
          if (x instanceof LuaTable && x.meta === undefined) {
            stack[a] = x.length();
            break;
          }
          ci.pc = pc;
          stack[a] = length(L, x, i >>> 23);
          break;
        }
        case 29: // CONCAT
          ci.pc = pc;
          L.top = base + ((i >>> 14) & 0x1ff) + 1;
          stack[a] = concat(L, base + (i >>> 23), base + ((i >>> 14) & 0x1ff));
          break;
        case 30: {
          // JMP
          const by = (i >>> 14) - 131071;
          if ((i >>> 6) & 0xff) L.close(a - 1);
          if (by < 0) {
            g.charge(pc - mark);
            pc += by;
            mark = pc;
          } else {
            pc += by;
            mark += by;
          }
          break;
        }
        case 31: {
          // EQ
          const x = rk(stack, k, base, i >>> 23);
          const y = rk(stack, k, base, (i >>> 14) & 0x1ff);
          let same = x === y;
          if (!same && ((typeof x === 'object' && typeof y === 'object') || x instanceof Flt || y instanceof Flt)) {
            ci.pc = pc;
            same = equals(L, x, y);
          }
          if (same !== (((i >>> 6) & 0xff) !== 0)) pc++;
          break;
        }
        case 32: // LT
        case 33: {
          // LE
          const x = rk(stack, k, base, i >>> 23);
          const y = rk(stack, k, base, (i >>> 14) & 0x1ff);
          let holds: boolean;
          if (typeof x === 'number' && typeof y === 'number') holds = (i & 0x3f) === 32 ? x < y : x <= y;
          else {
            ci.pc = pc;
            holds = (i & 0x3f) === 32 ? lessThan(L, x, y) : lessEqual(L, x, y);
          }
          if (holds !== (((i >>> 6) & 0xff) !== 0)) pc++;
          break;
        }
        case 34: {
          // TEST
          const x = stack[a];
          if ((x === undefined || x === false) === (((i >>> 14) & 0x1ff) !== 0)) pc++;
          break;
        }
        case 35: {
          // TESTSET
          const x = stack[base + (i >>> 23)];
          if ((x === undefined || x === false) === (((i >>> 14) & 0x1ff) !== 0)) pc++;
          else stack[a] = x;
          break;
        }
        case 36: {
          // CALL
          const b = i >>> 23;
          ci.pc = pc;
          g.charge(pc - mark);
          mark = pc;
          const next = call(L, ci, a, b !== 0 ? b - 1 : L.top - a - 1, ((i >>> 14) & 0x1ff) - 1);
          if (next === ci) break;
          if (next === undefined) return YIELD;
          ci = next;
          continue frames;
        }
        case 37: {
          // TAILCALL
          const b = i >>> 23;
          ci.pc = pc;
          g.charge(pc - mark);
          mark = pc;
          if (p.protos.length > 0) L.close(base);
          const next = tailCall(L, ci, a, b !== 0 ? b - 1 : L.top - a - 1);
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
          if ((ci.flags & FRESH) !== 0) return want < 0 ? got : want;
          if (ci.finish !== 0) finishOperation(L, ci);
          ci = L.frame;
          continue frames;
        }
        case 39: {
          // FORLOOP
          const at = stack[a];
          if (typeof at === 'number' && (is51 || (at | 0) === at)) {
            const step = stack[a + 2] as number;
            const now = is51 ? at + step : (at + step) | 0;
            if (!(step > 0 ? now <= (stack[a + 1] as number) : (stack[a + 1] as number) <= now)) break;
            stack[a] = now;
            stack[a + 3] = now;
          } else if (!forLoopFloat(stack, a)) break;
          g.charge(pc - mark);
          pc += (i >>> 14) - 131071;
          mark = pc;
          break;
        }
        case 40: {
          // FORPREP
          ci.pc = pc;
          forPrep(L, a);
          const by = (i >>> 14) - 131071;
          pc += by;
          mark += by;
          break;
        }
        case 41: {
          // TFORCALL
          ci.pc = pc;
          g.charge(pc - mark);
          mark = pc;
          const next = iterate(L, ci, a, (i >>> 14) & 0x1ff);
          if (next === ci) break;
          if (next === undefined) return YIELD;
          ci = next;
          continue frames;
        }
        case 42: // TFORLOOP
          if (stack[a + 1] !== undefined) {
            stack[a] = stack[a + 1];
            pc += (i >>> 14) - 131071;
            mark = pc;
          }
          break;
        case 43: {
          // SETLIST
          let c = (i >>> 14) & 0x1ff;
          if (c === 0) c = (code[pc++] as number) >>> 6;
          ci.pc = pc;
          setList(L, stack[a] as LuaTable, a, i >>> 23, c);
          break;
        }
        case 44: // CLOSURE
          ci.pc = pc;
          L.top = a;
          stack[a] = makeClosure(L, cl, p.protos[i >>> 14] as Proto, base);
          break;
        case 45: // VARARG
          ci.pc = pc;
          varargs(L, ci, p, a, (i >>> 23) - 1);
          break;
        case 49: // ARGTABLE
          stack[a] = argTable(L, ci, p);
          break;
        default:
          invariant(false, `instruction ${i & 0x3f}`);
      }
    }
  }
}
