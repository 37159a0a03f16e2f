import t from 'tap';
import { Esp } from '../helpers/esp.ts';

const esp = () => new Esp({ profile: { firmware: '1.5' } });

t.test('it is there in 1.5 only', async (t) => {
  t.same(esp().lua('print(type(cjson), type(sjson))'), ['romtable\tnil']);
  for (const firmware of ['2.2', '3.0'] as const)
    t.same(new Esp({ profile: { firmware } }).lua('print(type(cjson))'), ['nil'], firmware);
});

t.test('encodes what scripts of the time sent', async (t) => {
  const device = esp();
  for (const [lua, json] of [
    ['{1, 2.5, "x", true, false}', '[1,2.5,"x",true,false]'],
    ['{temp = 21.5}', '{"temp":21.5}'],
    ['{[1] = "a", [3] = "c"}', '["a",null,"c"]'],
    ['{[0] = "a"}', '{"0":"a"}'],
    ['{}', '{}'],
    ['"a/b\\"\\\\\\n\\1\\127"', '"a\\/b\\"\\\\\\n\\u0001\\u007f"'],
    ['1e20', '1e+20'],
    ['1 / 3', '0.33333333333333'],
    ['nil', 'null'],
    ['cjson.decode("null")', 'null'],
  ] as const)
    t.same(device.lua(`print(cjson.encode(${lua}))`), [json], lua);
});

t.test('decodes any value', async (t) => {
  const device = esp();
  t.same(
    device.lua(
      'local d = cjson.decode(\'{"a":[1,{"b":null}],"s":"x\\\\u00e4\\\\ud83d\\\\ude00\\\\n","t":true}\')',
      'print(d.a[1], type(d.a[2].b), #d.s, d.t)',
      'print(cjson.decode("5"), cjson.decode(\'"x"\'), cjson.decode("true"), #cjson.decode("[]"), cjson.decode("+1e2"))',
    ),
    ['1\tuserdata\t8\ttrue', '5\tx\ttrue\t0\t100'],
  );
});

t.test('errors', async (t) => {
  const device = esp();
  for (const [expression, message] of [
    ['cjson.encode()', "bad argument #1 to 'encode' (expected 1 argument)"],
    ['cjson.encode(print)', 'Cannot serialise function: type not supported'],
    ['cjson.encode{[{}] = 1}', 'Cannot serialise table: table key must be a number or string'],
    ['cjson.encode{[100] = 1}', 'Cannot serialise table: excessively sparse array'],
    ['cjson.encode(0 / 0)', 'Cannot serialise number: must not be NaN or Infinity'],
    ['cjson.encode((function() local a = {} a.a = a return a end)())', 'Cannot serialise, excessive nesting (1001)'],
    ['cjson.decode("")', 'Expected value but found T_END at character 1'],
    ['cjson.decode("{")', 'Expected object key string but found T_END at character 2'],
    ['cjson.decode("{\\"a\\" 1}")', 'Expected colon but found T_NUMBER at character 6'],
    ['cjson.decode("{\\"a\\":1 \\"b\\"}")', 'Expected comma or object end but found T_STRING at character 8'],
    ['cjson.decode("[1 2]")', 'Expected comma or array end but found T_NUMBER at character 4'],
    ['cjson.decode("[1,]")', 'Expected value but found T_ARR_END at character 4'],
    ['cjson.decode("1 2")', 'Expected the end but found T_NUMBER at character 3'],
    ['cjson.decode("nope")', 'Expected value but found invalid token at character 1'],
    ['cjson.decode("[nan]")', 'Expected value but found invalid number at character 2'],
    ['cjson.decode("-")', 'Expected value but found invalid number at character 1'],
    ['cjson.decode("\\"x")', 'Expected value but found unexpected end of string at character 3'],
    ['cjson.decode("\\"\\\\q\\"")', 'Expected value but found invalid escape code at character 2'],
    ['cjson.decode("\\"\\\\ud800\\"")', 'Expected value but found invalid unicode escape code at character 2'],
    ['cjson.decode("\\0{")', 'JSON parser does not support UTF-16 or UTF-32'],
    ['cjson.decode(("["):rep(1001))', 'Found too many nested data structures (1001) at character 1001'],
  ] as const)
    t.equal(device.error(expression), message, expression);
});
