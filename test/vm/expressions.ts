/** Random Lua expressions for the comparison with PUC's interpreters. Seeded, so every run sees the same ones. */
import { Rng } from '../../runtime/core/index.ts';

/** Things on which the firmware and a PC differ by design; generated code keeps away from them. */
export const KNOWN_DIFFERENCES = [
  'halves printed with few digits: the chip rounds up, glibc to even',
  'powers: the chip computes them inexactly',
  '-0 and -nan: the chip prints no sign',
  'numbers beyond 32 bits in 5.3, and beyond single precision',
  'math functions and libraries the firmware leaves out',
  'order of pairs over string keys: the 5.1 firmware resizes tables in place',
] as const;

export class Expressions {
  readonly #rng: Rng;
  readonly #is51: boolean;
  constructor(is51: boolean, seed: number) {
    this.#is51 = is51;
    this.#rng = new Rng(seed, is51 ? '51' : '53');
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#rng.below(list.length)] as T;
  }

  #int(max = 50): string {
    return String(this.#rng.below(2 * max) - max);
  }

  /** A number whose arithmetic is exact in single precision too. */
  #number(): string {
    const kind = this.#rng.below(10);
    if (kind < 6) return this.#int();
    if (kind < 8) return `${this.#int(20)}.${this.#pick(['5', '25', '125', '75'])}`;
    return this.#pick(['0', '1', '2', '0x10', '1e2', '3.0', '100']);
  }

  #string(): string {
    const kind = this.#rng.below(8);
    if (kind < 5) {
      let s = '';
      for (let n = this.#rng.below(12); n > 0; n--)
        s += this.#pick(['a', 'b', 'c', 'x', ' ', '1', '2', ',', '.', '-', '=', '%%']);
      return `"${s.replaceAll('%%', '%')}"`;
    }
    return this.#pick([
      '""',
      '"hello world"',
      '"key=value"',
      '"a,b,,c"',
      '"  trim  "',
      '"\\0x\\255"',
      '"10"',
      '"0x1F"',
      '"line\\nline"',
    ]);
  }

  #pattern(): string {
    let p = this.#pick(['', '', '^']);
    for (let n = 1 + this.#rng.below(3); n > 0; n--) {
      p += this.#pick([
        'a',
        '.',
        '%a',
        '%d',
        '%s',
        '%w',
        '[abc]',
        '[^,]',
        '[a-c]',
        '%.',
        '%S',
        ',',
        '=',
        '(%a)',
        '(.)',
        '()',
        '%p',
      ]);
      p += this.#pick(['', '', '*', '+', '-', '?']);
    }
    return `"${p}${this.#pick(['', '', '$'])}"`;
  }

  #value(): string {
    const kind = this.#rng.below(8);
    if (kind < 3) return this.#number();
    if (kind < 5) return this.#string();
    return this.#pick(['nil', 'true', 'false', '{}', 'print', 'undefinedglobal', '{1,2,3}']);
  }

  #arith(depth: number): string {
    if (depth === 0) return this.#number();
    const op = this.#pick(['+', '-', '*', '+', '-', '/', '%']);
    const right =
      op === '/'
        ? this.#pick(['2', '4', '8', '-2'])
        : op === '%'
          ? this.#pick(['3', '4', '7', '2.5'])
          : this.#arith(depth - 1);
    // A unary minus could make a zero negative.
    return `(${this.#arith(depth - 1)} ${op} (${right}))`;
  }

  #list(): string {
    const items: string[] = [];
    for (let n = this.#rng.below(7); n > 0; n--) items.push(this.#int(20));
    return `{${items.join(',')}}`;
  }

  /** One expression. */
  next(): string {
    switch (this.#rng.below(14)) {
      case 0:
        return this.#is51 ? `0 + ${this.#arith(2)}` : `math.floor(${this.#arith(2)})`;
      case 1:
        return `${this.#value()} ${this.#pick(['==', '~=', '<', '<=', '>', '>='])} ${this.#value()}`;
      case 2:
        return `${this.#value()} .. ${this.#value()}`;
      case 3:
        return `${this.#value()} ${this.#pick(['+', '-'])} ${this.#value()}`;
      case 4:
        return this.#stringCall();
      case 5:
        return this.#patternCall();
      case 6:
        return this.#format();
      case 7:
        return this.#tableCall();
      case 8:
        return this.#badCall();
      case 9:
        return this.#metamethod();
      case 10:
        return this.#coroutine();
      case 11:
        return `tonumber(${this.#pick(['"10"', '"0x1f"', '" 5 "', '"5x"', '"1e1"', '""', '"z"', 'nil', '{}', '12'])}${this.#pick(['', '', ',10', ',16', ',36', ',2'])})`;
      case 12:
        return `(function(...) local a, b = ... return b, a, select("#", ...) end)(${this.#value()}, ${this.#value()})`;
      default:
        return this.#control();
    }
  }

  #stringCall(): string {
    const s = this.#string();
    return this.#pick([
      `(${s}):sub(${this.#int(8)}, ${this.#int(8)})`,
      `(${s}):byte(${this.#int(6)})`,
      `(${s}):upper() .. (${s}):lower() .. (${s}):reverse()`,
      `(${s}):rep(${this.#rng.below(4)})`,
      `#(${s})`,
      `string.char(${60 + this.#rng.below(40)}, ${60 + this.#rng.below(40)})`,
      `(${s}):len() + (${s}):find("", ${1 + this.#rng.below(3)}, true)`,
      `tostring(${this.#value()}):gsub("0x%x+", "")`,
      `(${s}) < (${this.#string()})`,
    ]);
  }

  #patternCall(): string {
    const s = this.#string();
    const p = this.#pattern();
    return this.#pick([
      `(${s}):find(${p})`,
      `(${s}):match(${p})`,
      `(${s}):gsub(${p}, "<%0>")`,
      `(${s}):gsub(${p}, {a = "A", [","] = false})`,
      `(${s}):gsub(${p}, function(x) return x and "#" end, ${this.#rng.below(4)})`,
      `(function() local t = {} for a, b in (${s}):gmatch(${p.replace('"^', '"')}) do t[#t+1] = tostring(a) .. ":" .. tostring(b) end return table.concat(t, " ") end)()`,
    ]);
  }

  #format(): string {
    const spec = `%${this.#pick(['', '-', '0', '+', ' '])}${this.#pick(['', '5', '10'])}`;
    return this.#pick([
      `string.format("${spec}d|", ${this.#int(1000)})`,
      `string.format("${spec}x|", ${this.#rng.below(100000)})`,
      `string.format("${spec}s|", ${this.#string().replaceAll('\\0', '')})`,
      `string.format("${spec}${this.#pick(['.3', '.4', ''])}f|", ${this.#int()}.${this.#pick(['5', '25', '75'])})`,
      `string.format("%q", ${this.#string().replaceAll('\\255', '')})`,
      `string.format("%5.1s|%c|%i", "abc", 65, ${this.#int()})`,
      `string.format("%g %g", ${this.#int(500)}, ${this.#int()}.5)`,
    ]);
  }

  #tableCall(): string {
    const t = this.#list();
    return this.#pick([
      `table.concat(${t}, ${this.#pick(['","', '""', 'nil', '" "'])})`,
      `(function() local t = ${t} table.sort(t${this.#pick(['', ', function(a, b) return a > b end'])}) return table.concat(t, " ") end)()`,
      `(function() local t = ${t} table.insert(t, ${this.#int(20)}) return table.concat(t, " "), #t end)()`,
      `(function() local t = ${t} local r = table.remove(t${this.#pick(['', ', 1'])}) return r, table.concat(t, " ") end)()`,
      `unpack(${t}, ${1 + this.#rng.below(3)}, ${this.#rng.below(5)})`,
      `#${t} + #{n = 1, ${this.#int()}, ${this.#int()}}`,
      `(function() local t = {} for i = 1, ${this.#rng.below(20)} do t[i] = i * 2 end return #t, next({}), type(next(t)) end)()`,
      `(function() local s = 0 for i, v in ipairs(${t}) do s = s + i * v end return s end)()`,
      `select(${this.#pick(['1', '2', '-1', '"#"'])}, ${t}, ${this.#value()}, 7) ~= nil`,
    ]).replaceAll('unpack(', this.#is51 ? 'unpack(' : 'table.unpack(');
  }

  #badCall(): string {
    const f = this.#pick([
      'string.rep',
      'string.sub',
      'string.byte',
      'table.concat',
      'table.insert',
      'setmetatable',
      'tostring',
      'select',
      'string.format',
      'ipairs',
      'rawget',
      'rawset',
      'math.floor',
      'string.char',
      'table.sort',
      'string.gsub',
      'string.find',
      'getmetatable',
      'type',
      'assert',
      'error',
      'rawequal',
      'next',
      'coroutine.resume',
      'coroutine.status',
    ]);
    const args: string[] = [];
    for (let n = this.#rng.below(4); n > 0; n--) args.push(this.#pick(['nil', '{}', '"x"', 'true', '1', '2', '-1']));
    return `pcall(${[f, ...args].join(', ')})`;
  }

  #metamethod(): string {
    const event = this.#pick([
      'add',
      'sub',
      'mul',
      'div',
      'mod',
      'unm',
      'concat',
      'eq',
      'lt',
      'le',
      'index',
      'newindex',
      'call',
      'len',
      'tostring',
    ]);
    const use: Readonly<Record<string, string>> = {
      add: 'a + 1, 1 + a',
      sub: 'a - a',
      mul: '2 * a',
      div: 'a / 2',
      mod: 'a % 3',
      unm: '-a',
      concat: 'a .. "x", 1 .. a',
      eq: 'a == b, a ~= b',
      lt: 'a < b, a > b',
      le: 'a <= b, a >= b',
      index: 'a.x, a[1]',
      newindex: 'pcall(function() a.x = 1 end)',
      call: 'a(1, 2)',
      len: '#a',
      tostring: 'tostring(a)',
    };
    const body = event === 'tostring' ? '"text"' : this.#pick(['"r"', 'select("#", ...)', '1, 2', 'nil', 'true']);
    return `(function() local m = {__${event} = function(...) return ${body} end} local a, b = setmetatable({}, m), setmetatable({}, m) return ${use[event]} end)()`;
  }

  #coroutine(): string {
    return this.#pick([
      `coroutine.wrap(function(a, b) local c = coroutine.yield(a) return c, b end)(${this.#value()}, 2)`,
      `(function() local f = coroutine.wrap(function(n) for i = 1, n do coroutine.yield(i) end return "end" end) return f(2), f(), f(), pcall(f) end)()`,
      `(function() local co = coroutine.create(function(...) error(${this.#pick(['"x"', '{}', 'nil', '5'])}) end) local ok, e = coroutine.resume(co, 1) return ok, type(e), coroutine.status(co), coroutine.resume(co) end)()`,
      `coroutine.resume(coroutine.create(function(...) return select("#", ...), ... end), ${this.#value()}, nil)`,
      `(function() local co = coroutine.create(function() coroutine.yield() end) local s = coroutine.status(co) coroutine.resume(co) local u = coroutine.status(co) coroutine.resume(co) return s, u, coroutine.status(co) end)()`,
    ]);
  }

  #control(): string {
    return this.#pick([
      `(function() local s = "" for i = ${this.#int(5)}, ${this.#int(9)}, ${this.#pick(['1', '2', '-1', '0.5'])} do s = s .. i .. " " if #s > 60 then break end end return s end)()`,
      `${this.#value()} and ${this.#value()} or ${this.#value()}`,
      `not ${this.#value()}`,
      `(function() local a, b, c = (function() return 1, 2, 3 end)() return a, b, c, (function() return 4, 5 end)() end)()`,
      `(function() local f = {} for i = 1, 3 do f[i] = function() i = i + 1 return i end end return f[1](), f[1](), f[2]() end)()`,
      `pcall(function() local t = ${this.#pick(['nil', '1', '"s"', '{}', 'true'])} return ${this.#pick(['glob.x', 'glob()', '#glob', 'glob + 1', 'glob .. "x"', '-glob', 'string.nothing()', '("x"):nothing()'])} end)`,
      `xpcall(function() error(${this.#value()}, 0) end, function(m) return type(m) end)`,
      `pcall(error, ${this.#value()}, ${this.#rng.below(3)})`,
    ]);
  }
}
