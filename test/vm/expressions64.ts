/**
 * Random expressions about 64-bit integers for the comparison with PUC's interpreter, whose numbers are the same. They
 * keep away from what the chip's C library does otherwise: floor beyond 32 bits, powers, many digits of floats, -0.
 */
import { Rng } from '../../runtime/core/index.ts';

const EDGES = [
  '0',
  '1',
  '-1',
  '2',
  '-2',
  '3',
  '7',
  '10',
  '-10',
  '255',
  '1000003',
  '2147483647',
  '2147483648',
  '-2147483648',
  '-2147483649',
  '4294967295',
  '4294967296',
  '0xffffffff',
  '0x80000000',
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '-9007199254740993',
  '0x4000000000000000',
  '0x7fffffffffffffff',
  '0x8000000000000000',
  '0xfffffffffffffffe',
  '0x123456789abcdef0',
  'math.maxinteger',
  'math.mininteger',
  '(math.maxinteger - 1)',
  '(math.mininteger + 1)',
  '9223372036854775807',
  '1234567890123456789',
] as const;

/** Floats that the firmware reads exactly. */
const FLOATS = [
  '0.5',
  '-0.5',
  '3.0',
  '-7.25',
  '2147483647.0',
  '2147483648.5',
  '9007199254740992.0',
  '-9007199254740992.0',
  '9007199254740994.0',
  '9223372036854775808.0',
  '-9223372036854775808.0',
  '1e15',
  '1e20',
  '-1e20',
  '(1/0)',
  '(-1/0)',
  '(0/0)',
] as const;

const TEXTS = [
  '0',
  ' 10 ',
  '-0x10',
  '0xffffffffffffffff',
  '0x1ffffffffffffffff',
  '-0x8000000000000000',
  '9223372036854775807',
  '-9223372036854775808',
  '0009223372036854775807',
  '9007199254740993',
  '4294967296',
  '12x',
  '0x',
  '',
  '1e1',
  '-',
  '7fffffffffffffff',
  'ffffffffffffffff',
  '-ff',
  'zz',
  '777777777777777777777',
  '1111111111111111111111111111111111111111111111111111111111111111',
] as const;

export class Expressions64 {
  readonly #rng: Rng;
  constructor(seed: number) {
    this.#rng = new Rng(seed, '64');
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#rng.below(list.length)] as T;
  }

  /** An integer. */
  #int(): string {
    const kind = this.#rng.below(10);
    if (kind < 6) return this.#pick(EDGES);
    if (kind < 8) return String(this.#rng.below(200) - 100);
    let digits = '';
    for (let n = 1 + this.#rng.below(16); n > 0; n--) digits += this.#rng.below(16).toString(16);
    return `0x${digits}`;
  }

  /** An expression with an integer value, or an error. */
  #integers(depth: number): string {
    if (depth === 0) return this.#int();
    const a = this.#integers(depth - 1);
    if (this.#rng.below(8) === 0) return `(${this.#pick(['-', '~'])} ${a})`;
    const op = this.#pick(['+', '-', '*', '+', '-', '*', '//', '%', '&', '|', '~', '<<', '>>']);
    const b = op === '<<' || op === '>>' ? this.#count() : this.#integers(depth - 1);
    return `(${a} ${op} ${b})`;
  }

  #count(): string {
    return this.#pick([
      '0',
      '1',
      '31',
      '32',
      '33',
      '63',
      '64',
      '65',
      '-1',
      '-32',
      '-63',
      '-64',
      'math.mininteger',
      '5',
    ]);
  }

  #compared(): string {
    const op = this.#pick(['<', '<=', '>', '>=']);
    const [a, b] = [this.#int(), this.#pick(FLOATS)];
    return this.#pick([
      `${a} ${op} ${b}`,
      `${b} ${op} ${a}`,
      `${a} ${this.#pick([op, '==', '~='])} ${this.#int()}`,
      `(${a} + 0.0) ${op} ${this.#int()}`,
      `(${a} + 0.0) ${this.#pick([op, '==', '~='])} (${this.#int()} + 0.0)`,
      `${a} == ${this.#pick(['0.5', '3.0', '-7.25', '7.0', '-1.0', '1e300', '(1/0)'])}`,
      `math.max(${a}, ${this.#int()}, ${this.#int()}), math.min(${a}, ${this.#int()})`,
    ]);
  }

  #text(): string {
    const t = this.#pick(TEXTS);
    return this.#pick([
      `math.type(tonumber("${t}")), tonumber("${t}") == nil or tonumber("${t}") < 2.0^70`,
      `tonumber("${t}", ${this.#pick(['2', '8', '10', '16', '36', '3'])})`,
      `"${t}" | 0`,
      `"${t}" + 0 < 1e15`,
      `tostring(${this.#int()}), ${this.#int()} .. ""`,
      `math.tointeger("${t}")`,
      `math.tointeger(${this.#int()}), math.tointeger(${this.#pick(['3.0', '0.5', '-7.25', '2147483647.0', '{}', 'nil'])})`,
    ]);
  }

  #format(): string {
    const spec = `%${this.#pick(['', '-', '0', '+', ' ', '#'])}${this.#pick(['', '5', '25', '.3', '24.20'])}`;
    return this.#pick([
      `string.format("${spec}${this.#pick(['d', 'i'])}|", ${this.#int()})`,
      `string.format("${spec}${this.#pick(['x', 'X', 'o'])}|", ${this.#int()})`,
      `string.format("${spec.replace('#', '')}u|", ${this.#int()})`,
      `string.format("%q", ${this.#int()}), string.format("%s", ${this.#int()})`,
      `string.format("%c%d", 65, ${this.#pick(['3.0', '0.5', '"0x7fffffffffffffff"', '"x"', '1e300'])})`,
      `string.format("%.3f %g", ${this.#rng.below(1000)}, ${this.#rng.below(100000)})`,
    ]);
  }

  #library(): string {
    const [a, b] = [this.#int(), this.#int()];
    return this.#pick([
      `math.ult(${a}, ${b})`,
      `math.abs(${a}), math.type(${a}), math.floor(${a}), math.ceil(${b})`,
      `math.fmod(${a}, ${b})`,
      `math.modf(${a})`,
      `("abcdef"):sub(${a}, ${b})`,
      `("abcdef"):byte(${a}, ${b})`,
      `("abcdef"):find("", ${a}, true)`,
      `select("#", select(${a}, 1, 2, 3))`,
      `table.concat({[${a}] = "x"}, ",", ${a}, ${a})`,
      `table.unpack({[${a}] = 5}, ${a}, ${a})`,
      `pcall(table.unpack, {}, ${a}, ${this.#pick(['math.maxinteger', 'math.mininteger', a])})`,
      `#table.move({1, 2, 3}, 1, 3, ${this.#pick(['2', '3', 'math.maxinteger', 'math.maxinteger - 2', '-1'])})`,
      `pcall(table.move, {}, ${this.#pick(['0', '-1', 'math.mininteger', 'math.maxinteger'])}, math.maxinteger, ${a})`,
      `next((function() local t = setmetatable({}, {__len = function() return ${a} end}) table.insert(t, 7) return t end)())`,
      `pcall(string.rep, "ab", ${this.#pick(['math.mininteger', '-1', '0', 'math.maxinteger', '1 << 33'])})`,
      `pcall(utf8.char, ${a} & ${this.#pick(['127', '2047', '-1'])})`,
      `rawequal(${a}, ${b}), rawlen({}), #tostring(${a})`,
      `pcall(math.random, ${a} | 1, ${a} | 1)`,
    ]);
  }

  #packed(): string {
    const end = this.#pick(['<', '>', '=']);
    const code = this.#pick([
      ...'bBhHjJ',
      'i1',
      'i2',
      'i3',
      'i4',
      'i5',
      'i7',
      'i8',
      'i9',
      'i16',
      'I1',
      'I3',
      'I4',
      'I6',
      'I8',
      'I12',
      'I16',
      '!8 i1 i8',
      '!4 i1 !8 j',
    ]);
    const fmt = `"${end}${code}"`;
    const a = this.#int();
    if (code.startsWith('!')) return `(string.pack(${fmt}, 1, ${a}):gsub(".", function(c) return c:byte() .. " " end))`;
    return this.#pick([
      `pcall(string.pack, ${fmt}, ${a})`,
      `string.unpack(${fmt}, string.pack(${fmt}, ${a}))`,
      `pcall(string.unpack, ${fmt}, "\\255\\254\\253\\252\\251\\250\\249\\248\\${this.#pick(['0', '255', '1'])}\\0\\0\\0\\0\\0\\0\\0")`,
      `string.packsize(${fmt}), string.unpack("${end}d", string.pack("${end}n", ${this.#rng.below(1000)}.25))`,
    ]);
  }

  #table(): string {
    const [a, b] = [this.#int(), this.#int()];
    return this.#pick([
      `({[${a}] = 1, [${b}] = 2})[${a}], ({[${a}] = 1})[${b}]`,
      `next({[${a}] = true})`,
      `({[${this.#pick(['3', '-1', '7', '2147483647'])}] = "i"})[${this.#pick(['3.0', '-1.0', '7.0', '2147483647.0', '0.5'])}]`,
      `(function() local t = {} for i = 0, 20 do t[${a} + i] = i end local n = 0 for k, v in pairs(t) do assert(k == ${a} + v) n = n + 1 end return n end)()`,
      `(function() local t = {} t[${a}] = 1 t[${a}] = nil t[${b}] = 2 return t[${a}], t[${b}] end)()`,
    ]);
  }

  #loop(): string {
    const from = this.#pick([
      '1',
      'math.maxinteger - 2',
      'math.mininteger',
      'math.mininteger + 2',
      '2147483646',
      '-2147483648',
    ]);
    const to = this.#pick([
      'math.maxinteger',
      'math.mininteger',
      '2147483649',
      '-2147483650',
      '3',
      '0.5',
      '10.5',
      from,
    ]);
    const step = this.#pick(['1', '-1', '2', '-3', 'math.maxinteger', 'math.mininteger', '1 << 40']);
    return `(function() local s = "" for i = ${from}, ${to}, ${step} do s = s .. i .. " " if #s > 100 then break end end return s end)()`;
  }

  #constant(): string {
    // Folded when it is compiled, and not.
    const op = this.#pick(['+', '-', '*', '//', '%', '&', '|', '~', '<<', '>>']);
    const [a, b] = [this.#int(), op === '<<' || op === '>>' ? this.#count() : this.#int()];
    return `pcall(function() local a, b = ${a}, ${b} return a ${op} b end)`;
  }

  /** One expression. */
  next(): string {
    switch (this.#rng.below(11)) {
      case 0:
      case 1:
      case 2:
        return this.#integers(1 + this.#rng.below(3));
      case 3:
        return this.#compared();
      case 4:
        return this.#text();
      case 5:
        return this.#format();
      case 6:
        return this.#library();
      case 7:
        return this.#packed();
      case 8:
        return this.#table();
      case 9:
        return this.#loop();
      default:
        return this.#constant();
    }
  }
}
