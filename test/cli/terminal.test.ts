import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { ReadStream } from 'node:tty';
import t from 'tap';
import { Terminal } from '../../cli/terminal.ts';

function terminal() {
  const input = new PassThrough();
  const modes: boolean[] = [];
  const tty = Object.assign(input, { isTTY: true, setRawMode: (raw: boolean) => modes.push(raw) });
  const seen = { typed: '', said: [] as string[], quits: 0, modes };
  const keyboard = new Terminal(tty as unknown as ReadStream, (line) => seen.said.push(line));
  keyboard.start(
    (bytes) => {
      seen.typed += Buffer.from(bytes).toString('latin1');
    },
    () => {
      seen.quits++;
    },
    () => false,
  );
  const type = async (text: string): Promise<void> => {
    input.write(text);
    await setImmediate();
  };
  return { keyboard, seen, type };
}

t.test('every key goes to the device, also the last ones before leaving', async (t) => {
  const { keyboard, seen, type } = terminal();
  await type('ab\r');
  await type('c\x1dd');
  t.match(seen, { typed: 'ab\rc', quits: 1, modes: [true] });
  keyboard.stop();
  t.same(seen.modes, [true, false]);
});

t.test('one Ctrl-C does nothing but tell how to leave, a second one leaves', async (t) => {
  const { seen, type } = terminal();
  await type('a\x03b');
  t.match(seen, { typed: 'ab', quits: 0, said: [/^Ctrl-\] or Ctrl-C twice quits$/, /Ctrl-C again/] });
  await type('\x03');
  t.equal(seen.quits, 1);
});

t.test('the end of a pipe quits, once all of it has reached the device', async (t) => {
  const input = new PassThrough();
  const answers = [true, true, false];
  await new Promise<void>((quit) => {
    new Terminal(input as unknown as ReadStream, t.fail).start(
      () => {},
      quit,
      () => answers.shift() ?? false,
    );
    input.end();
  });
  t.same(answers, []);
});
