/** Numbers in generated code: arithmetic, comparisons, the numeric `for`. */

import type { Ways, Writer } from './jit-writer.ts';
import { OP } from './opcodes.ts';
import { Flt } from './value.ts';

const OPERATORS: Readonly<Record<number, string>> = { [OP.ADD]: '+', [OP.SUB]: '-', [OP.MUL]: '*', [OP.DIV]: '/' };

/** How results are written where integers and floats differ. Both operands are integers of 32 bits, or both numbers. */
interface Forms {
  /** An integer from the exact result. */
  readonly whole: (result: string) => string;
  readonly product: (x: string, y: string) => string;
  readonly float: (x: string, operator: string, y: string) => string;
  /** The functions for all other operands, and for shifts. */
  readonly arith: string;
  readonly shiftLeft: string;
}
const FORMS: Readonly<Record<'5.3' | '5.3-64', Forms>> = {
  '5.3': {
    whole: (result) => `(${result})|0`,
    product: (x, y) => `imul(${x},${y})`,
    float: (x, operator, y) => `makeFloat(fround(${x})${operator}fround(${y}))`,
    arith: 'floatArith',
    shiftLeft: 'shiftLeft',
  },
  '5.3-64': {
    whole: (result) => `whole64(${result})`,
    product: (x, y) => `product64(${x},${y})`,
    float: (x, operator, y) => `float64(${x}${operator}${y})`,
    arith: 'tryArith64',
    shiftLeft: 'shiftLeft64',
  },
};
const BITWISE: Readonly<Record<number, string>> = { [OP.BAND]: '&', [OP.BOR]: '|', [OP.BXOR]: '^' };

export function arithmetic(w: Writer, op: number, a: number, b: number, c: number): void {
  const regs = w.regs;
  const x = w.rk(b);
  const y = w.rk(c);
  const numbers = w.numbers(b, c);
  const { build } = w.p;
  if (build === '5.1') {
    const value = op === OP.MOD ? `mod51(${x},${y})` : op === OP.POW ? `pow(${x},${y})` : `${x}${OPERATORS[op]}${y}`;
    w.either(numbers, () => regs.set(a, value), [b, c], a + 1);
    return;
  }
  const integers = w.integers(b, c);
  const both = [numbers, integers].filter((t) => t !== '').join('&&');
  const forms = FORMS[build];
  if (op === OP.ADD || op === OP.SUB || op === OP.MUL || op === OP.DIV) {
    const operator = OPERATORS[op] as string;
    const float = forms.float(x, operator, y);
    const whole = op === OP.MUL ? forms.product(x, y) : forms.whole(`${x}${operator}${y}`);
    const value = op === OP.DIV || integers.includes('false') ? float : `${integers || 'true'}?${whole}:${float}`;
    w.say(`if(${numbers || 'true'}){`);
    regs.aside(() => regs.set(a, value));
    w.say(`}else{const f=${forms.arith}(${op - OP.ADD},${x},${y});if(f!==undefined){`);
    regs.aside(() => regs.set(a, 'f'));
    w.say('}else{');
    w.slow([b, c], a + 1);
    w.say('}}');
    return;
  }
  let value: string | undefined;
  let condition = both;
  if (BITWISE[op] !== undefined) value = `${x}${BITWISE[op]}${y}`;
  else if (op === OP.SHL) value = `${forms.shiftLeft}(${x},${y})`;
  else if (op === OP.SHR) value = `${forms.shiftLeft}(${x},-${y})`;
  else if (op === OP.MOD) {
    value = `(${x}|0)%(${y}|0)`;
    condition = [both, `${x}>=0&&${y}>0`].filter((t) => t !== '').join('&&');
  } else if (op === OP.IDIV) {
    value = forms.whole(`Math.floor(${x}/${y})`);
    condition = [both, `${y}!==0`].filter((t) => t !== '').join('&&');
  }
  if (value === undefined) {
    w.slow([b, c], a + 1);
    return;
  }
  w.either(condition, () => regs.set(a, value), [b, c], a + 1);
}

export function negate(w: Writer, a: number, b: number): void {
  const { build } = w.p;
  const value = `-${w.regs.name(b)}`;
  if (build === '5.1') w.either(w.numbers(b), () => w.regs.set(a, value), [b], a + 1);
  else w.either(`${w.numbers(b)}&&${w.integers(b)}`, () => w.regs.set(a, FORMS[build].whole(value)), [b], a + 1);
}

export function equal(w: Writer, a: number, b: number, c: number): [] {
  const x = w.rk(b);
  const y = w.rk(c);
  const constants = [b, c].filter((o) => w.isConstant(o)).map((o) => w.known(o));
  // The same as identity, and never charged for.
  const simple = constants.some((v) =>
    typeof v === 'string' ? v.length < 32 : typeof v === 'number' ? w.p.is51 : !(v instanceof Flt),
  );
  if (simple) {
    w.test = `${x}${a !== 0 ? '===' : '!=='}${y}`;
    return [];
  }
  const unlike = constants.length === 0 ? [`typeof ${x}==='object'&&typeof ${y}==='object'`] : [];
  if (!w.p.is51) for (const o of [b, c]) if (typeof w.known(o) !== 'number') unlike.push(`${w.rk(o)} instanceof Flt`);
  const long = typeof w.known(b) === 'number' ? '' : `typeof ${x}==='string'&&${x}.length>256||`;
  w.say(`if(${long}${x}!==${y}&&(${unlike.join('||') || 'false'})){`);
  w.slow([b, c], 'skip');
  w.say(`}else s=(${x}===${y})!==${a !== 0}?1:0;`);
  w.test = 's===0';
  return [];
}

export function less(w: Writer, a: number, b: number, c: number, operator: string): [] {
  const test = `${w.rk(b)}${operator}${w.rk(c)}`;
  w.say(`if(${w.numbers(b, c) || 'true'})s=(${test})!==${a !== 0}?1:0;else{`);
  w.slow([b, c], 'skip');
  w.say('}');
  w.test = 's===0';
  return [];
}

export function forLoop(w: Writer, a: number): Ways {
  const regs = w.regs;
  const [index, limit, step] = [regs.name(a), regs.name(a + 1), regs.name(a + 2)];
  const { build } = w.p;
  const sum = build === '5.1' ? `${index}+${step}` : `(${index}+${step})|0`;
  const short = [`typeof ${index}==='number'`];
  if (build !== '5.1') short.push(`(${index}|0)===${index}`);
  if (build === '5.3-64') short.push(`typeof ${step}==='number'`, `(${sum})===${index}+${step}`);
  w.say(`let n,w;if(${short.join('&&')}){n=${sum};w=${step}>0?n<=${limit}:${limit}<=n;}else{`);
  regs.aside(() => regs.store(a, a + 3));
  w.say(`w=${build === '5.3-64' ? 'forLoop64' : 'forLoopFloat'}(S,b+${a});n=${regs.slot(a)};}`);
  w.test = 'w';
  return [
    ({ target }) => {
      regs.set(a, 'n');
      regs.set(a + 3, 'n');
      jumpBack(w, target);
    },
  ];
}

export function forPrep(w: Writer, a: number): Ways {
  const regs = w.regs;
  const parts = [a, a + 1, a + 2];
  const condition = [w.numbers(...parts), w.p.is51 ? '' : w.integers(...parts)].filter((t) => t !== '');
  const difference = `${regs.name(a)}-${regs.name(a + 2)}`;
  w.say(`if(${condition.join('&&')}){`);
  const { build } = w.p;
  regs.aside(() => regs.set(a, build === '5.1' ? difference : FORMS[build].whole(difference)));
  w.say('}else{');
  regs.aside(() => {
    w.say(`ci.pc=${w.pc};`);
    regs.store(a, a + 3);
    regs.expose(w.live);
    w.say(`forPrep(L,b+${a});`);
    regs.load(a, a + 3);
  });
  w.say('}');
  for (const r of parts) if (!regs.isCaptured(r)) regs.state[r] = 0;
  return [({ target }) => w.say(`m+=${target - w.pc};`)];
}

function jumpBack(w: Writer, target: number): void {
  w.say(`g.fuel-=${w.pc}-m;if(g.fuel<0)ci.stopAt(${w.pc},g);m=${target};`);
}

export function jump(w: Writer, a: number, target: number): void {
  if (a !== 0) w.say(`L.close(b+${a - 1});`);
  if (target < w.pc) jumpBack(w, target);
  else w.say(`m+=${target - w.pc};`);
}
