/** curl, ab and wrk as clients of a Lua server, through a forward. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { FORWARD, liveStory } from '../helpers/live-story.ts';
import { missing, run, until } from '../helpers/programs.ts';

/**
 * GET /bytes/N sends N bytes, POST answers with length and SHA-256 of the body. No callback may hold the socket as an
 * upvalue: the firmware frees callbacks with the socket only, so that each connection would cost memory for ever.
 */
const SERVER = `
local function serve(socket)
  local head, want, got, hash, left = "", nil, 0, nil, 0
  local function reply(c, body)
    c:send("HTTP/1.0 200 OK\\r\\nContent-Length: " .. #body .. "\\r\\n\\r\\n" .. body)
  end
  local function body(c, d)
    got = got + #d
    hash:update(d)
    if got >= want then reply(c, got .. " " .. encoder.toHex(hash:finalize()) .. "\\n") end
  end
  socket:on("sent", function(c)
    if left <= 0 then if left == 0 then c:close() end left = -1 return end
    local n = math.min(left, 1460)
    left = left - n
    c:send(("0123456789"):rep(146):sub(1, n))
  end)
  socket:on("receive", function(c, d)
    if want then return body(c, d) end
    head = head .. d
    local stop = head:find("\\r\\n\\r\\n", 1, true)
    if not stop then return end
    local bytes = head:match("^GET /bytes/(%d+)")
    if bytes then
      left = tonumber(bytes)
      c:send("HTTP/1.0 200 OK\\r\\nContent-Length: " .. left .. "\\r\\n\\r\\n")
    elseif head:match("^POST") then
      want, hash = tonumber(head:match("[Ll]ength: (%d+)")), crypto.new_hash("SHA256")
      body(c, head:sub(stop + 4))
    else
      reply(c, "hello\\n")
    end
  end)
end
net.createServer(30):listen(80, serve)
print("ready")`;

const SIZES = [1, 100, 1460, 1461, 5840, 65_536, 1 << 20];

t.test('curl gets and posts 1 byte to 1 MiB', { skip: missing('curl') }, async (t) => {
  const s = await liveStory(t, SERVER, FORWARD);
  await s.shown('ready');
  const url = `http://127.0.0.1:${s.port}`;
  for (const size of SIZES) {
    const start = performance.now();
    const got = await run('curl', '-sS', '--max-time', '30', `${url}/bytes/${size}`);
    const expected = '0123456789'.repeat(146);
    const whole = expected.repeat(Math.floor(size / 1460)) + expected.slice(0, size % 1460);
    t.ok(got === whole, `GET of ${size} bytes, ${Math.round(performance.now() - start)} ms`);
  }
  const dir = t.testdir({});
  for (const size of SIZES) {
    const body = Buffer.from(Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 255));
    writeFileSync(join(dir, 'body'), body);
    const start = performance.now();
    const got = await run(
      'curl',
      '-sS',
      '--max-time',
      '30',
      '-H',
      'Expect:',
      '--data-binary',
      `@${join(dir, 'body')}`,
      url,
    );
    const sum = createHash('sha256').update(body).digest('hex');
    t.equal(got, `${size} ${sum}\n`, `POST of ${size} bytes, ${Math.round(performance.now() - start)} ms`);
  }
  await until(
    () => s.door.size === 1 && s.lines.size === 1,
    5000,
    () => 'lines stay open',
  );
});

t.test('ab with 8 connections: no error, nothing stays', { skip: missing('ab') }, async (t) => {
  const s = await liveStory(t, SERVER, FORWARD);
  await s.shown('ready');
  const report = await run('ab', '-q', '-n', '800', '-c', '8', `http://127.0.0.1:${s.port}/`);
  t.match(report, /Complete requests: +800\n/);
  t.match(report, /Failed requests: +0\n/);
  t.comment(/Requests per second: .*/.exec(report)?.[0], /Time per request: .*/.exec(report)?.[0]);
  await until(
    () => s.door.size === 1 && s.lines.size === 1,
    5000,
    () => 'lines stay open',
  );
});

t.test(
  'wrk on connections that stay open, as many as the firmware takes: no error',
  { skip: missing('wrk') },
  async (t) => {
    // A server that leaves the connection to the client: wrk keeps its eight open.
    const s = await liveStory(
      t,
      `net.createServer(30):listen(80, function(c)
       c:on("receive", function(c) c:send("HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok") end)
     end) print("ready")`,
      FORWARD,
    );
    await s.shown('ready');
    // More than five at a time the firmware does not take.
    const report = await run('wrk', '-t', '1', '-c', '5', '-d', '4s', `http://127.0.0.1:${s.port}/`);
    t.match(report, /\d{3,} requests in/);
    t.notMatch(report, /Socket errors|Non-2xx/);
    t.comment(/Requests\/sec: .*/.exec(report)?.[0]);
  },
);
