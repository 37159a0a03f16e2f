/** The device's `net` socket against real servers on the loopback: nginx, Python's http.server, mosquitto, socat, netcat. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { GATEWAY, liveStory } from '../helpers/live-story.ts';
import { nginx } from '../helpers/nginx.ts';
import { freePort, missing, PATIENCE_MS, Program, until } from '../helpers/programs.ts';

const HOST = 'host.mcubox.test';

// Each a world of its own.
t.jobs = 7;

/** A client that hashes what it gets; `now` runs once it is connected, as `send` to the server. */
const client = (port: number, send: string, extra = ''): string => `
local n, hash, t0 = 0, crypto.new_hash("SHA256")
local s = net.createConnection()
s:on("connection", function(c) t0 = tmr.now() ${send} end)
s:on("receive", function(c, d) n = n + #d hash:update(d) end)
s:on("disconnection", function(_, code)
  print("closed " .. code, n, encoder.toHex(hash:finalize()), (tmr.now() - (t0 or tmr.now())) / 1000 .. " ms")
end)
${extra}
s:connect(${port}, "${HOST}")`;

t.test('10 MiB from nginx', { skip: missing('nginx') }, async (t) => {
  const bytes = Buffer.alloc(10 << 20);
  for (let i = 0; i < bytes.length; i += 4) bytes.writeUInt32LE(Math.imul(i, 2654435761) >>> 0, i);
  const port = await freePort();
  const dir = t.testdir({ www: {} });
  writeFileSync(join(dir, 'www', 'big.bin'), bytes);
  await nginx(t, dir, `server { listen 127.0.0.1:${port}; root www; }`);
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const get = 'c:send("GET /big.bin HTTP/1.0\\r\\n\\r\\n")';
  const s = await liveStory(
    t,
    client(port, get, 'hash = { update = function() end, finalize = function() return "" end }'),
    GATEWAY,
  );
  await s.shown(/closed 0\t(\d+)/);
  const [, got = '', ms = ''] = /closed 0\t(\d+)\t\t([\d.]+) ms/.exec(s.console()) ?? [];
  t.ok(Number(got) > bytes.length && Number(got) < bytes.length + 500, `${got} bytes with their header`);
  const used = process.cpuUsage(cpu);
  const share = (used.user + used.system) / 1000 / (performance.now() - wall);
  t.comment(`${(bytes.length / 1000 / Number(ms)).toFixed(2)} MB/s, ${(share * 100).toFixed(0)} % of a CPU`);
});

t.test('every byte of 1 MiB', { skip: missing('python3') }, async (t) => {
  const bytes = Buffer.from(Uint8Array.from({ length: 1 << 20 }, (_, i) => (i ^ (i >> 8) ^ (i >> 16)) & 255));
  const dir = t.testdir({});
  writeFileSync(join(dir, 'file'), bytes);
  const port = await freePort();
  const server = new Program(t, 'python3', ['-u', '-m', 'http.server', '--bind', '127.0.0.1', String(port)], {
    cwd: dir,
  });
  await server.said('Serving HTTP');
  // HTTP/0.9 has no header.
  const s = await liveStory(t, client(port, 'c:send("GET /file\\r\\n\\r\\n")'), GATEWAY);
  await s.shown(/closed 0/);
  t.match(s.console(), `\t${bytes.length}\t${createHash('sha256').update(bytes).digest('hex')}\t`);
});

t.test('mosquitto takes CONNECT and PUBLISH by hand', { skip: missing('mosquitto', 'mosquitto_sub') }, async (t) => {
  const port = await freePort();
  const dir = t.testdir({ 'mosquitto.conf': `listener ${port} 127.0.0.1\nallow_anonymous true\n` });
  const broker = new Program(t, 'mosquitto', ['-v', '-c', join(dir, 'mosquitto.conf')]);
  await broker.said(/mosquitto version \S+ running/);
  const subscriber = new Program(t, 'mosquitto_sub', [
    '-h',
    '127.0.0.1',
    '-p',
    String(port),
    '-t',
    'esp/#',
    '-v',
    '-C',
    '1',
  ]);
  await broker.said('Sending SUBACK');
  const s = await liveStory(
    t,
    `local s = net.createConnection()
     s:on("connection", function(c) c:send("\\16\\15\\0\\4MQTT\\4\\2\\0\\60\\0\\3esp") end)
     s:on("receive", function(c, d)
       if d:byte(1) == 32 then print("CONNACK " .. d:byte(4)) c:send("\\48\\14\\0\\8esp/temp21.5") end
     end)
     s:on("sent", function(c) print("sent") end)
     s:connect(${port}, "${HOST}")`,
    GATEWAY,
  );
  await s.shown('CONNACK 0');
  t.equal(await subscriber.end(), 0);
  t.equal(subscriber.stdout, 'esp/temp 21.5\n');
});

t.test(
  'a server that reads nothing for ten seconds gets everything all the same',
  { skip: missing('socat', 'sha256sum') },
  async (t) => {
    const port = await freePort();
    const go = join(t.testdir({}), 'go');
    // More than the operating system buffers for a reader that sleeps (4 MB), so that the window closes on the device.
    const server = new Program(t, 'socat', [
      '-u',
      `TCP-LISTEN:${port},bind=127.0.0.1,rcvbuf=8192,reuseaddr`,
      `SYSTEM:while ! test -e ${go}; do sleep 0.1; done; cat | sha256sum`,
    ]);
    await until(() => server.child.pid !== undefined, PATIENCE_MS);
    const total = 5000 * 1400;
    const s = await liveStory(
      t,
      `local left, stall, last = 5000, 0, tmr.now()
     local function more(c)
       local now = tmr.now()
       stall, last = math.max(stall, now - last), now
       if left == 0 then print("all acknowledged, longest wait " .. math.floor(stall / 1000) .. " ms") c:close() return end
       left = left - 1
       c:send(("0123456789"):rep(140))
     end
     local s = net.createConnection()
     s:on("connection", more) s:on("sent", more)
     s:on("disconnection", function(_, code) print("closed " .. code) end)
     tmr.create():alarm(300, tmr.ALARM_SINGLE, function() last = tmr.now() s:connect(${port}, "${HOST}") end)
     tmr.create():alarm(500, tmr.ALARM_AUTO, function(timer)
       if left < 5000 and tmr.now() - last > 1000000 then print("stalled") timer:unregister() end
     end)`,
      GATEWAY,
    );
    await s.shown('stalled');
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    writeFileSync(go, '');
    await s.shown('all acknowledged');
    t.comment(/all acknowledged.*/.exec(s.console())?.[0]);
    t.ok(Number(/longest wait (\d+)/.exec(s.console())?.[1]) > 10_000, 'the window was closed for ten seconds');
    const sum = createHash('sha256')
      .update('0123456789'.repeat(total / 10))
      .digest('hex');
    await server.said(sum);
  },
);

t.test('a server that breaks off is a broken connection', { skip: missing('socat') }, async (t) => {
  const port = await freePort();
  // What becomes of a connection whose program is killed before it has read everything: RST.
  const server = new Program(t, 'socat', [`TCP-LISTEN:${port},bind=127.0.0.1`, 'EXEC:"sleep 60",nofork']);
  const s = await liveStory(
    t,
    `tmr.create():alarm(300, tmr.ALARM_SINGLE, function() ${client(port, 'c:send("hello") print("open")')} end)`,
    GATEWAY,
  );
  await s.shown('open');
  await new Promise((resolve) => setTimeout(resolve, 300));
  await server.stop('SIGKILL');
  await s.shown(/closed -\d+/);
  t.match(s.console(), /closed -9\t0/);
  await until(
    () => s.lines.size === 0,
    5000,
    () => 'sockets stay open',
  );
});

t.test('nobody listening is a refusal', async (t) => {
  const s = await liveStory(t, client(await freePort(), ''), GATEWAY);
  await s.shown(/closed -9/);
  t.equal(s.lines.size, 0);
  t.pass('reset');
});

t.test('a server that ends its half still hears the rest', { skip: missing('nc') }, async (t) => {
  const port = await freePort();
  // -N: FIN once standard input is at its end, then on with receiving.
  const server = new Program(t, 'nc', ['-N', '-l', '127.0.0.1', String(port)]);
  server.child.stdin?.end('greetings');
  const s = await liveStory(
    t,
    `tmr.create():alarm(300, tmr.ALARM_SINGLE, function()
       local s = net.createConnection()
       s:on("receive", function(c, d) print("<" .. d .. ">") c:send("last words") end)
       s:on("disconnection", function(_, code) print("closed " .. code) end)
       s:connect(${port}, "${HOST}")
     end)`,
    GATEWAY,
  );
  await s.shown('<greetings>');
  await s.shown('closed 0');
  t.equal(await server.end(), 0);
  t.equal(server.stdout, 'last words');
});
