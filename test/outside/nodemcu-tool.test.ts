/** NodeMCU-Tool, unmodified, at the pseudo terminal: one session, as its user would see it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { mcubox, missing } from '../helpers/programs.ts';

const require = createRequire(import.meta.url);

/** Its serial port is a native addon, which npm builds only when it may run install scripts. */
function addonMissing(): string | false {
  try {
    require('serialport');
    return false;
  } catch (error) {
    if (process.env.CI !== undefined) throw error;
    return 'needs the addon of serialport: npm rebuild @serialport/bindings';
  }
}

const skip = missing('socat') || addonMissing();
const TOOL = skip === false ? require.resolve('nodemcu-tool/bin/nodemcu-tool.js') : '';

/** What the tool prints, without colours and without what says the same on every connection. */
const plain = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours
    .replaceAll(/\x1b\[\d+m/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/~ (Connected|disconnecting)|Arch:/.test(line))
    .join('\n');

t.test('NodeMCU-Tool uploads, compiles, runs, downloads, removes and formats', { skip }, async (t) => {
  // Not t.testdir: its path would be part of what the tool prints.
  const dir = mkdtempSync(join(tmpdir(), 'mcubox-tool-'));
  t.teardown(() => rmSync(dir, { recursive: true }));
  const port = join(dir, 'esp');
  const binary = Uint8Array.from({ length: 1000 }, (_, i) => (i * 37) & 0xff);
  writeFileSync(join(dir, 'hello.lua'), '-- greets\nlocal name = "file"\nprint("hello from the " .. name)\n');
  writeFileSync(join(dir, 'one.lua'), 'print(1)\n');
  writeFileSync(join(dir, 'two.lua'), 'print(2)\n');
  writeFileSync(join(dir, 'data.bin'), binary);
  const device = mcubox(t, ['run', '--serial', `pty:${port}`]);
  await device.said('the console is at');

  const tool = async (...args: string[]): Promise<string> => {
    const child = spawn(process.execPath, ['--no-warnings', TOOL, '--port', port, ...args], { cwd: dir });
    child.stdin.end();
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data));
    await once(child, 'close');
    return plain(said);
  };

  t.equal(
    await tool('fsinfo'),
    '[device]      ~ Free Disk Space: 2887 KB | Total: 2887 KB | 0 Files\n' +
      '[device]      ~ No Files found - have you created the file-system?',
  );
  t.match(await tool('upload', 'hello.lua', 'data.bin'), /Transfer-Mode: base64\n[\s\S]*Bulk File Transfer complete/);
  t.match(await tool('upload', '--minify', 'hello.lua', '--remotename', 'small.lua'), /File Transfer complete!/);
  t.match(
    await tool('upload', '--compile', 'one.lua', 'two.lua'),
    /(success[\s\S]*original Lua file removed[\s\S]*){2}/,
  );
  const { files } = JSON.parse(await tool('fsinfo', '--json')) as { files: { name: string; size: number }[] };
  t.same(files.map(({ name }) => name).sort(), ['data.bin', 'hello.lua', 'one.lc', 'small.lua', 'two.lc']);
  t.ok((files.find(({ name }) => name === 'small.lua')?.size ?? 99) < 50, 'minified');

  t.match(await tool('run', 'hello.lua'), /\nhello from the file\n/);
  t.match(await tool('run', 'two.lc'), /\n2\n/);

  rmSync(join(dir, 'data.bin'));
  t.match(await tool('download', 'data.bin'), /Transfer-Encoding: base64\n[\s\S]*File "data.bin" created/);
  t.same(new Uint8Array(readFileSync(join(dir, 'data.bin'))), binary);
  // As at a real board: the tool ends a download with a line that Lua takes for the first half of a statement.
  t.match(await tool('fsinfo'), /Unable to establish connection/);

  t.equal(await tool('remove', 'one.lc'), '[device]      ~ File "one.lc" removed!');
  t.match(await tool('reset', '--softreset'), /Soft-Reset executed/);
  t.match(await tool('--connection-delay', '100', 'mkfs', '--noninteractive'), /format done\./);
  t.match(await tool('fsinfo', '--json'), /"files":\[\]/);
  t.match(await tool('reset'), /Inappropriate ioctl/, 'a pseudo terminal has no DTR and RTS');
  t.match(device.stdout, /\r\n> node\.restart\(\)\r\n[\s\S]*NodeMCU 3\.0/);
  t.equal(await device.stop(), 0);
});

t.test('its terminal passes the keys and the answers through', { skip }, async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'mcubox-tool-'));
  t.teardown(() => rmSync(dir, { recursive: true }));
  const port = join(dir, 'esp');
  const device = mcubox(t, ['run', '--serial', `pty:${port}`]);
  await device.said('the console is at');
  const terminal = spawn(process.execPath, ['--no-warnings', TOOL, '--port', port, 'terminal']);
  let said = '';
  terminal.stdout.on('data', (data: Buffer) => {
    said += data;
    if (/Starting Terminal/.test(said) && !said.includes('print')) terminal.stdin.write('print(6 * 7)\r\n');
    if (/\n42\r\n> /.test(said)) terminal.stdin.write('\x03');
  });
  await once(terminal, 'close');
  t.match(said, /print\(6 \* 7\)\r\n42\r\n> /);
  await device.stop();
});
