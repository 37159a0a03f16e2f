/** Scripts that try to hang or exhaust the simulator. Each must end as a Lua error or a budget abort. */

import { type Attack, attack } from './attack.ts';
import { CODE_ATTACKS } from './attacks-code.ts';
import { NUMBER_ATTACKS } from './attacks-numbers.ts';

/** Every one runs under all builds; syntax that one of them refuses is an end too. */
export const ATTACKS: readonly Attack[] = [
  // Loops.
  attack('empty loop', 'while true do end'),
  attack('goto loop', '::a:: goto a'),
  attack('loop in pcall in a loop', 'while true do pcall(function() while true do end end) end'),
  attack(
    'spinning coroutine that catches errors',
    'local f = coroutine.wrap(function() while true do pcall(error) coroutine.yield() end end) while true do f() end',
  ),
  attack('endless coroutine.wrap', 'while true do coroutine.wrap(function() end)() end'),
  attack('tail calls', 'local function f() return f() end f()'),
  attack('loop in a message handler', 'xpcall(error, function() while true do end end)'),
  attack(
    'error in every message handler',
    'xpcall(error, function() error() end) while true do xpcall(error, function() error() end) end',
  ),
  attack('hook taken off', 'if debug.sethook then debug.sethook() end while true do end'),
  attack(
    'loop in a hook',
    'if debug.sethook then debug.sethook(function() while true do end end, "l") end while true do print() end',
  ),
  attack('numeric for without end', 'for i = 1, math.huge do end'),
  attack('for with step 0', 'for i = 1, 2, 0 do end while true do for i = 1, 2, 0 do end end'),
  attack('generic for that never ends', 'for k in function() return 1 end do end'),
  attack('repeat of pcall(error)', 'repeat pcall(error, "x") until false'),
  attack(
    'ipairs over __index',
    'for i in ipairs(setmetatable({}, {__index = function(_, i) return i end})) do end local t = setmetatable({}, {__index = function(_, i) return i end}) while true do local _ = t[1] end',
  ),
  // Metamethods.
  attack(
    'long __index chain',
    'local t = {} for i = 1, 90 do t = setmetatable({}, {__index = t}) end while true do local _ = t.x end',
  ),
  attack(
    '__index chain to itself',
    'local t = {} setmetatable(t, {__index = t}) while true do pcall(function() return t.x end) end',
  ),
  attack(
    '__newindex chain to itself',
    'local t = {} setmetatable(t, {__newindex = t}) while true do pcall(function() t.x = 1 end) end',
  ),
  attack(
    'recursion through __index',
    'local t = setmetatable({}, {__index = function(t, k) return t[k .. "x"] end}) return t.a',
  ),
  attack(
    'recursion through __tostring',
    'local t = setmetatable({}, {__tostring = function(t) return tostring(t) end}) return tostring(t)',
  ),
  attack(
    'recursion through __concat',
    'local t t = setmetatable({}, {__concat = function(a, b) return a .. b end}) return t .. t',
  ),
  attack(
    'recursion through __eq',
    'local m = {} m.__eq = function(a, b) return setmetatable({}, m) == setmetatable({}, m) end return setmetatable({}, m) == setmetatable({}, m)',
  ),
  attack(
    'recursion through __lt',
    'local m = {} m.__lt = function(a, b) return a < b end return setmetatable({}, m) < setmetatable({}, m)',
  ),
  attack(
    'recursion through __call',
    'local t = setmetatable({}, {__call = function(t) return t() + 1 end}) return t()',
  ),
  attack('callable chain of tables', 'local t = {} setmetatable(t, {__call = t}) t()'),
  attack(
    'error object whose __tostring loops',
    'error(setmetatable({}, {__tostring = function() while true do end end}))',
  ),
  attack(
    'recursion through __gc',
    'local function f() local p = newproxy and newproxy(true) if p then getmetatable(p).__gc = f end end f() while true do f() collectgarbage() end',
  ),
  attack(
    'allocation in a finalizer',
    'local function mk() local p = newproxy and newproxy(true) if p then getmetatable(p).__gc = function() mk() mk() end end end mk() while true do collectgarbage() end',
  ),
  attack(
    'resurrection in a finalizer',
    'keep = {} if newproxy then for i = 1, 100 do local p = newproxy(true) getmetatable(p).__gc = function(o) keep[#keep + 1] = o end end end while true do collectgarbage() end',
  ),
  // Recursion.
  attack('Lua recursion', 'local function f() return 1 + f() end f()'),
  attack('Lua recursion in pcall', 'local function f() return pcall(f) end while true do f() end'),
  attack('recursion through gsub', 'local function f(s) return (s:gsub(".", f)) end f("a")'),
  attack('recursion through sort', 'local function f() table.sort({3, 2, 1}, function() f() return false end) end f()'),
  attack('recursion through coroutines', 'local function f() return coroutine.wrap(f)() end f()'),
  attack(
    'recursion through load',
    'local function f() return load(f) end f() local function g() return load(function() return g() end) end g()',
  ),
  attack(
    'recursion through require',
    'package.preload.a = function() package.loaded.a = nil return require("a") end require("a")',
  ),
  attack(
    'deep recursion with many locals',
    'local function f(a, b, c, d, e) local g, h, i, j, k = 1, 2, 3, 4, 5 return f(g, h, i, j, k) + 1 end f()',
  ),
  // Strings.
  attack('huge rep', 'local s = string.rep("x", 2^30)'),
  attack('largest rep', 'local s = ("x"):rep(2147483647)'),
  attack('rep of rep', 'local s = ("x"):rep(1e4) while true do s:rep(1e4) end'),
  attack('large rep in a loop', 'while true do local s = string.rep("x", 1e6) end'),
  attack('rep of nothing', 'while true do (""):rep(1e9) end'),
  attack('doubling', 'local s = "x" while true do s = s .. s end'),
  attack('many strings kept', 'local t = {} for i = 1, 1e9 do t[i] = "string number " .. i end'),
  attack('backtracking', 'return (("a"):rep(60)):find((".-"):rep(9) .. "b")'),
  attack('backtracking on a long text', 'return (("a"):rep(30000)):find(".-.-.-b")'),
  attack('nested captures', 'return (("a"):rep(60)):find("((((((((a*)*)*)*)*)*)*)*)b")'),
  attack('frontier and balance', 'local s = ("("):rep(20000) while true do s:find("%b()") s:find("%f[x]") end'),
  attack('pattern too deep', 'return ("x"):find(("(x"):rep(1e5))'),
  attack('gsub over a large text', 'local s = ("x"):rep(1e5) while true do s:gsub(".", "%0%0") end'),
  attack('gsub that grows', 'local s = "x" while true do s = s:gsub(".", "xx") end'),
  attack('gmatch of nothing', 'while true do for _ in (("x"):rep(1e4)):gmatch("") do end end'),
  attack('format with a wide field', 'string.format("%99999d", 1)'),
  attack('format of long texts', 'local s = ("x"):rep(5e4) while true do s = string.format("%s%s", s, s) end'),
  attack('format in a loop', 'while true do string.format("%.14g %5.3f %q", 1/3, 2/3, "x") end'),
  attack('pack of a huge field', 'string.pack("c2147483647", "x")'),
  attack('pack in a loop', 'while true do string.pack(("i4"):rep(100), 1) end'),
  attack('upper, lower, reverse', 'local s = ("x"):rep(1e5) while true do s:upper() s:lower() s:reverse() end'),
  attack('byte of everything', 'local s = ("x"):rep(1e5) s:byte(1, -1)'),
  attack(
    'char of many',
    'local t = {} for i = 1, 7000 do t[i] = 65 end while true do string.char((unpack or table.unpack)(t)) end',
  ),
  attack(
    'comparing long texts',
    'local a, b = ("x"):rep(5e4) .. "a", ("x"):rep(5e4) .. "b" while true do local _ = a < b end',
  ),
  attack('long texts as keys', 'local t = {} while true do t[("x"):rep(5e4)] = 1 end'),
  attack(
    'dump of many functions',
    'local f = loadstring(("local function f() end "):rep(40)) while true do string.dump(f) end',
  ),
  // Tables.
  attack('table that grows', 'local t = {} for i = 1, 1e9 do t[i] = i end'),
  attack('table with holes', 'local t = {} for i = 1, 1e9 do t[i * 1000] = i end'),
  attack('table of tables', 'local t = {} while true do t = {t} end'),
  attack('tables thrown away', 'while true do local t = {1, 2, 3, {}, x = {}} end'),
  attack(
    'concat of much',
    'local t = {} for i = 1, 2000 do t[i] = ("x"):rep(50) end while true do table.concat(t) end',
  ),
  attack(
    'concat of a range',
    'table.concat({}, "x", 1, 2^31 - 1) table.concat(setmetatable({}, {__index = function() return "x" end}), "", 1, 2^31 - 1)',
  ),
  attack(
    'sort of many',
    'local t = {} for i = 1, 2000 do t[i] = -i end while true do table.sort(t, function(a, b) return a < b end) end',
  ),
  attack(
    'inconsistent order',
    'local t = {} for i = 1, 500 do t[i] = i end while true do pcall(table.sort, t, function() return true end) end',
  ),
  attack('insert at the front', 'local t = {} for i = 1, 1e6 do table.insert(t, 1, i) end'),
  attack('insert far away', 'table.insert({}, 2^31 - 1, 1) local t = {} while true do table.insert(t, 1e9, 1) end'),
  attack('move of a range', 'table.move({1}, 1, 2^31 - 2, 2)'),
  attack(
    'move over itself',
    'local t = {} for i = 1, 1000 do t[i] = i end while true do table.move(t, 1, 1000, 2) end',
  ),
  attack('unpack of many', 'local u = unpack or table.unpack while true do pcall(u, {}, 1, 1e7) u({}, 1, 7000) end'),
  attack(
    'many arguments',
    'local u = unpack or table.unpack local function f(...) return f(1, ...) end f(u({}, 1, 5000))',
  ),
  attack('length of a table with a border far off', 'local t = {} t[2^30] = 1 while true do local _ = #t end'),
  attack(
    'next over many nils',
    'local t = {} for i = 1, 2000 do t[i] = i end for i = 1, 1999 do t[i] = nil end while true do for _ in pairs(t) do end end',
  ),
  attack(
    'rehash again and again',
    'local t = {} while true do for i = 1, 50 do t["k" .. i] = i end for i = 1, 50 do t["k" .. i] = nil end end',
  ),
  // Code.
  attack('load in a loop', 'local n = 0 while true do n = n + 1 loadstring("return " .. n) end'),
  attack('large source', 'loadstring(("x = 1 "):rep(2e5))'),
  attack(
    'many constants',
    'local t = {} for i = 1, 3000 do t[i] = "x=" .. i .. ".5" end while true do loadstring(table.concat(t, " ")) end',
  ),
  attack('deep parentheses', 'loadstring("return " .. ("("):rep(1e4))'),
  attack('deep tables', 'loadstring("return " .. ("{"):rep(1e4))'),
  attack('deep functions', 'loadstring(("function f() "):rep(1e4))'),
  attack('long chain of operators', 'loadstring("x = " .. ("a .. "):rep(1e4) .. "a")'),
  attack('long comment', 'loadstring("--[[" .. ("x"):rep(1e5))'),
  attack('reader that never ends', 'load(function() return " " end)'),
  attack('reader that fails', 'while true do load(function() error("x") end) end'),
  attack(
    'changed binary chunk',
    'local d = string.dump(function(a) for i = 1, 10 do a = a + i end return a end) for i = 1, #d do for b = 0, 255, 5 do local f = loadstring(d:sub(1, i - 1) .. string.char(b) .. d:sub(i + 1)) if f then pcall(f, 1) end end end',
  ),
  // Coroutines and memory.
  attack('many coroutines', 'local t = {} for i = 1, 1e9 do t[i] = coroutine.create(function() end) end'),
  attack('coroutines thrown away', 'while true do coroutine.create(function() end) end'),
  attack(
    'suspended coroutines',
    'local t = {} for i = 1, 1e9 do t[i] = coroutine.wrap(function() coroutine.yield() end) t[i]() end',
  ),
  attack('many closures', 'local t = {} for i = 1, 1e9 do t[i] = function() return i end end'),
  attack('many userdata', 'local t = {} for i = 1, 1e9 do t[i] = (newproxy or io.tmpfile)(true) end'),
  attack('many globals', 'for i = 1, 1e9 do _G["g" .. i] = i end'),
  attack('collecting in a loop', 'local t = {} for i = 1, 500 do t[i] = {} end while true do collectgarbage() end'),
  attack('counting memory in a loop', 'while true do collectgarbage("count") end'),
  attack('stopped collector', 'collectgarbage("stop") while true do local t = {} end'),
  attack('printing without end', 'while true do print(("x"):rep(1000)) end'),
  attack('os.exit', 'os.exit(7)'),
  attack('reading files', 'dofile("/etc/passwd") io.open("/etc/passwd")'),
  ...CODE_ATTACKS,
  ...NUMBER_ATTACKS,
];
