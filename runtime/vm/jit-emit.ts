/**
 * The JavaScript of one instruction after the other. Each does what the interpreter's case does and charges as much;
 * a case that cannot take its short way calls slow.ts as the interpreter would. Names in the code: S stack, b base,
 * g state, L thread, ci frame, cl closure, K constants (k1 …), H hints, r0 … registers, m the interpreter's `mark`.
 */

import { openFrom } from './effects.ts';
import { callFunction, returnValues } from './jit-calls.ts';
import { type Block, instructions, liveAtEnd, liveBefore } from './jit-flow.ts';
import { arithmetic, equal, forLoop, forPrep, jump, less, negate } from './jit-numbers.ts';
import { getIndexed, lengthOf, putIndexed } from './jit-tables.ts';
import { type Ways, Writer } from './jit-writer.ts';
import { argA, argB, argBx, argC, OP, opcode } from './opcodes.ts';
import type { Proto } from './proto.ts';
import { fromFloatByte } from './slow.ts';

/** Code of a block: what runs first, and of each way out its condition and what runs on it. */
export interface BlockCode {
  readonly text: readonly string[];
  /** Chooses the first of two ways. */
  readonly test: string;
  readonly ways: readonly { readonly text: readonly string[]; readonly state: Uint8Array }[];
}

/** Writes the code of blocks of one function. */
export class Emitter {
  readonly #w: Writer;
  readonly #byStart: ReadonlyMap<number, Block>;

  constructor(p: Proto, byStart: ReadonlyMap<number, Block>) {
    this.#w = new Writer(p);
    this.#byStart = byStart;
  }

  /** Of the instructions left to the interpreter: registers it must find in the stack. */
  get exits(): ReadonlyMap<number, readonly number[]> {
    return this.#w.exits;
  }

  /** The code of a block that begins with the stack in this state. */
  block(block: Block, state: Uint8Array): BlockCode {
    const w = this.#w;
    const { p, regs } = w;
    const places = instructions(p, block);
    const after: Uint8Array[] = [];
    let live = liveAtEnd(block, this.#byStart);
    for (const pc of [...places].reverse()) {
      after.unshift(live);
      live = liveBefore(p, pc, live);
    }
    regs.state = state.slice();
    regs.out = [];
    w.test = '';
    let ways: Ways = [];
    places.forEach((pc, n) => {
      w.live = after[n] as Uint8Array;
      w.pc = pc + 1;
      w.first = n === 0;
      w.i = p.code[pc] as number;
      const chosen = ending(w);
      if (chosen === undefined) plain(w);
      else ways = chosen;
    });
    const text = regs.out;
    return {
      text,
      test: w.test,
      ways: block.edges.map((edge, n) =>
        regs.capture(() => {
          ways[n]?.(edge);
          regs.retire((this.#byStart.get(edge.target) as Block).live);
        }),
      ),
    };
  }
}

/** Code of an instruction that goes on with the next. */
function plain(w: Writer): void {
  const regs = w.regs;
  const p = w.p;
  const i = w.i;
  const a = argA(i);
  const b = argB(i);
  const c = argC(i);
  const at = (r: number): string => (r === 0 ? 'b' : `b+${r}`);
  switch (opcode(i)) {
    case OP.MOVE:
      regs.set(a, regs.name(b));
      return;
    case OP.LOADK:
      regs.set(a, w.constant(argBx(i)));
      return;
    case OP.LOADKX:
      regs.set(a, w.constant((p.code[w.pc] as number) >>> 6));
      return;
    case OP.LOADBOOL:
      regs.set(a, String(b !== 0));
      return;
    case OP.LOADNIL:
      for (let r = a; r <= a + b; r++) regs.set(r, 'undefined');
      return;
    case OP.GETUPVAL:
      regs.set(a, `U(cl,${b})`);
      return;
    case OP.SETUPVAL:
      w.say(`{const u=cl.upvals[${b}];u.cells[u.at]=${regs.name(a)};}`);
      return;
    case OP.GETTABUP:
      getIndexed(w, a, `U(cl,${b})`, c, []);
      return;
    case OP.GETTABLE:
      getIndexed(w, a, regs.name(b), c, [b]);
      return;
    case OP.SETTABUP:
      putIndexed(w, `U(cl,${a})`, b, c, []);
      return;
    case OP.SETTABLE:
      putIndexed(w, regs.name(a), b, c, [a]);
      return;
    case OP.SETGLOBAL:
      putIndexed(w, 'cl.env', b, c, []);
      return;
    case OP.GETGLOBAL:
      w.say(`{const t=cl.env,v=getMethod(t,${w.rk(c)},H,${w.pc - 1});if(v!==undefined||t.meta===undefined){`);
      regs.aside(() => regs.set(a, 'v'));
      w.say('}else{');
      w.slow([c], a + 1);
      w.say('}}');
      return;
    case OP.SELF:
      w.say(`{const t=${regs.name(b)},v=getMethod(t,${w.rk(c)},H,${w.pc - 1});if(v!==undefined){`);
      regs.aside(() => {
        regs.set(a + 1, 't');
        regs.set(a, 'v');
      });
      w.say('}else{');
      w.slow([b, c], a + 2);
      w.say('}}');
      return;
    case OP.NEWTABLE:
      w.say(`ci.pc=${w.pc};`);
      regs.expose(w.live);
      regs.set(a, `g.newTable(${fromFloatByte(b)},${fromFloatByte(c)})`);
      return;
    case OP.UNM:
      negate(w, a, b);
      return;
    case OP.BNOT:
      w.either(`${w.numbers(b)}&&${w.integers(b)}`, () => regs.set(a, `~${regs.name(b)}`), [b], a + 1);
      return;
    case OP.NOT:
      regs.set(a, `(${w.isFalse(b)})`);
      return;
    case OP.LEN:
      lengthOf(w, a, b);
      return;
    case OP.CONCAT:
      regs.store(b, c + 1);
      regs.expose(w.live);
      w.long([], a + 1);
      return;
    case OP.CALL:
    case OP.TAILCALL:
      callFunction(w, a, b, c);
      return;
    case OP.TFORCALL:
      regs.store(a, a + 3);
      regs.expose(w.live);
      w.charge();
      w.say(`{const o=next(L,ci,${at(a)},${c});`);
      w.afterCall(a + 3);
      w.say('}');
      return;
    case OP.SETLIST: {
      const count = b === 0 ? openFrom(p, w.pc - 1) - a : b + 1;
      regs.store(a, a + count);
      regs.expose(w.live);
      const block = c !== 0 ? c : (p.code[w.pc] as number) >>> 6;
      w.say(`ci.pc=${c !== 0 ? w.pc : w.pc + 1};setList(L,${regs.name(a)},${at(a)},${b},${block});`);
      return;
    }
    case OP.CLOSURE:
      w.say(`ci.pc=${w.pc};`);
      regs.expose(w.live);
      regs.set(a, `makeClosure(L,cl,P.protos[${argBx(i)}],b)`);
      return;
    case OP.VARARG:
      w.say(`ci.pc=${w.pc};`);
      regs.expose(w.live);
      w.say(`varargs(L,ci,P,${at(a)},${b - 1});`);
      regs.load(a, b === 0 ? p.frameSize : a + b - 1, w.live);
      return;
    case OP.ARGTABLE:
      w.say(`ci.pc=${w.pc};`);
      regs.expose(w.live);
      regs.set(a, 'argTable(L,ci,P)');
      return;
    default:
      arithmetic(w, opcode(i), a, b, c);
  }
}

/** Code of an instruction that chooses what is next, and what to do on each way; undefined for all others. */
function ending(w: Writer): Ways | undefined {
  const regs = w.regs;
  const i = w.i;
  const a = argA(i);
  const b = argB(i);
  const c = argC(i);
  switch (opcode(i)) {
    case OP.JMP:
      return [({ target }) => jump(w, a, target)];
    case OP.EQ:
      return equal(w, a, b, c);
    case OP.LT:
    case OP.LE:
      return less(w, a, b, c, opcode(i) === OP.LT ? '<' : '<=');
    case OP.TEST:
      w.test = c !== 0 ? `!(${w.isFalse(a)})` : w.isFalse(a);
      return [];
    case OP.TESTSET:
      w.test = c !== 0 ? `!(${w.isFalse(b)})` : w.isFalse(b);
      return [() => regs.set(a, regs.name(b))];
    case OP.RETURN:
      returnValues(w, a, b);
      return [];
    case OP.FORLOOP:
      return forLoop(w, a);
    case OP.FORPREP:
      return forPrep(w, a);
    case OP.TFORLOOP:
      w.test = `${regs.name(a + 1)}!==undefined`;
      return [
        ({ target }) => {
          regs.set(a, regs.name(a + 1));
          w.say(`m=${target};`);
        },
      ];
    default:
      return undefined;
  }
}
