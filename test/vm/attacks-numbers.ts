/** Attacks with sizes, ranges, loops and numbers near the limits of 32 and 64 bits. */
import { type Attack, attack } from './attack.ts';

export const NUMBER_ATTACKS: readonly Attack[] = [
  attack(
    'rep near limits',
    'for _, n in ipairs{2^63, 2^53, 2^31, 2^31 - 1, 2^32, -1, -2^31, -2^53, -2^63, 9007199254740992, 9223372036854775807, 0x7fffffffffffffff} do pcall(string.rep, "xy", n) pcall(string.rep, "", n) pcall(string.rep, "", n, "") pcall(string.rep, "x", n, "yyyy") end while true do pcall(string.rep, "", 9007199254740992, "") pcall(string.rep, "", 0x7fffffff, "") end',
  ),
  attack(
    'formats near limits',
    'while true do for _, n in ipairs{2^63, 2^64, -2^63, 2^53, 1e300, 1/0, 0/0, 9223372036854775807} do for _, f in ipairs{"%d", "%i", "%u", "%x", "%c", "%99.99f", "%99.99g", "%99.99e", "%99d", "%.99d", "%a", "%q", "%s", "%o"} do pcall(string.format, f, n) end end end',
  ),
  attack(
    'packs near limits',
    'while true do for _, f in ipairs{"i16", "I16", "c9007199254740992", "c9223372036854775807", "!16 i16", "Xi16", "s8", "j", "J", "n", "z"} do pcall(string.pack, f, -1) pcall(string.pack, f, "x") pcall(string.packsize, f:rep(50)) pcall(string.unpack, f, ("\\255"):rep(64)) pcall(string.unpack, f, ("\\255"):rep(64), -64) pcall(string.unpack, f, "", 9223372036854775807) end end',
  ),
  attack(
    'gsub with counts near limits',
    'while true do for _, n in ipairs{2^63, 2^53, -1, -2^63, 9223372036854775807} do pcall(string.gsub, ("x"):rep(1000), "", "%0%0", n) pcall(string.find, "x", "x", n) pcall(string.sub, "xxx", n, n) pcall(string.byte, "xxx", -n, n) end end',
  ),
  attack(
    'gsub that multiplies',
    'local s = ("x"):rep(1000) while true do s:gsub(".", s) s:gsub("", s) s:gsub("x*", ("%0"):rep(100)) end',
  ),
  attack(
    'ranges near limits',
    'local u = unpack or table.unpack while true do for _, n in ipairs{2^63, 2^53, 2^31 - 1, -2^31, 9223372036854775807} do pcall(u, {}, n - 10, n) pcall(u, {}, -n, n) pcall(u, {}, n, -n) pcall(table.concat, {}, "", n, n) pcall(table.concat, {}, "x", -n, 0) pcall(table.move or print, {}, n - 3, n, 1) pcall(table.move or print, {}, 1, 3, n) pcall(table.insert, {}, n, 1) pcall(table.remove, {}, n) end end',
  ),
  attack(
    'unpack of a long range',
    'local u = unpack or table.unpack while true do pcall(u, {}, 9223372036854775800, 9223372036854775807) pcall(u, {}, -9223372036854775807, 9223372036854775807) pcall(u, {}, 1, 2^53) end',
  ),
  attack(
    'move of 2^63',
    'table.move(setmetatable({}, {__index = function() return 1 end, __newindex = function() end}), 1, 9223372036854775807, 2)',
  ),
  attack(
    'concat with lengths from metamethods',
    'while true do pcall(table.concat, setmetatable({}, {__len = function() return 9223372036854775807 end, __index = function() return "x" end})) end',
  ),
  attack(
    'sort with lengths from metamethods',
    'while true do pcall(table.sort, setmetatable({}, {__len = function() return 2^31 - 2 end, __index = function() return 1 end, __newindex = function() end})) pcall(table.insert, setmetatable({}, {__len = function() return 9223372036854775806 end}), 1, 1) end',
  ),
  attack(
    'loops near limits',
    'for i = 9223372036854775800, 9223372036854775807 do end for i = -9223372036854775807, 9223372036854775807, 9223372036854775807 do end for i = 2147483640, 2147483647 do end for i = -2147483647, -2147483648, -1 do end for i = 1, 1/0 do end',
  ),
  attack('loops with tiny steps', 'for i = 1, 2, 1e-300 do end'),
  attack('loops of floats that stand', 'for i = 2^53, 2^53 + 4, 1 do end for i = 1e300, 1e301 do end'),
  attack(
    'wide integers in a hot loop',
    'local a, b = 0x7fffffffffffffff, 9007199254740993 for i = 1, 1e9 do a = a * b + i b = b - a end',
  ),
  attack(
    'shifts and divisions',
    'local f = loadstring("local a = 0x7fffffffffffffff for i = 1, 1e9 do a = (a << 63) | (a >> 1) ~ (a // -1) % -3 end") while true do if f then f() else local a = 0 a = (a % -3) ^ 2 end end',
  ),
  attack('numbers as text', 'local n = 9007199254740993 while true do local s = n .. "" n = tonumber(s) + 1 end'),
  attack(
    'numbers of many digits',
    'local s = ("9"):rep(5000) while true do tonumber(s) tonumber(s, 36) tonumber("0x" .. s) tonumber("." .. s) tonumber("1e" .. s) tonumber("1e-" .. s) end',
  ),
  attack(
    'keys of all kinds of numbers',
    'local t = {} for i = 1, 1e9 do t[i * 0.5] = 1 t[-i] = 1 t[i * 9007199254740993] = 1 end',
  ),
  attack('concatenation of numbers in a hot loop', 'local s = "" for i = 1, 1e9 do s = s .. i .. 0.5 end'),
];
