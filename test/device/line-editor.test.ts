import t from 'tap';
import { ERAS } from '../../runtime/device/era.ts';
import { LineEditor } from '../../runtime/device/line-editor.ts';

/** An editor with everything it did in one list. */
function make() {
  const log: string[] = [];
  const queue: number[] = [];
  const editor = new LineEditor({
    era: ERAS['3.0'],
    take: () => queue.shift(),
    echo: (text) => log.push(`echo ${JSON.stringify(text)}`),
    line: (text) => log.push(`line ${JSON.stringify(text)}`),
    data: (bytes) => log.push(`data ${JSON.stringify(bytes)}`),
  });
  editor.prompt = '> ';
  const type = (text: string) => {
    for (const c of text) queue.push(c.charCodeAt(0));
    editor.run();
    return log.splice(0);
  };
  return { editor, type };
}
const echoed = (log: string[]) =>
  log
    .filter((l) => l.startsWith('echo '))
    .map((l) => JSON.parse(l.slice(5)))
    .join('');

t.test('CR, LF, CRLF and LFCR each end one line', async (t) => {
  const { type } = make();
  const lines = type('a\rb\nc\r\nd\n\re\r').filter((l) => l.startsWith('line'));
  t.same(
    lines,
    ['a', 'b', 'c', 'd', 'e'].map((l) => `line "${l}\\n"`),
  );
});

t.test('backspace and DEL erase one character and nothing at the start', async (t) => {
  const { type } = make();
  const log = type('\b\u007f=12\b3\r');
  t.equal(echoed(log), '=12\b \b3\n');
  t.equal(log.at(-1), 'line "=3\\n"'.replace('=3', '=13'));
});

t.test('an empty line repeats the prompt', async (t) => {
  const { type } = make();
  t.equal(echoed(type('\r')), '\n> ');
});

t.test('a line of 255 characters is kept, one more discards what was typed', async (t) => {
  const { type } = make();
  t.equal(type(`${'a'.repeat(255)}\r`).at(-1), `line "${'a'.repeat(255)}\\n"`);
  t.equal(type(`${'a'.repeat(255)}b\r`).at(-1), 'line "b\\n"');
});

t.test('the echo can be switched off', async (t) => {
  const { editor, type } = make();
  editor.echo = false;
  t.same(type('x\b\r'), ['echo "> "']);
});

t.test('with the interpreter on, a listener gets each line first', async (t) => {
  const { editor, type } = make();
  editor.listening = true;
  editor.rule = { length: 3, endByte: 0, runInput: true };
  t.same(
    type('=1+1\r').filter((l) => !l.startsWith('echo')),
    ['data "=1+1"', 'line "=1+1\\n"'],
  );
  t.same(type('\r'), ['echo "\\n"', 'data ""', 'echo "> "']);
});

t.test('with the interpreter off, data come by count, byte by byte or up to a character', async (t) => {
  const { editor, type } = make();
  editor.listening = true;
  editor.rule = { length: 4, endByte: 0, runInput: false };
  t.same(type('abcdefghij'), ['data "abcd"', 'data "efgh"']);
  t.same(type('kl'), ['data "ijkl"']);
  editor.rule = { length: 0, endByte: 0, runInput: false };
  t.same(type('a\r'), ['data "a"', 'data "\\r"']);
  editor.rule = { length: -1, endByte: 10, runInput: false };
  t.same(type('one\ntwo'), ['data "one\\n"']);
  editor.listening = false;
  t.same(type('gone'), []);
});
