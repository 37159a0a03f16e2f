import t from 'tap';
import { OutputBuffer } from '../../cli/console.ts';
import { NamedLines } from '../../cli/consoles.ts';

const text = (output: OutputBuffer): string => Buffer.from(output.take()).toString('latin1');

t.test('whole lines go out with the name in front, byte for byte, however they arrive', async (t) => {
  const output = new OutputBuffer();
  const a = new NamedLines('a', output);
  const b = new NamedLines('b', output);
  for (const byte of Buffer.from('one\r\ntw')) a.add(Uint8Array.of(byte));
  b.add(Buffer.from('x\r\n\r\n\xff', 'latin1'));
  t.equal(text(output), 'a| one\r\nb| x\r\nb| \r\n');
  a.add(Buffer.from('o\n> '));
  t.equal(text(output), 'a| two\n', 'a prompt waits');
  a.end();
  b.end();
  a.end();
  t.equal(text(output), 'a| > \nb| \xff\n', 'until the end');
});
