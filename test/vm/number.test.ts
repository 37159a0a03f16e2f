import t from 'tap';
import { floor, parseDecimal, pow } from '../../runtime/vm/libc.ts';
import { numberText51, numberText53, parseNumber51, parseNumber53 } from '../../runtime/vm/number.ts';
import { formatFloat, formatInt, formatText } from '../../runtime/vm/printf.ts';
import { Flt } from '../../runtime/vm/value.ts';
import { rig } from './rig.ts';

t.test('numbers print as %.14g and %.7g of the firmware', async (t) => {
  for (const [n, text] of [
    [0.1, '0.1'],
    [1e15, '1e+15'],
    [2 ** 53, '9.007199254741e+15'],
    [1e-5, '1e-05'],
    [123456.789, '123456.789'],
    [-0, '0'],
    [Number.NaN, 'nan'],
    [Number.NEGATIVE_INFINITY, '-inf'],
    [1e300, '1e+300'],
    [99999999999999, '99999999999999'],
  ] as const) {
    t.equal(numberText51(n), text);
  }
  t.equal(numberText53(3), '3');
  t.equal(numberText53(new Flt(3)), '3.0');
  t.equal(numberText53(new Flt(-0)), '0.0');
  t.equal(numberText53(Math.fround(0.1)), '0.1');
  t.equal(numberText53(Math.fround(2 ** 31)), '2.147484e+09');
});

t.test('printf rounds halves up and knows flags, width and precision', async (t) => {
  const spec = (flags: string, width: number, precision: number) => ({ flags, width, precision });
  t.equal(formatFloat(0.5, 'f', spec('', 0, 0)), '1');
  t.equal(formatFloat(2.5, 'f', spec('', 0, 0)), '3');
  t.equal(formatFloat(-1.25, 'f', spec('', 5, 1)), ' -1.3');
  t.equal(formatFloat(12345.678, 'e', spec('', 0, -1)), '1.234568e+04');
  t.equal(formatFloat(1, 'g', spec('#', 0, -1)), '1.00000');
  t.equal(formatFloat(2.71, 'f', spec('0', 8, 2)), '00002.71');
  t.equal(formatInt(255, 'x', spec('#', 0, -1)), '0xff');
  t.equal(formatInt(8, 'o', spec('#', 0, -1)), '010');
  t.equal(formatInt(7, 'd', spec('', 5, 3)), '  007');
  t.equal(formatInt(42, 'd', spec('+', 0, -1)), '+42');
  t.equal(formatText('abc', spec('-', 5, 2)), 'ab   ');
});

t.test('floor saturates at 32 bits, pow is inexact, strtod rounds as it goes', async (t) => {
  t.equal(floor(2 ** 31), 2147483647);
  t.equal(floor(-1.5), -2);
  t.equal(floor(Number.NaN), 0);
  t.equal(pow(2, 4), 16.000000000000004);
  t.equal(pow(2, 0.5), Math.SQRT2);
  t.ok(Number.isNaN(pow(-8, 1 / 3)));
  t.equal(pow(-2, 3) < 0, true);
  t.equal(parseDecimal('0.1'), 0.1);
  t.equal(parseDecimal('2.2250738585072014e-308'), 0);
  t.equal(parseDecimal('-12.5e2'), -1250);
});

t.test('texts become numbers by the rules of each version', async (t) => {
  t.equal(parseNumber51(' 0x10 '), 16);
  t.equal(parseNumber51('0x1ffffffff'), 4294967295);
  t.equal(parseNumber51('1e'), undefined);
  t.equal(parseNumber51('1..2'), undefined);
  t.equal(parseNumber53('2147483647'), 2147483647);
  t.same(parseNumber53('3.0'), new Flt(3));
  t.equal(parseNumber53('0xffffffff'), -1);
  t.equal(parseNumber53('inf'), undefined);
  t.equal(parseNumber53('5x'), undefined);
});

t.test('5.3 has 32-bit integers and single floats', async (t) => {
  const { eval: run } = rig({ version: '5.3' });
  t.equal(run('2147483647 + 1, 1/2, 3//2, 3 % -2, 7 // 2.0, 0.1 + 0.2'), '-2147483648\t0.5\t1\t-1\t3.0\t0.3');
  t.equal(run('1 << 31, 1 << 32, ~0, 5 & 3, "10" + 5, 3 | 0'), '-2147483648\t0\t-1\t1\t15.0\t3');
  t.equal(run('16777217 + 0.0 == 16777216.0, 1 == 1.0, math.type(2^2), ({10})[1.0]'), 'true\ttrue\tfloat\t10');
});

t.test('5.1 has doubles only', async (t) => {
  const { eval: run } = rig();
  t.equal(
    run('10/2, 65536*65536, 2147483647+1, 7 % 3, -7 % 3, 1/0, "10"+5'),
    '5\t4294967296\t2147483648\t1\t2\tinf\t15',
  );
  t.equal(run('("%d %x %5.1f"):format(3.7, 255, 2.25), math.floor(-0.5), ("x"):rep(2.9)'), '3 ff   2.3\t-1\txx');
});
