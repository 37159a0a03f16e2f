/** TLS against programs that nobody here wrote: OpenSSL in every suite it has, curl, nginx, mosquitto, Node with ws, tshark. */

import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import t from 'tap';
import { WebSocketServer } from 'ws';
import { FrameLog, seconds } from '../../runtime/index.ts';
import { SUITES, type Suite } from '../../runtime/tls/index.ts';
import { type Ipv4Address, pcapHeader, pcapRecord } from '../../runtime/wire/index.ts';
import { authorityPem } from '../../runtime/world/index.ts';
import { certificateFiles } from '../helpers/certificates.ts';
import { FORWARD, GATEWAY, liveStory } from '../helpers/live-story.ts';
import { nginx } from '../helpers/nginx.ts';
import { freePort, missing, Program, run } from '../helpers/programs.ts';
import { story, whenOnline } from '../helpers/story.ts';
import { TSHARK, tsharkComplaints, tsharkFields } from '../helpers/tshark.ts';

const HOST = 'host.mcubox.test';
const OPENSSL = { skip: missing('openssl') };

/** OpenSSL has no Camellia in GCM. */
const known = SUITES.filter(({ cipher, mode }) => cipher === 'AES' || mode === 'CBC');

/** The name that OpenSSL gives a suite. */
function opensslName({ exchange, cipher, keyBytes, mode, mac }: Suite): string {
  const hash = mac === 'sha1' ? 'SHA' : mac.toUpperCase();
  const tail = { GCM: `GCM-${hash}`, CCM: 'CCM', CCM_8: 'CCM8', CBC: hash }[mode];
  return `${exchange}-${cipher}${8 * keyBytes}-${tail}`;
}

t.test('the device speaks every suite of its hello with openssl s_server', OPENSSL, async (t) => {
  const files = await certificateFiles(t, HOST);
  const ports: number[] = [];
  for (const suite of known) {
    const port = await freePort();
    const kind = suite.exchange === 'ECDHE-ECDSA' ? 'ec' : 'rsa';
    const identity = ['-cert', files.path(`${kind}.pem`), '-key', files.path(`${kind}.key`)];
    const cipher = ['-cipher', `${opensslName(suite)}:@SECLEVEL=0`, '-tls1_2'];
    ports.push(port);
    new Program(t, 'openssl', ['s_server', '-accept', `127.0.0.1:${port}`, '-www', '-quiet', ...identity, ...cipher]);
  }
  const s = await liveStory(
    t,
    `tls.cert.verify(function(n) return n == 1 and [[${files.ca}]] end)
     local ports, i = { ${ports.join(', ')} }, 0
     local function again()
       i = i + 1
       if not ports[i] then print("all done") return end
       -- Garbage counts: with less than 18 KB of free heap a connection is refused without a word.
       collectgarbage()
       local c, got = tls.createConnection(), ""
       c:on("connection", function(c) c:send("GET / HTTP/1.0\\r\\n\\r\\n") end)
       c:on("receive", function(_, d) got = got .. d end)
       c:on("disconnection", function() print("suite " .. tostring(got:match("Cipher is (%S+)"))) again() end)
       c:on("reconnection", function(_, why) print("suite failed " .. tostring(why)) again() end)
       c:connect(ports[i], "${HOST}")
     end
     again()`,
    GATEWAY,
  );
  await s.shown('all done');
  t.same(
    [...s.console().matchAll(/suite (.*)\r?\n/g)].map(([, name]) => name?.trim()),
    known.map(opensslName),
  );
});

t.test('openssl s_client and curl believe tls.test', { ...OPENSSL, skip: missing('openssl', 'curl') }, async (t) => {
  const dir = t.testdir({ 'ca.pem': authorityPem() });
  const to = (guest: number, guestPort: number) => ({ ...FORWARD.forwards[0], guest: guest as Ipv4Address, guestPort });
  const s = await liveStory(t, '', { ...FORWARD, forwards: [to(0xc0a80118, 443)] } as typeof FORWARD);
  const port = Number(/127\.0\.0\.1:(\d+) leads/.exec(s.said.join())?.[1]);
  const body = await run(
    'curl',
    ...[
      '-s',
      '--cacert',
      join(dir, 'ca.pem'),
      '--resolve',
      `tls.test:${port}:127.0.0.1`,
      `https://tls.test:${port}/get`,
    ],
  );
  t.match(JSON.parse(body), { method: 'GET' });
  for (const cipher of ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-CCM8', 'ECDHE-ECDSA-CAMELLIA128-SHA256']) {
    const client = new Program(t, 'openssl', [
      ...['s_client', '-connect', `127.0.0.1:${port}`, '-servername', 'tls.test', '-cipher', `${cipher}:@SECLEVEL=0`],
      ...['-CAfile', join(dir, 'ca.pem'), '-verify_return_error', '-verify_hostname', 'tls.test', '-ign_eof'],
    ]);
    client.child.stdin?.write('GET /status/204 HTTP/1.0\r\n\r\n');
    t.equal(await client.end(), 0);
    t.match(client.stdout, `Cipher is ${cipher}`);
    t.match(client.stdout, 'HTTP/1.1 204');
  }
});

/** Ports with TLS 1.2 and 1.3, and with 1.3 alone. */
const tlsServers = (dir: string, ports: readonly number[]): string => `
  ssl_certificate ${dir}/rsa.pem; ssl_certificate_key ${dir}/rsa.key;
  server { listen 127.0.0.1:${ports[0]} ssl; ssl_protocols TLSv1.2 TLSv1.3; return 200 "hello over $ssl_protocol\\n"; }
  server { listen 127.0.0.1:${ports[1]} ssl; ssl_protocols TLSv1.3; return 200 "never"; }`;

t.test('nginx: TLS 1.2 is taken, 1.3 alone refused', { ...OPENSSL, skip: missing('openssl', 'nginx') }, async (t) => {
  const files = await certificateFiles(t, HOST);
  const ports = [await freePort(), await freePort()];
  await nginx(t, files.dir, tlsServers(files.dir, ports));
  const s = await liveStory(
    t,
    `local stranger = [[${readFileSync(files.path('stranger.pem'), 'utf8')}]]
     local function get(port, done)
       http.get("https://${HOST}:" .. port .. "/", nil, function(code, body) print("got " .. code, body) done() end)
     end
     tls.cert.verify([[${files.ca}]])
     get(${ports[0]}, function()
       tls.cert.verify(stranger)
       get(${ports[0]}, function()
         tls.cert.verify(false)
         get(${ports[1]}, function() print("the end") end)
       end)
     end)`,
    GATEWAY,
  );
  const notes: string[] = [];
  s.device.events.on('explain', (note) => notes.push(note));
  await s.shown('the end');
  t.match(s.console(), 'got 200\thello over TLSv1.2');
  // The numbers of mbed TLS, squeezed into eight bits.
  t.match(
    s.console(),
    /HTTP client: Disconnected with error: -39[\s\S]*got -1[\s\S]*Disconnected with error: 9[\s\S]*got -1/,
  );
  t.same(notes, [
    'TLS: the handshake failed: no trusted certificate vouches for the server (mbed TLS -0x2700)',
    'TLS: the handshake failed: the server refuses: protocol_version; the device speaks TLS 1.2 only (mbed TLS -0x7780)',
  ]);
});

t.test(
  'mosquitto with TLS, users and QoS 2',
  { ...OPENSSL, skip: missing('openssl', 'mosquitto', 'mosquitto_passwd') },
  async (t) => {
    const files = await certificateFiles(t, HOST);
    const port = await freePort();
    await run('mosquitto_passwd', '-b', '-c', files.path('users'), 'esp', 'secret');
    const conf = `listener ${port} 127.0.0.1
certfile ${files.path('ec.pem')}
keyfile ${files.path('ec.key')}
password_file ${files.path('users')}
user root
`;
    writeFileSync(files.path('mosquitto.conf'), conf);
    const broker = new Program(t, 'mosquitto', ['-v', '-c', files.path('mosquitto.conf')]);
    await broker.said(/mosquitto version \S+ running/);
    const s = await liveStory(
      t,
      `tls.cert.verify([[${files.ca}]])
     local m = mqtt.Client("kitchen", 60, "esp", "secret", 1)
     m:on("message", function(m, topic, data) print("message", topic, #data) m:close() end)
     m:on("offline", function() print("offline") end)
     m:connect("${HOST}", ${port}, true, function(m)
       print("connected")
       m:subscribe("a/b", 2, function(m) m:publish("a/b", ("x"):rep(900), 2, 0, function() print("acknowledged") end) end)
     end, function(_, why) print("failed " .. why) end)`,
      GATEWAY,
    );
    await s.shown('offline');
    t.match(s.console(), /connected[\s\S]*message\ta\/b\t900/);
    t.match(s.console(), 'acknowledged');
  },
);

t.test('wss to a server of Node', OPENSSL, async (t) => {
  const files = await certificateFiles(t, HOST);
  const server = createServer({ cert: readFileSync(files.path('ec.pem')), key: readFileSync(files.path('ec.key')) });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`you said ${data}`)));
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  t.teardown(() => {
    sockets.close();
    server.closeAllConnections();
    server.close();
  });
  const s = await liveStory(
    t,
    `local ws = websocket.createClient()
     ws:on("connection", function(ws) ws:send("hello") end)
     ws:on("receive", function(ws, text) print(text) ws:close() end)
     ws:on("close", function(_, code) print("closed " .. code) end)
     ws:connect("wss://${HOST}:${port}/")`,
    GATEWAY,
  );
  await s.shown(/closed/);
  t.match(s.console(), 'you said hello');
});

t.test(
  'tshark understands the capture, and with the key log all of it',
  { skip: TSHARK ? false : 'needs tshark' },
  async (t) => {
    const dir = t.testdir({});
    const s = story(whenOnline('http.get("https://tls.test/get", nil, function(code) print("got " .. code) end)'));
    const log = new FrameLog(s.world);
    const keys: string[] = [];
    s.device.events.on('tlsSecret', (random, master) =>
      keys.push(`CLIENT_RANDOM ${Buffer.from(random).toString('hex')} ${Buffer.from(master).toString('hex')}\n`),
    );
    t.ok(s.until('got 200', seconds(20)));
    s.world.runFor(seconds(1));
    const path = join(dir, 'tls.pcap');
    writeFileSync(path, Buffer.concat([pcapHeader(1), ...log.frames.map(({ at, frame }) => pcapRecord(at, frame))]));
    t.same(tsharkComplaints(path), []);
    t.match(
      tsharkFields(path, 'tls.handshake.type', ['tls.handshake.type', 'ip.src']).flat().join(' '),
      /1 .*2.*11.*12.*14.*16/,
    );
    const keylog = join(dir, 'keys.log');
    writeFileSync(keylog, keys.join(''));
    const seen = await run(
      'tshark',
      '-r',
      path,
      '-o',
      `tls.keylog_file:${keylog}`,
      '-Y',
      'http',
      '-T',
      'fields',
      '-e',
      'http.request.uri',
      '-e',
      'http.response.code',
    );
    t.match(seen, '/get');
    t.match(seen, '200');
  },
);
