import t from 'tap';
import { tokens } from '../../../cli/lint/tokens.ts';

const read = (source: string) =>
  tokens(source)
    .slice(0, -1)
    .map(({ kind, text, line }) => `${line} ${kind} ${text}`);

t.test('names, words, numbers and symbols have their lines', async (t) => {
  t.same(read('local a\n= 0x1F'), ['1 word local', '1 name a', '2 symbol =', '2 number 0x1F']);
  t.same(read('a.b..c ...'), ['1 name a', '1 symbol .', '1 name b', '1 symbol ..', '1 name c', '1 symbol ...']);
});

t.test('comments and a first line with # are left out, but counted', async (t) => {
  t.same(read('#!/lua\n-- tmr.x\n--[[ a\n b ]] x --[=[ ]] ]=] y'), ['4 name x', '4 name y']);
});

t.test('strings of all kinds are one token', async (t) => {
  t.same(read(`"a\\"b" 'c\\\nd' [[e\nf]] [==[]]]==]`), [
    '1 string a\\"b',
    '1 string c\\\nd',
    '2 string e\nf',
    '3 string ]]',
  ]);
});

t.test('what is no Lua ends all the same', async (t) => {
  t.same(read('"open\nx'), ['1 string open', '2 name x']);
  t.same(read('[[never closed'), ['1 string never closed']);
  t.same(read('`$'), ['1 symbol `', '1 symbol $']);
});
