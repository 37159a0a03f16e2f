import t from 'tap';
import { OutputBuffer, TextWatch } from '../../cli/console.ts';
import { watch } from '../../cli/values.ts';

function watching(text: string): TextWatch {
  const parsed = watch(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return new TextWatch(parsed.value);
}
const feed = (w: TextWatch, ...pieces: (string | Uint8Array)[]): boolean => {
  for (const piece of pieces) w.feed(Buffer.from(piece as string));
  return w.seen;
};

t.test('a text is found however the console was cut into pieces', async (t) => {
  t.ok(feed(watching('hello world'), 'xhel', 'lo ', 'world'));
  t.notOk(feed(watching('hello world'), 'hello', 'world'));
});

t.test('line ends count as newlines, so a pattern may look at lines', async (t) => {
  t.ok(feed(watching('/^b$/m'), 'a\r', '\nb\r\n'));
  t.ok(feed(watching('a\nb'), 'a\r\nb'));
});

t.test('the console is read as UTF-8, even when a character comes in two pieces', async (t) => {
  const bytes = Buffer.from('über');
  t.ok(feed(watching('über'), bytes.subarray(0, 1), bytes.subarray(1)));
});

t.test('what was seen stays seen', async (t) => {
  const w = watching('a');
  t.ok(feed(w, 'a', 'b'.repeat(10_000)));
});

t.test('output is collected until it is taken', async (t) => {
  const output = new OutputBuffer();
  output.add(Buffer.from('a'));
  output.add(Buffer.from('b'));
  t.equal(String(output.take()), 'ab');
  t.equal(output.take().length, 0);
});
