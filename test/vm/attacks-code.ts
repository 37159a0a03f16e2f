/** Attacks on generated code, on streamed compilation, on error handling and on the collector. */
import { type Attack, attack } from './attack.ts';

export const CODE_ATTACKS: readonly Attack[] = [
  attack(
    'many hot functions',
    'local n = 0 while true do n = n + 1 local f = loadstring("local s = 0 for i = 1, 1200 do s = s + i end return s + " .. n) f() end',
  ),
  attack(
    'many hot functions kept',
    'local t, n = {}, 0 while true do n = n + 1 local f = loadstring("local s = 0 for i = 1, 1200 do s = s + i end return s + " .. n) f() t[n] = f end',
  ),
  attack(
    'many hot loops in one function',
    'local t = {} for i = 1, 200 do t[i] = "for i = 1, 1100 do a = i end" end while true do loadstring("local a = 0 " .. table.concat(t, " "))() end',
  ),
  attack(
    'nested hot loops',
    'local s = ("for i = 1, 3 do "):rep(14) .. " a = 1 " .. ("end "):rep(14) while true do local f = loadstring("local a " .. s) f() end',
  ),
  attack(
    'huge hot function',
    'local t = {} for i = 1, 700 do t[i] = "a = b + " .. i end local f = loadstring("local a, b = 1, 2 while true do " .. table.concat(t, " ") .. " end") f()',
  ),
  attack(
    'huge functions in a row',
    'local t = {} for i = 1, 190 do t[i] = "x = b + i" end local s = table.concat(t, " ") local n = 0 while true do n = n + 1 local f = loadstring("local x, b = " .. n .. ", 2 for i = 1, 1100 do " .. s .. " end") f() end',
  ),
  attack(
    'hot branches',
    'local t = {} for i = 1, 300 do t[i] = "if i == " .. i .. " then a = a + 1 elseif a > " .. i .. " then a = a - 1 end" end local f = loadstring("local a = 0 for i = 1, 1e9 do " .. table.concat(t, " ") .. " end") f()',
  ),
  attack(
    'hot recursion',
    'local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end while true do pcall(f, 150) pcall(f, 1e9) end',
  ),
  attack(
    'hot mutual recursion',
    'local g local function f(a) return 1 + g(a) end function g(a) return 1 + f(a) end while true do pcall(f, 1) end',
  ),
  attack(
    'hot recursion through metamethods',
    'local m = {} m.__index = function(t, k) return t[k + 1] end m.__add = function(a, b) return a + b end local t = setmetatable({}, m) while true do pcall(function() return t[1] end) pcall(function() return t + t end) end',
  ),
  attack(
    'metamethods that yield',
    'local t = setmetatable({}, {__index = function(t, k) coroutine.yield(k) return k end, __lt = function() coroutine.yield() return true end, __concat = function() coroutine.yield() return "" end}) local function body() local i = 0 while true do i = i + 1 pcall(function() local x = t[i] x = t .. t x = t < t end) end end local co = coroutine.wrap(body) while true do if not pcall(co) then co = coroutine.wrap(body) end end',
  ),
  attack(
    'iterators that yield',
    'local function it(s, i) coroutine.yield() return i + 1 end local co = coroutine.wrap(function() for i in it, nil, 0 do end end) while true do co() end',
  ),
  attack(
    'coroutines in a hot loop',
    'for i = 1, 1e9 do local co = coroutine.wrap(function(a) for j = 1, 3 do a = coroutine.yield(a + j) end end) co(1) co(2) co(3) end',
  ),
  attack(
    'hot loops that change types',
    'local function f(a, b) return a + b end local m = setmetatable({}, {__add = function() return 1 end}) for i = 1, 1e9 do pcall(f, i, 1) pcall(f, "1", i) pcall(f, m, i) pcall(f, {}, 1) pcall(f, i + 0.5, m) end',
  ),
  attack(
    'functions written anew',
    'local k = 0 while true do k = k + 1 local f = loadstring("local a, b = ... local x for i = 1, 2000 do x = a + b end return x, " .. k) pcall(f, 1, 2) pcall(f, "1", 2) pcall(f, setmetatable({}, {__add = function() return 1 end}), 1) end',
  ),
  attack(
    'error in error',
    'local function f() error(setmetatable({}, {__tostring = function() error("x") end})) end while true do xpcall(f, function(e) return tostring(e) end) end',
  ),
  attack('handler that recurses', 'local function h(e) return h(e) .. "x" end while true do xpcall(error, h) end'),
  attack('handler that fails', 'local function h(e) error(e) end while true do xpcall(error, h, "x") end'),
  attack(
    'tracebacks of deep stacks',
    'local function f(n) if n == 0 then return debug.traceback() end local s = f(n - 1) return s end while true do f(180) end',
  ),
  attack('endless reader of statements', 'load(function() return "x = 1 " end)'),
  attack('endless reader of one name', 'load(function() return "x" end)'),
  attack('endless reader of a string', 'local n = 0 load(function() n = n + 1 return n == 1 and "x = \\"" or "y" end)'),
  attack(
    'endless reader of a comment',
    'local n = 0 load(function() n = n + 1 return n == 1 and "--[[" or ("y"):rep(1000) end)',
  ),
  attack(
    'endless reader of braces',
    'load(function() return "{" end) local n = 0 load(function() n = n + 1 return n == 1 and "x =" or "{" end)',
  ),
  attack('endless reader of functions', 'load(function() return "function f() end " end)'),
  attack(
    'endless reader of a binary chunk',
    'local d = string.dump(function() end) local n = 0 load(function() n = n + 1 return n <= 20 and d:sub(n, n) or "\\255\\255\\255\\127" end)',
  ),
  attack(
    'reader that yields',
    'coroutine.wrap(function() load(function() coroutine.yield() return " " end) end)() load(coroutine.wrap(function() while true do coroutine.yield("x=1 ") end end))',
  ),
  attack('reader that loads', 'local function r() return load(r) and " " or " " end load(r)'),
  attack(
    'steps with finalizers',
    'local function g() local p = newproxy and newproxy(true) if p then getmetatable(p).__gc = function() g() collectgarbage("step") end end setmetatable({}, {__gc = function() g() collectgarbage("step", 100) end}) end for i = 1, 100 do g() end while true do collectgarbage("step", 1) end',
  ),
  attack(
    'finalizers that fail',
    'while true do if newproxy then getmetatable(newproxy(true)).__gc = error end setmetatable({}, {__gc = function() error({}) end}) collectgarbage() end',
  ),
  attack(
    'weak tables collected',
    'local t = {} for i = 1, 400 do t[i] = setmetatable({}, {__mode = "kv"}) for j = 1, 5 do t[i][{}] = {} end end while true do collectgarbage("step") end',
  ),
  attack(
    'options of the collector',
    'while true do collectgarbage("setpause", 0) collectgarbage("setstepmul", 2^31 - 1) collectgarbage("stop") collectgarbage("restart") collectgarbage("setmemlimit", 0) local t = {} end',
  ),
  attack(
    'upvalues in hot loops',
    'local t = {} for i = 1, 1e9 do local a, b, c = i, i, i t[i % 100] = function() a = a + 1 return a, b, c end t[i % 100]() end',
  ),
  attack(
    'varargs in hot calls',
    'local function f(...) return select("#", ...), ... end local u = unpack or table.unpack local t = {} for i = 1, 240 do t[i] = i end while true do f(u(t)) f(f(u(t))) end',
  ),
  attack(
    'tail calls in generated code',
    'local g local function f(n) return g(n + 1) end function g(n) return f(n + 1) end f(0)',
  ),
  attack(
    'hooks in hot loops',
    'if debug.sethook then debug.sethook(function() local x = 0 for i = 1, 10 do x = x + i end end, "crl", 1) end while true do pcall(function() for i = 1, 100 do local x = i end end) end',
  ),
  attack(
    'hot environments',
    'local f = function() x = (x or 0) + 1 return y end if setfenv then setfenv(f, setmetatable({}, {__index = function(t, k) return f() end})) end while true do pcall(f) end',
  ),
  attack(
    'self-reference in metatables',
    'local a, b = {}, {} setmetatable(a, {__index = b, __newindex = b}) setmetatable(b, {__index = a, __newindex = a}) while true do pcall(function() return a.x end) pcall(function() a.x = 1 end) end',
  ),
  attack(
    'a long chain of __index',
    'local t = {} for i = 1, 90 do t = setmetatable({}, {__index = t}) end while true do local x = t.x t.y = nil end',
  ),
  attack(
    'calls of tables',
    'local t = setmetatable({}, {}) for i = 1, 50 do t = setmetatable({}, {__call = t}) end while true do pcall(t) end',
  ),
  attack(
    'utf8 of long texts',
    'local s = ("\\u{10ffff}"):rep(2000) while true do if utf8 then utf8.len(s) for _ in utf8.codes(s) do end utf8.codepoint(s, 1, 1000) utf8.offset(s, -1) utf8.char(0x7fffffff) else s:len() end end',
  ),
];
