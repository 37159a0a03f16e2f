import t from 'tap';
import { fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import { Pipe } from '../../runtime/device/pipe.ts';
import { PRIORITY } from '../../runtime/device/tasks.ts';

const write = (pipe: Pipe, text: string) => pipe.write(fromLatin1(text));
const read = (pipe: Pipe, bytes: number) => {
  const got = pipe.read({ kind: 'count', bytes });
  return got === undefined ? undefined : toLatin1(got);
};
const line = (pipe: Pipe, keep: boolean) => {
  const got = pipe.read({ kind: 'until', delimiter: 10, keep });
  return got === undefined ? undefined : toLatin1(got);
};

t.test('bytes come out as they went in, in pieces of 256', async (t) => {
  const pipe = new Pipe();
  write(pipe, 'x'.repeat(300));
  t.equal(pipe.pieces.length, 2);
  write(pipe, 'y'.repeat(212));
  t.equal(pipe.pieces.length, 2, 'the last piece is filled up first');
  t.equal(read(pipe, 298)?.length, 298);
  t.equal(read(pipe, 1000), `xx${'y'.repeat(212)}`);
  t.equal(read(pipe, 1), undefined);
});

t.test('reading to a delimiter drops or keeps it and gives the rest when there is none', async (t) => {
  const pipe = new Pipe();
  write(pipe, 'one\ntwo\nthree');
  t.equal(line(pipe, false), 'one');
  t.equal(line(pipe, true), 'two\n');
  t.equal(line(pipe, true), 'three');
  t.equal(line(pipe, true), undefined);
});

t.test('a delimiter is found across pieces', async (t) => {
  const pipe = new Pipe();
  write(pipe, `${'a'.repeat(256)}b\nc`);
  t.equal(line(pipe, false), `${'a'.repeat(256)}b`);
  t.equal(read(pipe, 9), 'c');
});

t.test('unread puts bytes in front', async (t) => {
  const pipe = new Pipe();
  write(pipe, 'world');
  pipe.unread(fromLatin1(`${'-'.repeat(600)}hello `));
  t.equal(read(pipe, 2000), `${'-'.repeat(600)}hello world`);
  pipe.unread(fromLatin1('again'));
  t.equal(read(pipe, 9), 'again');
});

/** A pipe whose posts are counted and run by hand. */
function withReader(answer: (pipe: Pipe) => boolean | undefined) {
  let posts = 0;
  const pipe = new Pipe({ priority: PRIORITY.LOW, post: () => posts++, call: answer });
  return { pipe, posts: () => posts };
}

t.test('a write posts the reader once until it ran', async (t) => {
  const { pipe, posts } = withReader(() => false);
  write(pipe, 'a');
  write(pipe, 'b');
  t.equal(posts(), 1);
  pipe.runReader();
  t.equal(posts(), 1, 'false: not posted again');
  write(pipe, 'c');
  t.equal(posts(), 2);
});

t.test('true posts again while something is left', async (t) => {
  const { pipe, posts } = withReader((p) => {
    p.read({ kind: 'count', bytes: 1 });
    return true;
  });
  write(pipe, 'ab');
  pipe.runReader();
  t.equal(posts(), 2);
  pipe.runReader();
  t.equal(posts(), 2, 'empty now');
});

t.test('no answer posts again for ever', async (t) => {
  const { pipe, posts } = withReader(() => undefined);
  write(pipe, 'a');
  for (let i = 0; i < 5; i++) pipe.runReader();
  t.equal(posts(), 6);
});
