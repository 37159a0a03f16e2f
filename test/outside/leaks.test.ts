/** Ten thousand short connections leave nothing behind: no socket, no connection block, no memory. */
import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { seconds } from '../../runtime/index.ts';
import { FORWARD, type LiveStory, liveStory } from '../helpers/live-story.ts';
import { missing, run, until } from '../helpers/programs.ts';

const SERVER = `
net.createServer(30):listen(80, function(c)
  c:on("receive", function(c) c:send("HTTP/1.0 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok") end)
  c:on("sent", function(c) c:close() end)
end)
function report() collectgarbage() collectgarbage() print("heap " .. node.heap()) end
print("ready")`;
/** After so much virtual time TIME-WAIT and everything else of TCP is over. */
const QUIET = seconds(70);
/** Virtual seconds per real second, so that the computer is what limits, not the air. */
const RATE = 8;
/** Below the firmware's five connections: nobody has to wait for a retransmission. */
const CLIENTS = 4;
/** What V8 keeps of its own, as far as measured; each connection that stayed would cost several kilobytes more. */
const GROWTH_BYTES = 8 << 20;

/** What is in use on both sides once all connections are over. */
async function inUse({ world, device, door, lines }: LiveStory) {
  await until(
    () => lines.size === 1,
    10_000,
    () => `${lines.size} sockets stay open`,
  );
  world.runUntil(() => false, QUIET);
  // Node closes descriptors a turn later.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const blocks = ({ active, timeWait }: typeof device.stack.tcp): number => active.length + timeWait.length;
  return {
    lines: door.size,
    descriptors: readdirSync('/proc/self/fd').length,
    device: blocks(device.stack.tcp),
    router: world.router === undefined ? 0 : blocks(world.router.host.stack.tcp),
  };
}

/** Bytes of JavaScript in use; several collections, because finalizers of sockets run in between. */
async function memory(): Promise<number> {
  if (globalThis.gc === undefined) {
    setFlagsFromString('--expose-gc');
    globalThis.gc = runInNewContext('gc') as NodeJS.GCFunction;
  }
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage().heapUsed;
}

t.test('10,000 connections through a forward', { skip: missing('ab') }, async (t) => {
  const s = await liveStory(t, SERVER, FORWARD, RATE);
  await s.shown('ready');
  const load = (requests: number) =>
    run('ab', '-q', '-n', String(requests), '-c', String(CLIENTS), `http://127.0.0.1:${s.port}/`);
  const luaHeap = (): number => {
    s.device.receive(new TextEncoder().encode('report()\n'));
    s.world.runUntil(() => false, seconds(1));
    return Number(/heap (\d+)(?![\s\S]*heap \d)/.exec(s.console())?.[1]);
  };
  await load(500);
  const before = { ...(await inUse(s)), lua: luaHeap() };
  const heapBefore = await memory();
  const start = performance.now();
  const report = await load(10_000);
  const took = performance.now() - start;
  t.match(report, /Complete requests: +10000\n/);
  t.match(report, /Failed requests: +0\n/);
  const after = { ...(await inUse(s)), lua: luaHeap() };
  t.same(after, before);
  t.match(after, { lines: 1, device: 0, router: 0 });
  const growth = (await memory()) - heapBefore;
  t.ok(growth < GROWTH_BYTES, `memory has grown by ${Math.round(growth / 1024)} KiB`);
  t.comment(`${(took / 1000).toFixed(1)} s, ${JSON.stringify(after)}`);
  t.equal(s.device.boots, 1, 'the device has lived through it');
});
