/**
 * Lua that goes to the flash beside a test: the drivers, and our own small libraries in the words of busted and luaunit
 * (the parts that fit a device; the originals need os, io and more memory than there is). NTest is the firmware's own.
 */
import type { TestKind } from './outcome.ts';

type LuaKind = Exclude<TestKind, 'golden' | 'scenario' | 'multi'>;

const REPORT = `local function report(event, name, message)
  print("@test\\t" .. event .. "\\t" .. tostring(name):gsub("%s+", " ") .. "\\t" .. tostring(message or ""):gsub("%s+", " "))
end
`;

const NTEST = `${REPORT}
local make = require("NTest")
getmetatable(make("driver")).outputhandler = function(event, name, message, err)
  report(event, name, err and (tostring(message) .. ": " .. tostring(err)) or message)
end
assert(loadfile("@FILE"))(make)
`;

/** What busted's and luaunit's words have in common: comparing and naming values, running one test. */
const COMMON = `${REPORT}
local M = {}
function M.show(v)
  if type(v) == "string" then return string.format("%q", v) end
  if type(v) ~= "table" then return tostring(v) end
  local parts = {}
  for k, x in pairs(v) do
    parts[#parts + 1] = (type(k) == "string" and k or "[" .. tostring(k) .. "]") .. "=" .. M.show(x)
    if #parts == 8 then parts[9] = "..." break end
  end
  table.sort(parts)
  return "{" .. table.concat(parts, ", ") .. "}"
end
function M.same(a, b)
  if a == b then return true end
  if type(a) ~= "table" or type(b) ~= "table" then return false end
  for k, v in pairs(a) do if not M.same(v, b[k]) then return false end end
  for k in pairs(b) do if a[k] == nil then return false end end
  return true
end
function M.fail(message, level) error(message, (level or 1) + 1) end
function M.run(name, parts)
  report("begin", name)
  local ok, err = true, nil
  for _, f in ipairs(parts) do
    if ok or f.always then
      local good, why = pcall(f.f)
      if not good and ok then ok, err = false, why end
    end
  end
  if type(err) == "table" and err.skip then ok = true end
  if ok then report("pass", name) else report("fail", name, type(err) == "table" and M.show(err) or err) end
  report("end", name)
  collectgarbage()
end
M.report = report
return M
`;

const BUSTED = `local M = require("mcubox-common")
local blocks = { { name = "", before = {}, after = {}, ends = {} } }
local queue = {}
local function copy(list) local new = {} for i, v in ipairs(list) do new[i] = v end return new end
function describe(name, f)
  local outer = blocks[#blocks]
  blocks[#blocks + 1] = {
    name = (outer.name == "" and "" or outer.name .. " ") .. name,
    before = copy(outer.before), after = copy(outer.after), ends = {},
  }
  f()
  for _, last in ipairs(blocks[#blocks].ends) do queue[#queue + 1] = last end
  blocks[#blocks] = nil
end
context, insulate, expose = describe, describe, describe
function before_each(f) local b = blocks[#blocks].before b[#b + 1] = { f = f } end
function after_each(f) table.insert(blocks[#blocks].after, 1, { f = f, always = true }) end
function setup(f) queue[#queue + 1] = f end
lazy_setup, strict_setup = setup, setup
function teardown(f) table.insert(blocks[#blocks].ends, 1, f) end
lazy_teardown, strict_teardown = teardown, teardown
function pending() end
function it(name, f)
  local block = blocks[#blocks]
  queue[#queue + 1] = function()
    local parts = copy(block.before)
    parts[#parts + 1] = { f = f }
    for _, a in ipairs(block.after) do parts[#parts + 1] = a end
    M.run((block.name == "" and "" or block.name .. " ") .. name, parts)
  end
end
test, spec = it, it
local checks = {
  equal = function(a, b) return a == b, "expected " .. M.show(a) .. ", got " .. M.show(b) end,
  same = function(a, b) return M.same(a, b), "expected " .. M.show(a) .. ", got " .. M.show(b) end,
  truthy = function(v) return v and true or false, "expected a true value, got " .. M.show(v) end,
  falsy = function(v) return not v, "expected a false value, got " .. M.show(v) end,
  ["true"] = function(v) return v == true, "expected true, got " .. M.show(v) end,
  ["false"] = function(v) return v == false, "expected false, got " .. M.show(v) end,
  ["nil"] = function(v) return v == nil, "expected nil, got " .. M.show(v) end,
  near = function(a, b, d) return math.abs(a - b) <= d, "expected " .. a .. " +- " .. d .. ", got " .. M.show(b) end,
  matches = function(p, s) return type(s) == "string" and s:find(p) ~= nil, "expected " .. M.show(s) .. " to match " .. M.show(p) end,
  error = function(f, want)
    local ok, err = pcall(f)
    if ok then return false, "expected an error" end
    if want == nil then return true, "expected no error, got " .. M.show(err) end
    local text = type(err) == "string" and err:gsub("^[^:]+:%d+: ", "") or err
    return M.same(want, err) or M.same(want, text), "expected error " .. M.show(want) .. ", got " .. M.show(err)
  end,
}
for _, name in ipairs({ "string", "number", "table", "function", "boolean", "userdata", "thread" }) do
  checks[name] = function(v) return type(v) == name, "expected a " .. name .. ", got " .. M.show(v) end
end
checks.equals, checks.is_equal, checks.has_error, checks.errors = checks.equal, checks.equal, checks.error, checks.error
checks.match, checks.has_match = checks.matches, checks.matches
local FILLERS = { is = true, are = true, was = true, has = true, does = true, be = true, a = true, an = true }
local function chain(negative)
  return setmetatable({}, {
    __index = function(_, word)
      if FILLERS[word] then return chain(negative) end
      if word == "no" or word == "is_not" or word == "Not" or word == "not" or word == "are_not" or word == "has_no" then
        return chain(not negative)
      end
      local turned = negative
      local name = word
      for _ = 1, 3 do
        if checks[name] then break end
        local rest = name:match("^is_(.+)$") or name:match("^are_(.+)$") or name:match("^has_(.+)$")
        if rest == nil then
          rest = name:match("^not_(.+)$") or name:match("^no_(.+)$")
          if rest then turned = not turned end
        end
        name = rest or name
      end
      local check = checks[name]
      if check == nil then error("assert." .. word .. " is not built", 2) end
      return function(...)
        local good, why = check(...)
        if turned then good, why = not good, "not: " .. why end
        if not good then error(why, 2) end
        return ...
      end
    end,
    __call = function(_, v, message, ...)
      if not v then error(message or "assertion failed!", 2) end
      return v, message, ...
    end,
  })
end
assert = chain(false)
package.loaded.busted = { describe = describe, it = it }
package.loaded["busted.runner"] = function() end
return {
  finish = function()
    M.report("start", "busted")
    for _, last in ipairs(blocks[1].ends) do queue[#queue + 1] = last end
    local function step()
      local f = table.remove(queue, 1)
      if f == nil then return M.report("finish", "busted") end
      local ok, err = pcall(f)
      if not ok then M.report("except", "setup or teardown", err) end
      node.task.post(step)
    end
    step()
  end,
}
`;

const LUAUNIT = `local M = require("mcubox-common")
local lu = { LuaUnit = {}, VERSION = "mcubox", prettystr = M.show }
-- Every name that luaunit has for a check becomes one: assertIsNil, assert_is_nil, assertNil.
local checks, names = {}, {}
local function key(name)
  local k = name:lower():gsub("_", "")
  if k ~= "is" and k ~= "notis" then k = k:gsub("^is", ""):gsub("^notis", "not") end
  return k
end
local function check(name, f)
  names[#names + 1] = name
  checks[key(name)] = function(...)
    local good, why = f(...)
    if not good then error(why, 2) end
  end
end
setmetatable(lu, { __index = function(_, name)
  return type(name) == "string" and name:sub(1, 6) == "assert" and checks[key(name:sub(7))] or nil
end })
local function differs(a, b) return "expected: " .. M.show(b) .. ", actual: " .. M.show(a) end
local function pair(name, opposite, f, words)
  check(name, function(a, b, c) return f(a, b, c), words and words .. ": " .. differs(a, b) or differs(a, b) end)
  if opposite then
    check(opposite, function(a, b, c) return not f(a, b, c), "not " .. (words or "equal") .. " wanted: " .. M.show(a) end)
  end
end
local function count(list)
  local n = {}
  for _, v in pairs(list) do n[v] = (n[v] or 0) + 1 end
  return n
end
local function almost(a, b, d) return math.abs(a - b) <= (d or 1e-6) end
local function contains(t, v)
  for _, x in pairs(t) do if M.same(x, v) then return true end end
  return false
end
pair("Equals", "NotEquals", M.same)
pair("ItemsEquals", nil, function(a, b) return M.same(a, b) or M.same(count(a), count(b)) end, "items")
pair("Is", "NotIs", rawequal, "the same")
pair("AlmostEquals", "NotAlmostEquals", almost, "almost")
pair("StrContains", "NotStrContains", function(s, part, pattern) return s:find(part, 1, not pattern) ~= nil end, "text with")
pair("StrIContains", "NotStrIContains", function(s, part) return s:lower():find(part:lower(), 1, true) ~= nil end, "text with")
pair("StrMatches", nil, function(s, p) return s:match("^" .. p .. "$") ~= nil end, "text that matches")
pair("TableContains", "NotTableContains", contains, "table with")
lu.assertAlmostEqual, lu.assertEqual, lu.almostEquals = lu.assertAlmostEquals, lu.assertEquals, almost
local function unary(name, f, words)
  check(name, function(v) return f(v), "expected: " .. words .. ", actual: " .. M.show(v) end)
  check("Not" .. name, function(v) return not f(v), "expected: not " .. words .. ", actual: " .. M.show(v) end)
end
unary("True", function(v) return v == true end, "true")
unary("False", function(v) return v == false end, "false")
unary("Nil", function(v) return v == nil end, "nil")
unary("NaN", function(v) return v ~= v end, "nan")
unary("Inf", function(v) return v == 1 / 0 or v == -1 / 0 end, "inf")
unary("PlusInf", function(v) return v == 1 / 0 end, "inf")
unary("MinusInf", function(v) return v == -1 / 0 end, "-inf")
unary("PlusZero", function(v) return v == 0 and 1 / v > 0 end, "+0.0")
unary("MinusZero", function(v) return v == 0 and 1 / v < 0 end, "-0.0")
check("EvalToTrue", function(v) return v and true or false, "expected: a value evaluating to true, actual: " .. M.show(v) end)
check("EvalToFalse", function(v) return not v, "expected: false or nil, actual: " .. M.show(v) end)
for _, name in ipairs({ "String", "Number", "Table", "Function", "Boolean", "Userdata", "Thread" }) do
  unary(name, function(v) return type(v) == name:lower() end, "a " .. name:lower())
end
check("Error", function(f, ...) return not pcall(f, ...), "Expected an error when calling function but no error generated" end)
local function message(name, fits)
  check("ErrorMsg" .. name, function(want, f, ...)
    local ok, err = pcall(f, ...)
    return not ok and fits(err, want), "expected an error with " .. M.show(want) .. ", got " .. M.show(err)
  end)
end
local function bare(err) return type(err) == "string" and err:gsub("^[^:]+:%d+: ", "") or err end
message("Contains", function(err, want) return tostring(err):find(want, 1, true) ~= nil end)
message("Matches", function(err, want) return tostring(err):match("^" .. want .. "$") ~= nil end)
message("Equals", function(err, want) return M.same(err, want) or M.same(bare(err), want) end)
message("ContentEquals", function(err, want) return bare(err) == want end)
function lu.fail(message) error(message, 2) end
function lu.failIf(c, message) if c then error(message, 2) end end
function lu.skip() error({ skip = true }) end
function lu.skipIf(c) if c then error({ skip = true }) end end
function lu.runOnlyIf(c) if not c then error({ skip = true }) end end
function lu.success() error({ skip = true }) end
lu.successIf = lu.skipIf
function lu.wrapFunctions() end
local function isTest(name) return type(name) == "string" and name:lower():sub(1, 4) == "test" end
local function sorted(t, keep)
  local names = {}
  for k, v in pairs(t) do if keep(k, v) then names[#names + 1] = k end end
  table.sort(names)
  return names
end
local ran = false
function lu.LuaUnit.run()
  if ran then return 0 end
  ran = true
  local queue = {}
  for _, name in ipairs(sorted(_G, function(k, v) return isTest(k) and (type(v) == "function" or type(v) == "table") end)) do
    local v = _G[name]
    if type(v) == "function" then queue[#queue + 1] = { name, { { f = v } } }
    else
      for _, method in ipairs(sorted(v, function(k, f) return isTest(k) and type(f) == "function" end)) do
        local function call(f) return function() return f(v) end end
        local parts = {}
        local before = v.setUp or v.Setup or v.setup or v.SetUp
        local after = v.tearDown or v.Teardown or v.teardown or v.TearDown
        if before then parts[1] = { f = call(before) } end
        parts[#parts + 1] = { f = call(v[method]) }
        if after then parts[#parts + 1] = { f = call(after), always = true } end
        queue[#queue + 1] = { name .. "." .. method, parts }
      end
    end
  end
  M.report("start", "luaunit")
  local function step()
    local t = table.remove(queue, 1)
    if t == nil then return M.report("finish", "luaunit") end
    M.run(t[1], t[2])
    node.task.post(step)
  end
  node.task.post(step)
  return 0
end
local function nothing() end
lu.LuaUnit.new = function()
  return { runSuite = lu.LuaUnit.run, run = lu.LuaUnit.run, setOutputType = nothing, setVerbosity = nothing }
end
lu.LuaUnit.Run, lu.LuaUnit.runSuite, lu.run, lu.Run = lu.LuaUnit.run, lu.LuaUnit.run, lu.LuaUnit.run, lu.LuaUnit.run
lu.LuaUnit.setOutputType, lu.LuaUnit.setVerbosity = nothing, nothing
if EXPORT_ASSERT_TO_GLOBALS then
  LuaUnit = lu.LuaUnit
  for _, name in ipairs(names) do
    local snake = name:gsub("%u", function(c) return "_" .. c:lower() end)
    _G["assert" .. name], _G["assert" .. snake] = lu["assert" .. name], lu["assert" .. name]
    if not name:find("^Is") then _G["assertIs" .. name] = lu["assert" .. name] end
  end
end
return lu
`;

/**
 * What luaunit files expect of a computer, and, where the library is luaunit's own, an output for it that reports as
 * ours does and feeds the watchdog.
 */
const LUAUNIT_DRIVER = `${REPORT}
local function nothing() end
os = os or { exit = nothing, getenv = nothing, date = function() return "" end, time = tmr.time,
  clock = function() return tmr.now() / 1000000 end }
io = io or { stdout = { write = nothing, flush = nothing }, stderr = { write = nothing } }
if @OWN then
  EXPORT_ASSERT_TO_GLOBALS = (file.getcontents("@FILE") or ""):find("EXPORT_ASSERT_TO_GLOBALS = true", 1, true) ~= nil
  local lu = require("luaunit")
  local out = lu.genericOutput.new()
  function out.new(runner) return setmetatable(lu.genericOutput.new(runner), { __index = out }) end
  function out:startSuite() report("start", "luaunit") end
  function out:startTest(name)
    tmr.wdclr()
    report("begin", name)
  end
  function out:endTest(node)
    local bad = node.status == "FAIL" or node.status == "ERROR"
    report(bad and "fail" or "pass", node.testName, node.msg)
    report("end", node.testName)
  end
  function out:endSuite() report("finish", "luaunit") end
  lu.LuaUnit.outputType = out
  lu.LuaUnit.setOutputType = nothing
end
dofile("@FILE")
if not @OWN then require("luaunit").LuaUnit.run() end
`;

/** `@FILE` becomes the test's name on the flash, `@OWN` whether the library is the user's. */
export const DRIVERS: Readonly<Record<LuaKind, string>> = {
  ntest: NTEST,
  spec: 'local busted = require("mcubox-busted")\ndofile("@FILE")\nbusted.finish()\n',
  luaunit: LUAUNIT_DRIVER,
};

export const LIBRARIES: Readonly<Record<LuaKind, Readonly<Record<string, string>>>> = {
  ntest: {},
  spec: { 'mcubox-common.lua': COMMON, 'mcubox-busted.lua': BUSTED },
  luaunit: { 'mcubox-common.lua': COMMON, 'luaunit.lua': LUAUNIT },
};
