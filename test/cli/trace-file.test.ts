import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { mcubox } from '../../cli/mcubox.ts';
import { missing } from '../helpers/programs.ts';

const SCRIPT = `wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
  http.get("http://http.test/get", nil, function(code)
    print(code)
  end)
end)`;

async function run(t: Test, option: string, name: string): Promise<string> {
  const dir = t.testdir({ 'get.lua': SCRIPT });
  const file = join(dir, name);
  const io = { out: async () => true, err: () => {}, onInterrupt: () => () => {} };
  t.equal(await mcubox(['run', join(dir, 'get.lua'), option, file], io), 0);
  return file;
}

interface Entry {
  readonly ph: string;
  readonly pid: number;
  readonly ts: number;
  readonly name: string;
  readonly id?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

t.test('a trace has the Lua and the frames on one axis, and arrows between them', async (t) => {
  const { traceEvents } = JSON.parse(readFileSync(await run(t, '--trace', 'out.json'), 'utf8'));
  const events: Entry[] = traceEvents;
  const begin = events.find(({ ph, name }) => ph === 'B' && name === 'get.lua:2');
  const end = events.find(({ ph, name }) => ph === 'E' && name === 'get.lua:2');
  t.ok(begin !== undefined && end !== undefined && begin.ts <= end.ts, 'the callback is a slice');
  const number = Number(/^frame (\d+)$/.exec(String(begin?.args?.['woken by']))?.[1]);
  const frame = events.find(({ ph, args }) => ph === 'X' && args?.frame === number);
  t.match(frame?.name, /192\.168\.1\.10\.80 > 192\.168\.1\.50\./);
  t.ok((frame?.ts ?? 0) <= (begin?.ts ?? 0), 'the frame comes first');
  t.ok(
    events.some(({ ph, id, pid }) => ph === 'f' && id === `w${number - 1}` && pid === begin?.pid),
    'an arrow ends',
  );
  const query = events.find(({ ph, args }) => ph === 'X' && args?.line === 'esp1 get.lua:2');
  t.match(query?.name, /ARP|A\? http.test/);
  const opened = events.filter(({ ph }) => ph === 'B').length;
  t.equal(opened, events.filter(({ ph }) => ph === 'E').length, 'every slice is closed');
});

t.test('tshark reads the line behind each frame as a comment', { skip: missing('tshark') }, async (t) => {
  const file = await run(t, '--pcap', 'out.pcapng');
  const fields = ['-T', 'fields', '-e', 'frame.comment', '-e', '_ws.col.Info'];
  const lines = execFileSync('tshark', ['-r', file, ...fields], { encoding: 'utf8', stdio: 'pipe' }).split('\n');
  t.ok(lines.some((line) => /^esp1 get\.lua:2, woken by \S+\tGET \/get HTTP/.test(line)));
  t.ok(
    lines.some((line) => /^\tHTTP\/1\.1 200/.test(line)),
    'what others send has none',
  );
});
