/** Tables in generated code: a constant key is looked for where it was last, a number in the array part. */
import type { Writer } from './jit-writer.ts';

export function getIndexed(w: Writer, a: number, table: string, c: number, operands: readonly number[]): void {
  const key = w.rk(c);
  const hint = w.pc - 1;
  w.say(`o:{const t=${table};if(t instanceof LuaTable){let v;`);
  if (typeof w.known(c) === 'string') {
    w.say(`const n=t.node,h=H[${hint}];v=n[h]===${key}?n[h+1]:getKeyed(t,${key},H,${hint});`);
  } else {
    const number = `const q=t.arr;v=${key}>0&&${key}<=q.length&&(${key}|0)===${key}?q[${key}-1]:t.get(${key});`;
    if (typeof w.known(c) === 'number') w.say(number);
    else w.say(`if(typeof ${key}==='number'){${number}}else v=getKeyed(t,${key},H,${hint});`);
  }
  w.say('if(v!==undefined||t.meta===undefined){');
  w.regs.aside(() => w.regs.set(a, 'v'));
  w.say('break o;}}');
  w.slow([...operands, c], a + 1);
  w.say('}');
}

export function putIndexed(w: Writer, table: string, b: number, c: number, operands: readonly number[]): void {
  const key = w.rk(b);
  const value = w.rk(c);
  const hint = w.pc - 1;
  w.say(`o:{const t=${table};if(t instanceof LuaTable){`);
  if (typeof w.known(b) === 'string') {
    w.say(`if(!t.rom){const n=t.node,h=H[${hint}];if(n[h]===${key}&&n[h+1]!==undefined){n[h+1]=${value};break o;}}`);
  } else {
    const type = w.numbers(b);
    w.say(
      `if(${type === '' ? '' : `${type}&&`}!t.rom){const q=t.arr;if(${key}>0&&${key}<=q.length&&(${key}|0)===${key}&&(t.meta===undefined||q[${key}-1]!==undefined)){q[${key}-1]=${value};break o;}}`,
    );
  }
  w.say(`if(setKeyed(t,${key},${value},H,${hint}))break o;}`);
  w.slow([...operands, b, c]);
  w.say('}');
}

export function lengthOf(w: Writer, a: number, b: number): void {
  const regs = w.regs;
  const x = regs.name(b);
  w.say(`if(typeof ${x}==='string'){`);
  regs.aside(() => regs.set(a, `${x}.length`));
  w.say(`}else if(${x} instanceof LuaTable&&${x}.meta===undefined){`);
  regs.aside(() => regs.set(a, `${x}.length()`));
  w.say('}else{');
  w.slow([b], a + 1);
  w.say('}');
}
