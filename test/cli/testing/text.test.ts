import t from 'tap';
import { difference, find, matchesGolden, refresh } from '../../../cli/testing/text.ts';

t.test('golden lines match literally but for their holes', async (t) => {
  t.ok(matchesGolden('a.b\nc', 'a.b\nc'));
  t.notOk(matchesGolden('a.b\nc', 'axb\nc'));
  t.ok(matchesGolden('port {{/\\d{2,5}/}} of {{any}}!', 'port 50867 of x.y!'));
  t.notOk(matchesGolden('port {{/\\d{2,5}/}}', 'port 1'));
  t.ok(matchesGolden('a\n{{any lines}}\nb', 'a\n1\n2\nb'));
  t.ok(matchesGolden('a\n{{any lines}}\nb', 'a\nb'));
  t.notOk(matchesGolden('a', 'a\nb'));
});

t.test('an update keeps the holes of lines that still fit', async (t) => {
  t.equal(refresh('port {{any}}\nold\nend {{/x+/}}', 'new\nport 7\nend xx'), 'new\nport {{any}}\nend {{/x+/}}');
});

t.test('a difference shows what changed with two lines around it', async (t) => {
  t.equal(difference('1\n2\n3\n4\n5\n6', '1\n2\n3\nfour\n5\n6'), '  2\n  3\n- 4\n+ four\n  5\n  6');
});

t.test('texts are looked for from a place on, plain or by pattern', async (t) => {
  t.same(find('b', 'abcb', 2), { at: 3, end: 4 });
  t.same(find('/B+/i', 'abbc'), { at: 1, end: 3 });
  t.equal(find(/x/g, 'abc'), undefined);
});
