/** Calls and returns in generated code. */

import { openFrom } from './effects.ts';
import type { Writer } from './jit-writer.ts';
import { OP, opcode } from './opcodes.ts';

export function callFunction(w: Writer, a: number, b: number, c: number): void {
  const regs = w.regs;
  const p = w.p;
  const func = a === 0 ? 'b' : `b+${a}`;
  const open = b === 0 ? openFrom(p, w.pc - 1) : a + b;
  const count = b === 0 ? `L.top-(${func})-1` : String(b - 1);
  const tail = opcode(w.i) === OP.TAILCALL;
  regs.store(a, open);
  regs.expose(w.live);
  w.charge();
  if (tail) {
    const close = p.protos.length > 0 ? 'L.close(b);' : '';
    w.say(`${close}if(!(${regs.slot(a)} instanceof Native))return tail(L,ci,${func},${count});`);
  }
  w.say(`{const o=invoke(L,ci,${func},${count},${tail ? -1 : c - 1});`);
  w.afterCall(a);
  w.say('}');
}

export function returnValues(w: Writer, a: number, b: number): void {
  const regs = w.regs;
  const func = a === 0 ? 'b' : `b+${a}`;
  w.charge();
  if (w.p.protos.length > 0) w.say('L.close(b);');
  if (b === 1 || b === 2) {
    regs.retire(new Uint8Array(regs.state.length));
    const value = b === 2 ? regs.name(a) : 'undefined';
    w.say(`if(ci.want===1){S[ci.dest]=${value};return leave(L,ci);}`);
    if (b === 2 && !regs.isCaptured(a)) w.say(`${regs.slot(a)}=${value};`);
    w.say(`return give(L,ci,${func},${b - 1});`);
    return;
  }
  regs.store(a, b === 0 ? openFrom(w.p, w.pc - 1) : a + b - 1);
  regs.retire(new Uint8Array(regs.state.length));
  w.say(`return give(L,ci,${func},${b === 0 ? `L.top-(${func})` : b - 1});`);
}
