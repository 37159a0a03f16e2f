import { closeSync, constants, existsSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { mcubox } from '../../cli/mcubox.ts';
import { Pty } from '../../cli/pty.ts';
import { runCommand } from '../helpers/command.ts';
import { missing, PATIENCE_MS, until } from '../helpers/programs.ts';

t.test('a name that is taken, or has no folder, is refused, and nothing is lost', async (t) => {
  const dir = t.testdir({ notes: 'dear diary' });
  const notes = join(dir, 'notes');
  t.match(await runCommand('run', '--serial', `pty:${notes}`), {
    code: 2,
    out: '',
    err: [/notes is there already; give/],
  });
  t.equal(readFileSync(notes, 'utf8'), 'dear diary');
  t.match(await runCommand('run', '--serial', `pty:${dir}/no/x`), { code: 2, out: '', err: [/no is no folder$/] });
});

t.test('a program opens the pseudo terminal, types and reads, twice', { skip: missing('socat') }, async (t) => {
  const link = join(t.testdir({}), 'esp');
  const said: string[] = [];
  let interrupt = (): void => {};
  const running = mcubox(['run', '--serial', `pty:${link}`], {
    out: async () => true,
    err: (line) => said.push(line),
    onInterrupt: (handler) => {
      interrupt = handler;
      return () => {};
    },
  });
  const start = `the console is at ${link} (`;
  await until(() => existsSync(link) && said.some((line) => line.startsWith(start)), PATIENCE_MS);
  for (const [code, answer] of [
    ['print("a" .. 1)', 'a1\r\n> '],
    ['x = = 1', "unexpected symbol near '='\r\n> "],
  ] as const) {
    const tty = openSync(link, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    await setTimeout(300);
    let heard = '';
    writeSync(tty, `${code}\r`);
    await until(() => {
      const piece = Buffer.alloc(1000);
      try {
        heard += piece.toString('latin1', 0, readSync(tty, piece));
      } catch {
        // Nothing yet.
      }
      return heard.endsWith(answer);
    }, PATIENCE_MS);
    closeSync(tty);
    t.ok(heard.endsWith(answer), JSON.stringify(heard.slice(-80)));
  }
  interrupt();
  t.equal(await running, 0, 'an error that was typed is no failure of the run');
  t.notOk(existsSync(link));
});

t.test('without socat it says what to do', async (t) => {
  const { PATH } = process.env;
  process.env.PATH = t.testdir({});
  t.teardown(() => {
    process.env.PATH = PATH;
  });
  const said: string[] = [];
  const pty = new Pty(undefined, (line) => said.push(line));
  await new Promise<void>((resolve) => pty.start(() => {}, resolve));
  pty.stop();
  t.match(said, [/^--serial pty needs the program socat, .* or serve --serial tcp:PORT$/]);
});
