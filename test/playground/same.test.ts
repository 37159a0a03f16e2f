/** The page inside another page, spoken to by postMessage; and that a world is the same there as under `mcubox run`. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import t, { type Test } from 'tap';
import { stage } from '../helpers/chromium.ts';
import { mcubox, missing } from '../helpers/programs.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const EXAMPLES = ['http-get', 'https-get', 'mqtt', 'tasks'];
const SECONDS = 12;

/** A page of another origin with the playground in it; keeps what it is told. */
const HOST = (playground: string): string => `<!doctype html><title>A lesson</title>
<iframe src="${playground}?embed" style="width:1200px;height:800px" allow="clipboard-write"></iframe>
<script>
window.told = [];
addEventListener('message', (event) => { if (event.data.mcubox === 1) told.push(event.data); });
window.tell = (message) => document.querySelector('iframe').contentWindow.postMessage({ mcubox: 1, ...message }, '*');
</script>`;

interface Told {
  readonly type: string;
  readonly text?: string;
  readonly state?: string;
}

async function lesson(t: Test, playground: string): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end(HOST(playground));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

t.test('the playground embedded in another page', { skip: missing('chromium') }, async (t) => {
  const { url: playground, visitor } = await stage(t);
  const page = await visitor.open(await lesson(t, playground));
  const told = (): Promise<Told[]> => page.evaluate('told') as Promise<Told[]>;
  const has = async (test: (message: Told) => boolean): Promise<void> => {
    for (let i = 0; i < 600; i++) {
      if ((await told()).some(test)) return;
      await page.waitForTimeout(50);
    }
    throw new Error(`never told; the last was ${JSON.stringify((await told()).at(-1))}`);
  };

  await t.test('says that it is ready and takes what is typed', async (t) => {
    await has(({ type }) => type === 'ready');
    await page.evaluate(`tell({ type: 'run', speed: 0, files: [{ name: 'a.lua', text: 'print("from outside")' }] })`);
    await has(({ type, text }) => type === 'serial_output' && text?.includes('from outside') === true);
    await page.evaluate(`tell({ type: 'serial_input', text: 'print(11 * 11)\\r' })`);
    await has(({ text }) => text?.includes('121') === true);
    t.pass('ready, run, serial_output, serial_input');
  });

  for (const name of EXAMPLES)
    await t.test(`${name}: console and capture are those of mcubox run, byte for byte`, async (t) => {
      const file = `${name}.lua`;
      const pcap = `${t.testdir()}/node.pcap`;
      // Ctrl-C's place is taken by the end of the time: the command would end earlier, when nothing can wake the script.
      const node = mcubox(t, ['run', `lua-examples/${file}`, '--for', `${SECONDS}s`, '--pcap', pcap]);
      const text = readFileSync(`${ROOT}lua-examples/${file}`, 'utf8');
      const message = { type: 'run', speed: 0, forUs: SECONDS * 1e6, files: [{ name: file, text }] };
      await page.evaluate(`told.length = 0; tell(${JSON.stringify(message)})`);
      await has(({ state }) => state === 'paused');
      const console = (await told()).map(({ text = '' }) => text).join('');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page
          .frameLocator('iframe')
          .getByRole('button', { name: /^Download the capture/ })
          .click(),
      ]);
      const capture = readFileSync(await download.path());

      t.equal(await node.end(), 0, node.stderr);
      t.equal(sha256(Buffer.from(console, 'latin1')), sha256(Buffer.from(node.stdout, 'latin1')), 'console');
      t.equal(sha256(capture), sha256(readFileSync(pcap)), `capture of ${capture.length} bytes`);
    });
});
