import t from 'tap';
import { readReport } from '../../../cli/test/run-lua.ts';
import { outcomeOf, told } from './bench.ts';

t.test('busted files run on the device: nesting, before_each, chains of words, errors', async (t) => {
  const outcome = outcomeOf(t, 'spec', {
    'calc_spec.lua': `
require("busted.runner")()
describe("a calculator", function()
  local n
  before_each(function() n = 2 end)
  it("adds", function() assert.are.equal(4, n + 2) n = 9 end)
  it("begins anew", function() assert.is_not.equal(9, n) assert.is_nil(nil) assert.is_not_nil(n) end)
  it("sees errors", function() assert.has_error(function() error("boom") end, "boom") assert.has_no.errors(function() end) end)
  describe("when wrong", function() it("says so", function() assert.are.same({ a = 1 }, { a = 2 }) end) end)
end)`,
  });
  t.equal(outcome.status, 'fail');
  t.same(outcome.failures[0]?.frames, [], 'hosts that announce themselves before power-on are not shown');
  t.match(told(outcome), [/^1 of 4 tests failed, first '.+': .+/]);
  t.same(
    outcome.parts.map(({ name, ok }) => `${ok} ${name}`),
    [
      'true a calculator adds',
      'true a calculator begins anew',
      'true a calculator sees errors',
      'false a calculator when wrong says so',
    ],
  );
  t.equal(outcome.parts[3]?.message, 'calc_spec.lua:9: expected {a=1}, got {a=2}');
});

t.test('luaunit files run on the device: classes, setUp, assertions', async (t) => {
  const outcome = outcomeOf(t, 'luaunit', {
    'test_calc.lua': `
local lu = require("luaunit")
TestCalc = {}
function TestCalc:setUp() self.n = 2 end
function TestCalc:testAdd() lu.assertEquals(self.n + 2, 4) lu.assertNotNil(self.n) lu.assertIsTable({}) end
function TestCalc:testError() lu.assertErrorMsgContains("oom", function() error("boom") end) end
function testBad() lu.assertEquals(1, 2) end
os.exit(lu.LuaUnit.run())`,
  });
  t.same(
    outcome.parts.map(({ name, ok }) => `${ok} ${name}`),
    ['true TestCalc.testAdd', 'true TestCalc.testError', 'false testBad'],
  );
  t.match(outcome.parts[2]?.message, 'expected: 2, actual: 1');
});

t.test('an NTest file without its library says where to get it', async (t) => {
  const outcome = outcomeOf(t, 'ntest', { 'a/b/c/d/NTest_x.lua': 'local N = ...' });
  t.equal(outcome.status, 'invalid');
  t.match(told(outcome)[0], /NTest.lua is not here/);
});

t.test('NTest files run with the library beside them, which is left as it is', async (t) => {
  // What the driver needs of NTest, in few words: an outputhandler shared by all runs.
  const library = `
local shared = {}
shared.__index = shared
return function(name)
  local N = setmetatable({}, shared)
  function N.test(title, f)
    N.outputhandler("start", name)
    N.outputhandler("begin", title)
    local ok, err = pcall(f)
    N.outputhandler(ok and "pass" or "fail", title, "line", err)
    N.outputhandler("end", title)
    N.outputhandler("finish", name)
  end
  return N
end`;
  const files = {
    'NTest_x.lua':
      'local N = ...\nN = (N or require "NTest")("x")\nN.test("good", function() end)\nN.test("bad", function() error("no", 0) end)',
    'NTest.lua': library,
  };
  const outcome = outcomeOf(t, 'ntest', files);
  t.same(outcome.parts, [
    { name: 'good', ok: true, message: '' },
    { name: 'bad', ok: false, message: 'line: no' },
  ]);
  t.notMatch(outcome.failures[0]?.consoles?.esp1, '@test');
});

t.test('a file that fails to load, or has no tests, fails', async (t) => {
  t.match(told(outcomeOf(t, 'spec', { 'x_spec.lua': 'describe("x", function(' }))[0], /./);
  t.same(told(outcomeOf(t, 'spec', { 'x_spec.lua': '' })), ['the file has no tests']);
});

t.test('a late callback is counted where it belongs', async (t) => {
  const report = readReport(
    '@test\tstart\tx\t\n> @test\tbegin\tone\t\n@test\tend\tone\t\n@test\tbegin\ttwo\t\n@test\tfail\tone\tlate\n@test\tfinish\tx\t\n',
  );
  t.same(report.parts, [
    { name: 'one', ok: false, message: 'late' },
    { name: 'two', ok: true, message: '' },
  ]);
  t.ok(report.finished);
});
