/** `tls` as scripts see it: sentences, events and their order, certificates, and the quirks of espconn_mbedtls.c. */
import t from 'tap';
import { tls } from '../../bindings/nodemcu/tls.ts';
import { hex, seconds, toBase64 } from '../../runtime/core/index.ts';
import type { Device } from '../../runtime/device/index.ts';
import { FrameLog, identityFor, type TlsService } from '../../runtime/world/index.ts';
import { authorityCertificate, authorityPem } from '../../runtime/world/tls-identity.ts';
import { SERVER_RSA_KEY } from '../../runtime/world/tls-keys.ts';
import { type Story, story, whenOnline } from '../helpers/story.ts';
import { Board } from './net-board.ts';

const TRUST = `tls.cert.verify(function(n) return n == 1 and [[${authorityPem()}]] end)\n`;

/** A socket that tells everything; `connected` runs in its connection event. */
const socket = (host: string, connected = 'c:send("GET /get HTTP/1.0\\r\\n\\r\\n")', port = 443): string => `
s = tls.createConnection()
for _, name in ipairs { "connection", "disconnection", "reconnection", "receive", "sent", "dns" } do
  s:on(name, function(c, x)
    print(name, c == s, name == "receive" and #x or x)
    if name == "connection" then ${connected} end
    if name == "receive" and received then received(c) end
    if name:find("connection$") and name ~= "connection" then print("over") end
  end)
end
s:connect(${port}, "${host}")
`;

/** What the script says until it is over. */
function told(script: string, prepare: (s: Story) => void = () => {}): { lines: string[]; notes: string[]; s: Story } {
  const s = story(whenOnline(script));
  const notes: string[] = [];
  s.device.events.on('explain', (note) => notes.push(note));
  prepare(s);
  s.until('over\n', seconds(120));
  const lines = s
    .said()
    .replace(/^> /, '')
    .split('\n')
    .filter((line) => line !== '' && line !== 'over');
  return { lines, notes, s };
}

const service = ({ world }: Story, name = 'tls.test'): TlsService => world.services.get(name) as TlsService;

t.test('mistakes have the firmware’s sentences', async (t) => {
  const board = new Board({ modules: [tls] });
  board.lua('s = tls.createConnection()');
  const rows: readonly (readonly [string, string])[] = [
    ['s:connect()', "bad argument #1 to 'connect' (number expected, got no value)"],
    ['s:connect("x")', "bad argument #1 to 'connect' (number expected, got string)"],
    ['s:connect(0, "1.2.3.4")', 'invalid port'],
    ['s:connect(65536)', 'invalid port'],
    ['s:on()', "bad argument #1 to 'on' (string expected, got no value)"],
    ['s:on("connected", print)', 'invalid method'],
    ['s:on("receive", 1)', 'invalid callback function'],
    ['s:on("receive")', 'invalid callback function'],
    ['s:send()', "bad argument #1 to 'send' (string expected, got no value)"],
    ['s.send({})', "bad argument #1 to 'send' (tls.socket expected, got table)"],
    ['s:dns("x")', "attempt to call method 'dns' (a nil value)"],
    ['tls.cert.verify(true)', 'no certificates found'],
    ['tls.cert.verify("x")', 'No PEM header'],
    ['tls.cert.verify("-----BEGIN X-----\\n")', 'Wrong PEM type'],
    ['tls.cert.verify("-----BEGIN CERTIFICATE-----")', 'Incorrect PEM format'],
    ['tls.cert.verify("-----BEGIN CERTIFICATE-----\\nA?==\\n")', 'Invalid character in PEM'],
    ['tls.cert.verify("-----BEGIN CERTIFICATE-----\\nAAAA\\n")', 'Invalid PEM format data'],
    ['tls.cert.verify("-----BEGIN CERTIFICATE-----\\nAAA\\n-----END CERTIFICATE-----")', 'Invalid PEM format data'],
    ['tls.cert.auth("-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----", {})', 'No PEM blob'],
  ];
  for (const [statement, message] of rows) {
    // Behind what tls.cert says about its old interface.
    const lines = board.lua(`print(select(2, pcall(function() ${statement} end)))`);
    t.equal(lines.at(-1), `t:1: ${message}`, statement);
  }
  t.same(board.lua('print(s:getpeer()) s:send("x") s:close() s:hold() s:unhold() print(tls.setDebug)'), [
    'nil\tnil',
    'nil',
  ]);
  t.same(board.lua('s:connect(443, "192.168.1.9") print(s:getpeer())'), ['192.168.1.9\t443']);
  t.equal(board.errorOf('s:connect(443)'), 't:1: already connected');
});

t.test('the old interface of tls.cert is deprecated', async (t) => {
  const board = new Board({ modules: [tls] });
  t.same(board.lua('print(tls.cert.verify(false)) print(tls.cert.verify()) print(tls.cert.auth(nil))'), [
    "Warning, deprecated API! tls.cert.verify's old interface. It will be removed soon. See documentation for details.",
    'true',
    "Warning, deprecated API! tls.cert.verify's old interface. It will be removed soon. See documentation for details.",
    'true',
    'true',
  ]);
});

t.test('in 2.2 tls.cert takes no functions, and nothing is deprecated', async (t) => {
  const board = new Board({ modules: [tls], firmware: '2.2' });
  t.same(board.lua('print(pcall(tls.cert.verify, print)) print(tls.cert.verify(false))'), [
    'false\tno certificates found',
    'true',
  ]);
  t.match(board.errorOf('tls.createConnection():dns("x", print)'), 'not supported by the simulator: tls.socket:dns');
});

t.test('a build without TLS says so', async (t) => {
  const board = new Board({ modules: [tls], ssl: false });
  t.equal(board.errorOf('tls.createConnection()'), 't:1: not supported by the simulator: tls in a build without SSL');
});

t.test('a connection from lookup to end: the last function gets nil', async (t) => {
  const { lines } = told(socket('tls.test'));
  t.match(lines, [
    'dns\ttrue\t192.168.1.24',
    'connection\ttrue',
    'sent\ttrue',
    /^receive\ttrue\t\d+/,
    'disconnection\tfalse\tnil',
  ]);
});

t.test('certificates: who is refused when they are verified, and who is not', async (t) => {
  const rows: readonly (readonly [string, boolean])[] = [
    ['tls.test', true],
    ['rsa.tls.test', true],
    // This build of mbed TLS has no clock and is told no name.
    ['expired.tls.test', true],
    ['wrong-name.tls.test', true],
    ['self-signed.tls.test', false],
    ['unknown-ca.tls.test', false],
  ];
  for (const [host, good] of rows) {
    t.match(told(socket(host)).lines[1], /^connection/, `${host}, unverified`);
    const { lines, notes } = told(TRUST + socket(host));
    t.match(lines[1], good ? /^connection/ : 'reconnection\ttrue\tnil', host);
    t.same(
      notes,
      good ? [] : ['TLS: the handshake failed: no trusted certificate vouches for the server (mbed TLS -0x2700)'],
    );
  }
});

t.test('what a server does wrong, in the numbers of mbed TLS', async (t) => {
  const rows: readonly (readonly [Partial<TlsService['faults']>, string, RegExp])[] = [
    [
      { refuse: 70 },
      'TLS: the handshake failed: the server refuses: protocol_version; the device speaks TLS 1.2 only (mbed TLS -0x7780)',
      /^reconnection\ttrue\tnil/,
    ],
    [
      { wrong: true },
      "TLS: the handshake failed: the server's signature is wrong (mbed TLS -0x4e00)",
      /^reconnection\ttrue\tnil/,
    ],
    [{ refuse: true }, '', /^reconnection\ttrue\tConnection reset/],
    [{ dropAfter: 1 }, '', /^reconnection\ttrue\tConnection reset/],
  ];
  for (const [faults, note, line] of rows) {
    const { lines, notes } = told(socket('tls.test'), (s) => Object.assign(service(s).faults, faults));
    t.match(lines[1], line);
    t.same(notes, note === '' ? [] : [note]);
  }
});

t.test('a name that nobody knows leaves the socket neither connected nor free', async (t) => {
  const s = story(whenOnline(socket('nobody.test')));
  s.until('dns\ttrue', seconds(30));
  s.world.runFor(seconds(1));
  t.match(s.said(), 'dns\ttrue\tnil');
  s.device.receive(new TextEncoder().encode('print(pcall(s.connect, s, 443, "tls.test"))\r'));
  s.world.runFor(seconds(1));
  t.match(s.console(), 'already connected');
});

t.test('closed inside of receive, the end is told as an error', async (t) => {
  const { lines } = told(`received = function(c) c:close() end\n${socket('tls.test')}`);
  t.match(lines.at(-1), 'reconnection\ttrue\tnil');
  const later = told(
    `received = function(c) node.task.post(function() c:close() end) end\n${socket('tls.test', 'c:send("x")', 7)}`,
  );
  t.match(later.lines.at(-1), 'disconnection\tfalse\tnil');
});

t.test('hold has no effect, and to end it reads through a null pointer', async (t) => {
  const { s } = told(
    socket('tls.test', 'c:hold() c:send("x") tmr.create():alarm(100, 0, function() c:unhold() end)', 7),
  );
  t.match(s.console(), /receive\ttrue\t1\n[\s\S]*Fatal exception 28/);
});

t.test('a buffer leaves in records of 1460 bytes, one at a time, and is told once', async (t) => {
  const script = socket('tls.test', 'c:send(("x"):rep(4000)) c:send("lost")', 7);
  const { lines } = told(
    `local n = 0 received = function(c) end\n${script}tmr.create():alarm(500, 0, function() s:close() end)`,
  );
  t.equal(lines.filter((line) => line.startsWith('sent')).length, 1);
  t.same(
    lines.filter((line) => line.startsWith('receive')).map((line) => line.split('\t')[2]),
    ['1460', '1460', '1080'],
  );
});

t.test('a verify function that fails or answers nonsense ends the handshake before it begins', async (t) => {
  for (const answer of ['error("no")', 'return {}', 'return "no certificate"']) {
    const { notes } = told(`tls.cert.verify(function() ${answer} end)\n${socket('tls.test')}`);
    t.same(
      notes,
      ['TLS: the handshake failed: the certificates or keys of tls.cert cannot be used (mbed TLS -0x7f00)'],
      answer,
    );
  }
  // Nothing to trust is not the same as no verification.
  t.same(told(`tls.cert.verify(function() end)\n${socket('tls.test')}`).notes, [
    'TLS: the handshake failed: no trusted certificate vouches for the server (mbed TLS -0x2700)',
  ]);
});

t.test('certificates in flash outlive a restart', async (t) => {
  const s = story(
    whenOnline(
      `if not file.exists("again") then
         tls.cert.verify([[${authorityPem()}]])
         file.putcontents("again", "1") node.restart()
       else
         tls.cert.verify(true)
         ${socket('unknown-ca.tls.test')}
       end`,
    ),
  );
  t.ok(s.until('reconnection\ttrue\tnil', seconds(30)));
});

t.test('a server that asks for a certificate gets it: from a function, or from flash', async (t) => {
  const own = identityFor(['lamp.test'], 'rsa');
  const pem = (label: string, base64: string): string =>
    `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
  const certificate = pem('CERTIFICATE', toBase64(own.chain[0] ?? new Uint8Array(0)));
  const key = pem('RSA PRIVATE KEY', SERVER_RSA_KEY);
  const demand = (s: Story): void => {
    service(s).config = { ...identityFor(['tls.test']), clientsFrom: [authorityCertificate()] };
  };
  const ways = [
    `tls.cert.auth(function(n) return n == 0 and [[${key}]] or n == 1 and [[${certificate}]] or nil end)`,
    `tls.cert.auth([[${certificate}]], [[${key}]])`,
  ];
  for (const way of ways) t.match(told(`${way}\n${socket('tls.test')}`, demand).lines.join(), /connection\ttrue/);
  t.same(told(socket('tls.test'), demand).notes, [
    'TLS: the handshake failed: the server refuses: handshake_failure (mbed TLS -0x7780)',
  ]);
});

t.test('three connections at most, and only with 18 KB of free heap', async (t) => {
  const many = `all = {} for i = 1, 4 do
    all[i] = tls.createConnection()
    all[i]:on("connection", function() print("up " .. i) end)
    all[i]:connect(7, "192.168.1.24")
  end tmr.create():alarm(2000, 0, function() print("over") end)`;
  const { lines, notes } = told(many);
  t.same(lines.sort(), ['up 1', 'up 2', 'up 3']);
  t.match(notes, ['TLS: no connection is made, and nobody is told: three are open already']);
  const poor = told(`${many} `, ({ device }: { device: Device }) => {
    device.events.on('uart', () => device.limitHeap(18_000));
  });
  t.match(poor.notes[0], /more than 18432 bytes of free heap/);
});

t.test('same seed, same capture to the byte; another seed, another', async (t) => {
  const capture = (seed: number): string => {
    const s = story(whenOnline(`${TRUST}${socket('tls.test')}`), { seed });
    const log = new FrameLog(s.world);
    s.until('over\n', seconds(60));
    t.ok(log.frames.length > 20);
    return log.frames.map(({ at, frame }) => `${at} ${hex(frame)}`).join('\n');
  };
  const first = capture(1);
  t.ok(first === capture(1));
  t.notOk(first === capture(2));
});
