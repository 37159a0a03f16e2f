import t from 'tap';
import { formatG, quote } from '../../bindings/nodemcu/sjson-encoder.ts';

t.test('numbers print as printf prints them with %g', async (t) => {
  for (const [value, digits, text] of [
    [0, 19, '0'],
    [-0, 19, '-0'],
    [1, 19, '1'],
    [0.1, 19, '0.1000000000000000056'],
    [1e20, 19, '1e+20'],
    [123456789012, 9, '1.23456789e+11'],
    [0.0001, 9, '0.0001'],
    [0.00001, 9, '1e-05'],
    [100, 9, '100'],
    [-2.5, 9, '-2.5'],
  ] as const) {
    t.equal(formatG(value, digits), text);
  }
});

t.test('strings are quoted, backslashes forgotten', async (t) => {
  t.equal(quote('a"b\\c\n\x01/\xe9'), '"a\\"b\\c\\n\\u0001/\xe9"');
});
