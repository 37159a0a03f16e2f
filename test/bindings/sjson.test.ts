import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('encoding: arrays, objects, numbers, strings', async (t) => {
  t.same(
    new Esp().lua(
      'print(sjson.encode({}), sjson.encode({1, "a", true, {}}), sjson.encode({[3] = 1}), sjson.encode({x = 1.5}))',
      'print(sjson.encode({0.1, 1e300, 1/0, -5}), sjson.encode({"q\\"\\\\/\\n\\1"}))',
      'print(sjson.encode({a = function() return {1} end}), sjson.encode({"N"}, {null = "N"}))',
    ),
    [
      '[]\t[1,"a",true,[]]\t[null,null,1]\t{"x":1.5}',
      '[0.1000000000000000056,1.000000000000000053e+300,null,-5]\t["q\\"\\/\\n\\u0001"]',
      '{"a":[1]}\t[null]',
    ],
  );
});

t.test('null has the type name that the firmware has for it', async (t) => {
  const show = 'local n = sjson.decode("[null]")[1] print(type(n), n) print(pcall(string.rep, n))';
  t.same(new Esp().lua(show), [
    'lightfunction\tlightfunction: (nil)',
    "false\tbad argument #1 to '?' (string expected, got lightfunction)",
  ]);
  t.match(new Esp({ profile: { lua: '5.3' } }).lua(show), ['userdata\tuserdata: (nil)']);
});

t.test('decode without an argument finds the decoder in its place', async (t) => {
  t.equal(new Esp().error('sjson.decode()'), "bad argument #1 to 'decode' (string expected, got userdata)");
});

t.test('decoding: nesting, escapes, null', async (t) => {
  t.same(
    new Esp().lua(
      'local v = sjson.decode(\'{"a":[1,-2.5e1,true,null,"x"],"b":{"c":"\\\\u00e9\\\\n"}} trailing\')',
      'print(v.a[1], v.a[2], v.a[3], type(v.a[4]), v.a[5], v.b.c, #v.a)',
      'local w = sjson.decode("[1,null,3]", {null = "none"}) print(w[1], w[2], w[3])',
      'local n = sjson.decode("[1,null,3]", {}) print(n[2], n[3])',
    ),
    ['1\t-25\ttrue\tlightfunction\tx\t\xc3\xa9', '\t5', '1\tnone\t3', 'nil\t3'],
  );
});

t.test('a decoder takes pieces, an encoder gives pieces', async (t) => {
  t.same(
    new Esp().lua(
      'local d = sjson.decoder() print(d:write(\'{"a":\'), (d:write("12}")).a, d:result().a)',
      'local e = sjson.encoder({1, 2, 3}) print(e:read(3), e:read(100), e:read())',
    ),
    ['nil\t12\t12', '[1,\t2,3]'],
  );
});

t.test('a metatable is set on every table and may refuse paths', async (t) => {
  t.same(
    new Esp().lua(
      'local mt = {__index = {tag = "t"}, checkpath = function(tbl, path) return path[1] ~= "skip" end}',
      'local v = sjson.decode(\'{"skip":{"x":1},"keep":{"y":2}}\', {metatable = mt}) print(v.tag, v.skip, v.keep.y, v.keep.tag)',
    ),
    ['t\tnil\t2\tt'],
  );
});

t.test('errors', async (t) => {
  const deep = (n: number) => `sjson.decode(("["):rep(${n}) .. ("]"):rep(${n}))`;
  errorRows(t, [
    ['sjson.encode(1)', "bad argument #1 to 'encode' (table expected, got number)"],
    ['(function() local function f() return f end sjson.encode({f}) end)()', 'Cannot encode type 6'],
    ['sjson.encode({tmr.create()})', 'Cannot encode type 7'],
    ['(function() local t = {} t.t = t sjson.encode(t) end)()', 'encoder stack overflow'],
    ['sjson.decode("{")', 'Incomplete JSON object passed to sjson.decode'],
    ['sjson.decode("12")', 'Incomplete JSON object passed to sjson.decode'],
    ['sjson.decode("[1,]")', 'JSON parse error: TRAILING_COMMA'],
    ['sjson.decode("{1:2}")', 'JSON parse error: HKEY_EXPECTED'],
    ['sjson.decode("[1}")', 'JSON parse error: BRACKET_MISMATCH'],
    ['sjson.decode("[1 2]")', 'JSON parse error: CANT_INSERT'],
    ['sjson.decode("[tru]")', 'JSON parse error: SPECIAL_INCOMPLETE'],
    ['sjson.decode("[1.]")', 'JSON parse error: INVALID_NUMBER'],
    ['sjson.decode("x")', 'JSON parse error: SPECIAL_EXPECTED'],
    ['sjson.decode(\'"x"\')', 'JSON parse error: STRING_OUTSIDE_CONTAINER'],
    [deep(19), 'no error'],
    [deep(20), 'JSON parse error: LEVELS_EXCEEDED'],
    ['sjson.decoder():result()', 'decode not complete'],
    [
      '(function() local d = sjson.decoder() pcall(d.write, d, "x") d:write("y") end)()',
      'JSON parse error: previous call',
    ],
  ]);
});

t.test(
  '5.3 keeps floats apart, also as keys and below zero; a document that checkpath does not want is nil',
  async (t) => {
    const esp = new Esp({ profile: { lua: '5.3' } });
    t.same(
      esp.lua(
        'local d = sjson.decode("[1.5e3, 2, 1e1, -3.0]") print(d[1], d[2], d[3], d[4])',
        'print(sjson.encode({[1.5] = 1}), sjson.encode({-0.0}), sjson.encode({1, 2.5}))',
        'print(select("#", sjson.decode("{}", {metatable = {checkpath = function() return false end}})))',
      ),
      ['1500.0\t2\t10.0\t-3.0', '{"1.5":1}\t[-0]\t[1,2.5]', '1'],
    );
    t.same(new Esp().lua('print(sjson.decode("[1.5e3]")[1], sjson.encode({[1.5] = 1}))'), ['1500\t[null]']);
  },
);
