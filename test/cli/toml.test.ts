import { parse } from 'smol-toml';
import t from 'tap';
import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { readToml } from '../../cli/toml.ts';

/** The values of the nodes, as smol-toml gives them. */
function plain(node: unknown): unknown {
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map(plain);
  if (!isMap(node)) return 'no node';
  return Object.fromEntries(node.items.map(({ key, value }) => [(key as { value: string }).value, plain(value)]));
}

const SOURCE = `# comment [x]
a = 1 # = 2
b.c."d e" = 'lit#eral'
m = """
two "" lines ""\\"""""
l = '''x''''
hex = 0xff
list = [ [1, 2], # first
  { x = 1, y.z = "}" }, ]
[t]
k = true
[t.u]
f = 2.5
[[q]]
n = 1
[[q]]
n = 2
[q.in]
s = "\\u00e9 \\" ]"
`;

t.test('the mark of Windows before the text does not count', async (t) => {
  const toml = readToml('\ufeffa = 1\n');
  t.same(toml.ok && plain(toml.root), { a: 1 });
});

t.test('the walk finds the values that smol-toml reads', async (t) => {
  const toml = readToml(SOURCE);
  if (!toml.ok) return t.fail(toml.problem.message);
  t.same(plain(toml.root), JSON.parse(JSON.stringify(parse(SOURCE))));
  const q = isMap(toml.root) ? (toml.root.get('q') as Node) : undefined;
  const second = isSeq(q) ? (q.items[1] as Node) : undefined;
  t.same(toml.reading.place(second), { line: 16, column: 1 });
  const n = isMap(second) ? (second.get('n', true) as Node) : undefined;
  t.same(toml.reading.place(n), { line: 17, column: 5 });
  return undefined;
});

t.test('what is no TOML has the place that smol-toml tells', async (t) => {
  const toml = readToml('a = 1\nb = \n');
  t.match(toml, { ok: false, problem: { line: 2, message: /^not valid TOML: / } });
});
