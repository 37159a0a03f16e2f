/** What real programs did to a device once, repeated without them: `--record` and `mcubox replay`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { NODEMCU_MODULES } from '../../bindings/index.ts';
import { NOBODY, Player } from '../../bridge/host/index.ts';
import { Bridge, type BridgeSpec, type Crossing, Door } from '../../bridge/index.ts';
import { defaultWorld, fromLatin1, ipv4, toLatin1, us } from '../../runtime/index.ts';
import { goLive, NOTHING } from '../helpers/live-story.ts';
import { freePort, mcubox, missing, PATIENCE_MS, run, until } from '../helpers/programs.ts';
import { whenOnline } from '../helpers/story.ts';

const skip = missing('curl');

t.test('mcubox replay repeats a run with curl byte for byte', { skip }, async (t) => {
  const dir = t.testdir({ body: 'x'.repeat(5000) });
  const file = join(dir, 'run.mcubox');
  const port = await freePort();
  const box = mcubox(t, [
    'run',
    'lua-examples/http-server.lua',
    '--hostfwd',
    `tcp::${port}-:80`,
    '--record',
    file,
    '--seed',
    '7',
  ]);
  await box.said('listening on port');
  const url = `http://127.0.0.1:${port}/`;
  t.match(await run('curl', '-sS', '--retry-connrefused', '--retry', '9', url), 'Visitor 1<');
  await run('curl', '-sS', '--data-binary', `@${join(dir, 'body')}`, `${url}upload`).catch(() => {});
  t.match(await run('curl', '-sS', url), 'Visitor 2<');
  t.equal(await box.stop(), 0, box.stderr);
  const again = mcubox(t, ['replay', file]);
  t.equal(await again.end(), 0, again.stderr);
  t.equal(again.stdout, box.stdout);
  t.match(again.stdout, /POST\t\/upload/);
  t.match(again.stderr, 'byte for byte');

  // One byte of a client is another one: the page is, and that is noticed.
  const changed = readFileSync(file, 'utf8').replace(
    Buffer.from('GET / HTTP').toString('base64').slice(0, 8),
    Buffer.from('GET /x').toString('base64'),
  );
  writeFileSync(file, changed);
  const other = mcubox(t, ['replay', file]);
  t.equal(await other.end(), 1);
  t.match(other.stderr, /the replay (went another way at|differs)/);
});

/** Asks the other device for every page it is asked for. */
const FRONT = `
net.createServer(30):listen(80, function(c)
  c:on("receive", function(c, request)
    local back = net.createConnection()
    back:on("connection", function(b) b:send(request:match("GET /(%w+)")) end)
    back:on("receive", function(b, answer)
      print("from the back: " .. answer)
      c:send("HTTP/1.0 200 OK\\r\\nContent-Length: " .. #answer .. "\\r\\n\\r\\n" .. answer)
    end)
    back:connect(81, "192.168.1.51")
  end)
  c:on("sent", function(c) c:close() end)
end)`;
const BACK = `
local asked = 0
net.createServer(30):listen(81, function(c)
  c:on("receive", function(c, d)
    asked = asked + 1
    print("asked for " .. d)
    c:send(d:upper() .. " " .. asked .. " " .. node.random(1000000))
  end)
end)`;

/** Two devices, powered on, and all that can be seen of them. */
function twoDevices() {
  const world = defaultWorld({ seed: 3 });
  const seen: string[] = [];
  world.lan.tap((at, frame) => seen.push(`${at} ${Buffer.from(frame).toString('hex')}`));
  const devices = [FRONT, BACK].map((script, i) => {
    const device = world.addDevice({ modules: NODEMCU_MODULES });
    device.flash.put('init.lua', fromLatin1(whenOnline(script)));
    device.events.on('uart', (_, bytes) => seen.push(`${i}: ${toLatin1(bytes)}`));
    return device;
  });
  return {
    world,
    front: devices[0] as (typeof devices)[0],
    seen,
    start: () => devices.map((device) => device.start()),
  };
}

const SPEC: BridgeSpec = {
  ...NOTHING,
  forwards: [
    { protocol: 'tcp', at: { host: '127.0.0.1', port: 0 }, guestPort: 80 },
    { protocol: 'tcp', at: { host: '127.0.0.1', port: 0 }, guest: ipv4(192, 168, 1, 51), guestPort: 81 },
  ],
};

t.test('two devices that talk to each other and to curl are repeated, every frame', { skip }, async (t) => {
  const then = twoDevices();
  then.start();
  const crossings: Crossing[] = [];
  const live = await goLive(t, then.world, then.front, SPEC, { tap: (crossing) => crossings.push(crossing) });
  const [front = 0, back = 0] = live.ports;
  const text = (): string => then.seen.join('\n');
  await until(() => then.world.devices.every(({ wifi }) => wifi.ip !== undefined), PATIENCE_MS);
  t.match(await run('curl', '-sS', '--max-time', '10', `http://127.0.0.1:${front}/hello`), /^HELLO 1 \d+$/);
  // That one says no HTTP, and leaves the end to curl.
  const raw = await run('curl', '-sS', '--http0.9', '--max-time', '1', `http://127.0.0.1:${back}/`).catch(String);
  t.match(raw, /GET \/ HTTP.* 2 \d+/s);
  t.match(await run('curl', '-sS', '--max-time', '10', `http://127.0.0.1:${front}/bye`), /^BYE 3 \d+$/);
  await live.stop();
  const end = then.world.now;
  t.match(text(), 'from the back: BYE 3');

  const now = twoDevices();
  const door = new Door(now.world, NOBODY);
  const player = new Player(door, crossings);
  new Bridge(now.world, now.front, door, SPEC, () => {});
  now.start();
  for (let next = player.nextAt; next !== undefined; next = player.nextAt) {
    now.world.runUntil(() => false, us(Math.max(0, next - now.world.now)));
    // What the world has ordered on the way is behind us already.
    if (player.nextAt !== undefined && player.nextAt <= now.world.now) player.step();
  }
  now.world.runUntil(() => false, us(end - now.world.now));
  t.same(player.difference, undefined);
  t.same([now.seen.length, now.seen.join('\n') === text()], [then.seen.length, true]);
});
