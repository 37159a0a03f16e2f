/**
 * Where the registers of a generated function are. Each has a variable of JavaScript; the stack is brought up to date
 * only where somebody may look at it. The collector looks for references, so a number needs no exact copy there.
 */
import { captured } from './jit-flow.ts';
import type { Proto } from './proto.ts';

/** The stack holds something older. */
const STALE = 0;
/** The stack holds the reference, or some number where a number is. */
const MARKED = 1;
const EXACT = 2;

export class Registers {
  readonly #captured: Uint8Array;
  /** 5.3: debug.getlocal may look at any register whenever something is called. */
  readonly #open: boolean;
  /** Of each register; those without obligations are EXACT. */
  state: Uint8Array;
  /** Where the code goes. */
  out: string[] = [];

  constructor(p: Proto) {
    this.#captured = captured(p);
    this.#open = !p.is51;
    this.state = new Uint8Array(p.frameSize).fill(EXACT);
  }

  slot(r: number): string {
    return r === 0 ? 'S[b]' : `S[b+${r}]`;
  }

  /** A register as an expression. Captured ones are in the stack only. */
  name(r: number): string {
    return this.#captured[r] === 1 ? this.slot(r) : `r${r}`;
  }

  isCaptured(r: number): boolean {
    return this.#captured[r] === 1;
  }

  set(r: number, value: string): void {
    this.out.push(`${this.name(r)}=${value};`);
    if (this.#captured[r] === 0) this.state[r] = STALE;
  }

  /** Registers whose values came to be in the stack; the living ones are fetched. */
  load(first: number, end: number, live?: Uint8Array): void {
    for (let r = first; r < end; r++) {
      this.state[r] = EXACT;
      if (live?.[r] !== 0 && this.#captured[r] === 0) this.out.push(`r${r}=${this.slot(r)};`);
    }
  }

  /** The stack is exact for these. */
  store(first: number, end: number): void {
    for (let r = first; r < end; r++) if (this.state[r] !== EXACT) this.#exact(r);
  }

  #exact(r: number): void {
    this.out.push(`${this.slot(r)}=r${r};`);
    this.state[r] = EXACT;
  }

  #mark(r: number): void {
    if (this.#open) {
      this.#exact(r);
      return;
    }
    this.out.push(`${this.slot(r)}=typeof r${r}==='number'?0:r${r};`);
    this.state[r] = MARKED;
  }

  /** Something is called that may collect garbage. */
  expose(live: Uint8Array): void {
    if (this.#open) this.leave(live);
    else
      this.state.forEach((state, r) => {
        if (state === STALE) this.#mark(r);
      });
  }

  /** Registers to be stored where the interpreter goes on at an instruction that reads `operands`. */
  obligations(live: Uint8Array, operands: readonly number[]): number[] {
    const list: number[] = [];
    this.state.forEach((state, r) => {
      if (live[r] === 1 || operands.includes(r) ? state !== EXACT : state === STALE) list.push(r);
    });
    return list;
  }

  /** The interpreter goes on with this frame. */
  leave(live: Uint8Array): void {
    this.state.forEach((state, r) => {
      if (live[r] === 1) {
        if (state !== EXACT) this.#exact(r);
      } else if (state === STALE) this.#mark(r);
    });
  }

  /** The way leads to where only these are alive. */
  retire(live: Uint8Array): void {
    this.state.forEach((state, r) => {
      if (live[r] === 1) return;
      if (state === STALE) this.#mark(r);
      this.state[r] = EXACT;
    });
  }

  /** What `body` writes happens on a way that joins again: what is known of the stack stays as it was. */
  aside(body: () => void): void {
    const state = this.state.slice();
    body();
    this.state = state;
  }

  /** Code of `body` alone, from a state; both are put back. */
  capture(body: () => void): { text: string[]; state: Uint8Array } {
    const { out, state } = this;
    this.out = [];
    this.state = state.slice();
    body();
    const result = { text: this.out, state: this.state };
    this.out = out;
    this.state = state;
    return result;
  }
}

/** At a join the stack is as stale as on the stalest way; true when that changes `into`. */
export function join(into: Uint8Array, from: Uint8Array): boolean {
  let changed = false;
  from.forEach((state, r) => {
    if (state >= (into[r] as number)) return;
    into[r] = state;
    changed = true;
  });
  return changed;
}
