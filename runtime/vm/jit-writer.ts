/** The instruction at hand: its operands as expressions, and the turns that all instructions take alike. */

import type { Edge } from './effects.ts';
import { Registers } from './jit-registers.ts';
import { argA } from './opcodes.ts';
import type { Proto } from './proto.ts';

/** What happens on the ways out of a block, in the order of its edges. */
export type Ways = readonly ((edge: Edge) => void)[];

export class Writer {
  readonly p: Proto;
  readonly regs: Registers;
  /** Registers alive behind the instruction. */
  live: Uint8Array = new Uint8Array(0);
  /** The interpreter's `pc` while it runs the instruction. */
  pc = 0;
  i = 0;
  /** Chooses the first of two ways. */
  test = '';
  /** The instruction is the first of its block, where code may be entered. */
  first = false;
  /** Of the instructions that the interpreter does when they cannot take their short way: registers it must find in the stack. */
  readonly exits = new Map<number, readonly number[]>();

  constructor(p: Proto) {
    this.p = p;
    this.regs = new Registers(p);
  }

  say(code: string): void {
    this.regs.out.push(code);
  }
  isConstant(x: number): boolean {
    return (x & 0x100) !== 0;
  }
  constant(x: number): string {
    const v = this.p.constants[x];
    if (typeof v === 'number' && Number.isFinite(v) && !Object.is(v, -0)) return v < 0 ? `(${v})` : String(v);
    return v === undefined || typeof v === 'boolean' ? String(v) : `k${x}`;
  }
  rk(x: number): string {
    return this.isConstant(x) ? this.constant(x & 0xff) : this.regs.name(x);
  }
  /** The constant an operand is, if it is one. */
  known(x: number): unknown {
    return this.isConstant(x) ? this.p.constants[x & 0xff] : undefined;
  }
  /** Condition that operands are numbers of JavaScript, '' = they are. */
  numbers(...operands: number[]): string {
    return this.each(operands, (x) => (typeof this.known(x) === 'number' ? '' : `typeof ${this.rk(x)}==='number'`));
  }
  /** Condition that numbers are integers of 5.3. */
  integers(...operands: number[]): string {
    return this.each(operands, (x) => {
      const v = this.known(x);
      if (typeof v === 'number') return (v | 0) === v ? '' : 'false';
      return `(${this.rk(x)}|0)===${this.rk(x)}`;
    });
  }
  each(operands: readonly number[], condition: (x: number) => string): string {
    return [...new Set(operands.map(condition).filter((c) => c !== ''))].join('&&');
  }
  /** Registers among the operands are exact in the stack. */
  store(...operands: number[]): void {
    for (const x of operands) if (!this.isConstant(x)) this.regs.store(x, x + 1);
  }
  /**
   * The instruction cannot take its short way. Code that is seldom needed and never small would keep a function from
   * being optimized, so the interpreter does what has always been short till now.
   */
  slow(operands: readonly number[], result?: 'skip' | number): void {
    const pc = this.pc - 1;
    if (this.first || this.p.exitLimit === 0 || this.p.long?.[pc] === 1) {
      this.long(operands, result);
      return;
    }
    this.exits.set(pc, this.regs.obligations(this.live, operands));
    this.say(`x=${pc};break X;`);
    this.written(result);
  }
  /** The instruction's long way; the result is in the stack, or `s` says that a comparison skips. */
  long(operands: readonly number[], result?: 'skip' | number): void {
    const a = argA(this.i);
    const { is51 } = this.p;
    const end = typeof result === 'number' ? result : 0;
    this.regs.aside(() => {
      this.say(`ci.pc=${this.pc};`);
      this.store(...operands);
      this.regs.expose(this.live);
      if (!is51) {
        this.say(`if(Y){const f=begin(L,ci,${this.i});if(f!==undefined){g.charge(${this.pc}-m);return EXIT;}}`);
      }
      const call = `slow(L,ci,${this.i},${a === 0 ? 'b' : `b+${a}`})`;
      this.say(result === 'skip' ? `s=${call};` : `${call};`);
      if (!is51) this.touched(result === 'skip');
      this.regs.load(a, end);
    });
    this.written(result);
  }
  /** The registers up to `result` may be newer than the stack, however they came to be. */
  written(result: 'skip' | number | undefined): void {
    if (typeof result !== 'number') return;
    for (let r = argA(this.i); r < result; r++) if (!this.regs.isCaptured(r)) this.regs.state[r] = 0;
  }
  /** 5.3: debug.setlocal has changed this frame. */
  touched(skips: boolean): void {
    this.say(`if(ci.flags&TOUCHED){${skips ? 'ci.pc+=s;' : ''}g.charge(${this.pc}-m);return EXIT;}`);
  }
  /** `if (condition) short else long`. */
  either(condition: string, short: () => void, operands: readonly number[], result: number): void {
    if (condition === '') {
      short();
      return;
    }
    this.say(`if(${condition}){`);
    this.regs.aside(short);
    this.say('}else{');
    this.slow(operands, result);
    this.say('}');
  }
  charge(): void {
    this.say(`ci.pc=${this.pc};g.fuel-=${this.pc}-m;if(g.fuel<0)g.outOfFuel();m=${this.pc};`);
  }
  /** Goes on behind a call that ended as `o`; results from `first` on are in the stack. */
  afterCall(first: number): void {
    const regs = this.regs;
    regs.state.fill(2, first);
    const kept = this.live.slice();
    kept.fill(0, first);
    regs.aside(() => {
      this.say('if(o!==DONE){');
      regs.leave(kept);
      this.say('return o;}');
    });
    if (!this.p.is51) this.say(`if(ci.flags&TOUCHED)return EXIT;`);
    regs.load(first, this.p.frameSize, this.live);
  }
  isFalse(r: number): string {
    const x = this.regs.name(r);
    return `${x}===undefined||${x}===false`;
  }
}
