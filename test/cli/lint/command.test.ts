import { join } from 'node:path';
import t from 'tap';
import { lintCommand, parseLint, readScripts } from '../../../cli/lint/command.ts';

async function run(path: string): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const io = {
    out: async (bytes: Uint8Array) => {
      out += Buffer.from(bytes).toString();
      return true;
    },
    err: (line: string) => {
      err += line;
    },
    onInterrupt: () => () => {},
  };
  return { code: await lintCommand({ path, firmware: undefined }, io), out, err };
}

t.test('a folder is read with everything below it', async (t) => {
  const dir = t.testdir({ 'init.lua': '', lib: { 'a.lua': '', 'b.txt': '' }, '.git': { 'c.lua': '' } });
  const read = readScripts(dir);
  t.same(read.ok && read.value.map(({ name }) => name), ['init.lua', 'lib/a.lua']);
});

t.test('the exit code is 0 when a release fits, 1 when none does, 2 when there is nothing to read', async (t) => {
  const dir = t.testdir({
    good: { 'a.lua': 'tmr.alarm(0, 1, 0, f)' },
    bad: { 'a.lua': 'cjson.x(tmr.ccount())' },
    no: {},
  });
  t.match(await run(join(dir, 'good')), { code: 0, out: /a.lua:1: .*\n.* fits? 2.2 and 1.5/ });
  t.match(await run(join(dir, 'bad', 'a.lua')), { code: 0 });
  t.match(await run(join(dir, 'no')), { code: 2, err: 'holds no .lua files' });
  t.match(await run(join(dir, 'missing')), { code: 2, err: 'no such file or directory' });
});

t.test('what no build of Lua can read is told as Lua tells it', async (t) => {
  const dir = t.testdir({ 'a.lua': 'print("x"', 'b.lua': 'return 7 // 2' });
  t.match(await run(join(dir, 'a.lua')), { code: 1, out: '', err: /a\.lua:1: '\)' expected near '<eof>'$/ });
  t.match(await run(join(dir, 'b.lua')), { code: 0, err: '' });
});

t.test('one script that cannot be read does not keep the others from their report', async (t) => {
  const dir = t.testdir({ 'a.lua': 'print("x"', 'b.lua': 'tmr.alarm(0, 1, 0, f)' });
  t.match(await run(dir), { code: 1, out: /^b.lua:1: .*\n.* fits 2.2 and 1.5/, err: /a\.lua:1: / });
});

t.test('wrong words are answered with what is right', async (t) => {
  t.match(parseLint([]), { ok: false, message: 'lint needs one FILE.lua or DIR' });
  t.match(parseLint(['a', '--firmware', '4']), { ok: false, message: "'4' is not a firmware; write 3.0, 2.2 or 1.5" });
  t.match(parseLint(['a', '--pcap']), { ok: false, message: "unknown option '--pcap'" });
  t.same(parseLint(['a', '--firmware', '2.2']), { ok: true, value: { path: 'a', firmware: '2.2' } });
});
