import t from 'tap';
import { OP } from '../../runtime/vm/opcodes.ts';
import { Proto } from '../../runtime/vm/proto.ts';
import { verify } from '../../runtime/vm/verify.ts';

const abc = (op: number, a = 0, b = 0, c = 0): number => op | (a << 6) | (c << 14) | (b << 23);
const asBx = (op: number, a: number, by: number): number => op | (a << 6) | ((by + 131071) << 14);
const RETURN = abc(OP.RETURN, 0, 1);

/** Code of a function with 6 registers, one of them a parameter, and two constants. */
function accepted(code: readonly number[], build: '5.1' | '5.3' = '5.3', child?: Proto): boolean {
  const p = new Proto();
  p.build = build;
  p.code = Int32Array.from(code);
  p.constants = [1, 'k'];
  p.frameSize = 6;
  p.paramCount = 1;
  if (child !== undefined) p.protos = [child];
  return verify(p);
}

/** A function that captures a register of the one around it. */
function capturing(register: number): Proto {
  const p = new Proto();
  p.build = '5.3';
  p.code = Int32Array.of(RETURN);
  p.upvals = [{ inStack: true, index: register, name: 'x' }];
  return p;
}

t.test('operands exist, and the code ends', async (t) => {
  t.ok(accepted([abc(OP.MOVE, 5, 0), RETURN]));
  t.notOk(accepted([abc(OP.MOVE, 6, 0), RETURN]), 'register');
  t.notOk(accepted([abc(OP.LOADK, 0, 0, 2), RETURN]), 'constant');
  t.notOk(accepted([abc(OP.GETUPVAL, 0, 0), RETURN]), 'upvalue');
  t.notOk(accepted([abc(OP.CLOSURE, 0, 0), RETURN]), 'function');
  t.notOk(accepted([asBx(OP.JMP, 0, 1), RETURN]), 'place');
  t.notOk(accepted([abc(OP.MOVE, 1, 0)]), 'end');
});

t.test('a register is written before it is read, whatever way execution takes', async (t) => {
  t.notOk(accepted([abc(OP.MOVE, 1, 2), RETURN]));
  const test = abc(OP.TEST, 0, 0, 0);
  const jump = (by: number): number => asBx(OP.JMP, 0, by);
  const write = (r: number): number => abc(OP.LOADK, r, 0, 0);
  t.notOk(accepted([test, jump(1), write(1), abc(OP.MOVE, 2, 1), RETURN]), 'only on one of two ways');
  t.ok(accepted([test, jump(2), write(1), jump(1), write(1), abc(OP.MOVE, 2, 1), RETURN]), 'on both');
  const loop = (body: number): number[] => [
    write(1),
    write(2),
    write(3),
    asBx(OP.FORPREP, 1, 1),
    body,
    asBx(OP.FORLOOP, 1, -2),
    RETURN,
  ];
  t.ok(accepted(loop(abc(OP.MOVE, 5, 4))), "a loop's variable");
  t.notOk(accepted([...loop(abc(OP.MOVE, 5, 4)).slice(0, -1), abc(OP.MOVE, 5, 4), RETURN]), 'behind its loop');
  const call = [write(3), abc(OP.MOVE, 1, 0), abc(OP.CALL, 1, 1, 2)];
  t.ok(accepted([...call, abc(OP.MOVE, 2, 1), RETURN]), 'the result of a call');
  t.notOk(accepted([...call, abc(OP.MOVE, 2, 3), RETURN]), 'what a call has made unknown');
});

t.test('a function captures what has a value, or itself', async (t) => {
  const closure = abc(OP.CLOSURE, 1, 0);
  t.ok(accepted([closure, RETURN], '5.3', capturing(0)));
  t.ok(accepted([closure, RETURN], '5.3', capturing(1)));
  t.notOk(accepted([closure, RETURN], '5.3', capturing(2)));
});

t.test('open results go to the instruction behind, and to no other', async (t) => {
  const open = [abc(OP.MOVE, 1, 0), abc(OP.MOVE, 2, 0), abc(OP.CALL, 2, 1, 0)];
  t.ok(accepted([...open, abc(OP.CALL, 1, 0, 1), RETURN]));
  t.notOk(accepted([...open, abc(OP.MOVE, 3, 0), abc(OP.CALL, 1, 0, 1), RETURN]), 'not behind');
  t.notOk(accepted([...open, abc(OP.CALL, 3, 0, 1), RETURN]), 'above them');
  t.notOk(accepted([abc(OP.TEST, 0), asBx(OP.JMP, 0, 3), ...open, abc(OP.CALL, 1, 0, 1), RETURN]), 'by a jump');
});

t.test('5.1 has no integers, and 5.3 no instructions of 5.1', async (t) => {
  for (const op of [OP.IDIV, OP.BAND, OP.SHR, OP.BNOT]) {
    t.ok(accepted([abc(op, 1, 0, 0), RETURN], '5.3'));
    t.notOk(accepted([abc(op, 1, 0, 0), RETURN], '5.1'));
  }
  t.ok(accepted([abc(OP.GETGLOBAL, 1, 0, 0x101), RETURN], '5.1'));
  t.notOk(accepted([abc(OP.GETGLOBAL, 1, 0, 0x101), RETURN], '5.3'));
});
