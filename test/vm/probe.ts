/**
 * 297 expressions on which interpreters of Lua tend to differ: number models, formats, names of functions, wording of
 * errors, order of tables; the second half is what all should agree on. One a line.
 */
export const PROBE: readonly string[] = String.raw`
unpack
table.getn
table.setn
table.maxn
table.foreach
table.foreachi
table.pack
table.unpack
loadstring
setfenv
getfenv
module
gcinfo
newproxy
package.loaders
package.seeall
package.searchers
package.cpath
math.pow
math.mod
math.log10
math.cosh
math.ldexp
math.atan2
string.gfind
string.pack
bit32
utf8
rawlen
_VERSION
10/2
3.0
2^2
2^31
2^53
1e15
1e14
1e16
123456789012345
1e-5
1e-7
100000000000000
2147483647+1
2147483648
-2147483648
4294967296
0xffffffff
0xffffffff+1
0x100000000
2147483647*2
65536*65536
1/0
-1/0
0/0
-0.0
0*-1
5%0
5%math.huge
-5%math.huge
math.floor(2^40)
math.abs(-2147483648)
math.sqrt(16)
math.huge
tonumber("1e1")
tonumber("ffffffff",16)
tonumber("0x1p4")
tonumber("99999999999")
"10"+5
"10"*"2"
"3.0"+1
"0x10"+0
1.0 .. ""
2^53 .. ""
-7 // 2
7 | 1
1 << 31
1 << 32
1 >> 1
~0
tostring(1e15)
string.format("%d", 3.7)
string.format("%d", 2^31)
string.format("%x", -1)
string.format("%x", 2^31)
string.format("%u", 2^31)
string.format("%u", -1)
string.format("%g", 1e20)
string.format("%g", 1e15)
string.format("%.3g", 1234.5)
string.format("%e", 12345.678)
string.format("%s", nil)
string.format("%s", 1.0)
string.format("%q", "a\nb\0c\r")
string.format("% d", 42)
string.format("%#x", 255)
string.format("%a", 1)
string.rep("x", 2.5)
string.rep("ab", 3, ",")
string.sub("hello", 2.9)
string.char(65.9)
string.byte("A", 1.5)
string.find("abc", "b", 1.5)
string.gsub("abc", "b", "%2")
string.gsub("abc", "b", "%x")
"\x41"
"a\z b"
table.concat({1.0,2.5}, ",")
select(2.5, 1, 2, 3)
#{nil,nil,3}
table.insert({1,2}, 5, 3)
table.remove({})
table.remove({1,2,3}, 7)
pcall(function() local a = nil; a.b = 1 end)
pcall(function() undefinedglobal() end)
pcall(function() return ("x").y.z end)
pcall(string.rep)
pcall(string.rep, "x", {})
pcall(setmetatable, 1, {})
pcall(string.format, "%d", "x")
pcall(ipairs)
load("x = ")
load("return 1")
(function(...) return arg end)(1,2)
coroutine.running()
coroutine.isyieldable
#setmetatable({}, {__len=function() return 42 end})
pairs(setmetatable({}, {__pairs=function() return 1,2,3 end}))
(function() local n=0 for i,v in ipairs(setmetatable({}, {__index=function(t,i) if i<3 then return i end end})) do n=n+1 end return n end)()
setmetatable({}, {__eq=function() return true end}) == setmetatable({}, {__eq=function() return true end})
setmetatable({}, {__lt=function() return true end}) < setmetatable({}, {__lt=function() return true end})
setmetatable({}, {__le=nil,__lt=function() return true end}) <= {}
tostring(setmetatable({}, {__name="My"})):sub(1,3)
(function() goto x ::x:: return 1 end)()
(function() local goto = 1 return goto end)()
(function() local r={} for i=1,2 do r[i]=function() end end return r[1]==r[2] end)()
(function() local s=0 for i=1,3,0.5 do s=s+i end return s end)()
(function() local t={} for i=1.0,3 do t[#t+1]=i end return table.concat(t,",") end)()
(function() local k={} k[1]=1 k[1.5]=2 k[2^53]=3 local s="" for a,b in pairs(k) do s=s..tostring(a).."," end return s end)()
collectgarbage("count")
collectgarbage()
collectgarbage("step")
math.type
math.tointeger
1e308*10
-(0/0)
2^63
5 // 0.0
"\n" < "a"
tostring(-0.0)
12345678901234567890
5.
3e2
0xA.8p0
string.format("%.17g", 0.1)
string.format("%s %s", 1, 2.0)
string.format("%.0f", 0.5)
string.format("%.0f", 2.5)
string.format("%f", 1e15)
string.format("%#o", 8)
string.format("%.3d", 5)
string.format("%g", 1e-5)
string.format("%g", 123456789)
string.format("%G", 1e-10)
string.format("%f", 1/0)
string.format("%d", 1/0)
string.format("%g", 0/0)
1+1
7%3
-7%3
7%-3
-7%-3
5.5%2
1e2
0x10
0xA
0.5
.5
3.25
-3.5
1/4
2*0.25
10%2.5
1e-1
"a".."b"
1 .. 2
"x"..1.5
#"hello"
#{1,2,3}
#{}
#{1,2,3,nil}
#{n=1}
not nil
not 0
nil == false
1 == 1.0
"1" == 1
"a" < "b"
"a" < "B"
"" < "a"
"a\0b" < "a\0c"
"abc" < "abd"
nil and 1
false or "x"
1 and 2
nil or nil
tostring(nil)
tostring(true)
tostring(12)
tostring("x")
tonumber("10")
tonumber(" 10 ")
tonumber("0x1F")
tonumber("1e")
tonumber("")
tonumber("abc")
tonumber("10", 2)
tonumber("zz", 36)
tonumber("8", 8)
tonumber(nil)
type(nil)
type(1)
type("x")
type({})
type(print)
type(coroutine.create(print))
select("#")
select("#", nil, nil)
select(2, "a", "b", "c")
select(-1, "a", "b", "c")
rawequal("a", "a")
rawget({5}, 1)
next({})
next({5})
pcall(error)
pcall(error, "x", 0)
pcall(error, {1}) == false
pcall(function() error("msg") end)
pcall(function() error("msg", 2) end)
pcall(function() return 1 + nil end)
pcall(function() return {} .. "x" end)
pcall(function() return #5 end)
pcall(function() return 1 < "2" end)
pcall(function() return {} < {} end)
pcall(function() return -{} end)
pcall(function() local t = setmetatable({}, {__index = function(t, k) return k .. "!" end}) return t.x end)
xpcall(function() error("e", 0) end, function(m) return "<" .. m .. ">" end)
string.len("abc")
string.sub("hello", 2, 4)
string.sub("hello", -3)
string.sub("hello", 10)
string.upper("aBc")
string.lower("aBc")
string.reverse("abc")
string.rep("ab", 3)
string.rep("x", 0)
string.byte("A")
string.byte("abc", 1, 3)
string.byte("")
string.char(72, 105)
string.find("hello", "l")
string.find("hello", "xyz")
string.find("a.b", ".", 1, true)
string.find("hello", "(l)(l)")
string.find("", "")
string.match("key=val", "(%w+)=(%w+)")
string.match("2024-01-02", "%d+")
string.match("abc", "()b()")
string.gsub("hello", "l", "L")
string.gsub("hello", "l", "L", 1)
string.gsub("hello", "(h)(e)", "%2%1")
string.gsub("abc", "%w", {a = "1", b = true})
string.gsub("abc", "%w", function(c) return c:upper() end)
string.gsub("", "", "x")
string.format("%d", 42)
string.format("%5d|%-5d|%05d", 42, 42, 42)
string.format("%x %X %o", 255, 255, 8)
string.format("%s", "x")
string.format("%10s|%-10s|", "a", "b")
string.format("%.2s", "abc")
string.format("%5.2f", 3.14159)
string.format("%.3f", 2/3)
string.format("%c%c", 72, 105)
string.format("%q", 'a "b" \\')
string.format("%i", 7)
table.concat({1, 2, 3})
table.concat({1, 2, 3}, ", ")
table.concat({}, ",")
table.concat({1, 2, 3}, ",", 2, 3)
(function() local t = {3, 1, 2} table.sort(t) return table.concat(t, " ") end)()
(function() local t = {3, 1, 2} table.sort(t, function(a, b) return a > b end) return table.concat(t, " ") end)()
(function() local t = {1, 2} table.insert(t, 3) table.insert(t, 1, 0) return table.concat(t, " ") end)()
(function() local t = {1, 2, 3} local a = table.remove(t, 1) return a, table.remove(t), #t end)()
(function() local s = 0 for _, v in ipairs({1, 2, 3}) do s = s + v end return s end)()
(function() local s = 0 for _, v in pairs({a = 1, b = 2}) do s = s + v end return s end)()
(function(...) return select("#", ...), ... end)(1, nil, 3)
(function() local f = coroutine.wrap(function(a) local b = coroutine.yield(a) return b end) return f(1), f(2) end)()
(function() local i = 0 repeat local j = i i = i + 1 until j == 3 return i end)()
`
  .trim()
  .split('\n');
