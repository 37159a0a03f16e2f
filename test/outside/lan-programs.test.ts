/**
 * Programs on the virtual LAN through the raw port: they ask the device (mDNS, CoAP) and are asked by it (NTP, CoAP), and
 * use the services of the world. In a namespace of the test's own.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Namespace } from '../helpers/netns.ts';
import { missing, missingNamespaces, missingPython, type Program, PYTHON } from '../helpers/programs.ts';

const DEVICE = '192.168.1.50';
const HERE = '192.168.1.200';
/** The ends of the wire on the namespace's loopback. */
const [TAP_PORT, LAN_PORT] = [7000, 7001];
const skip = missingNamespaces() || missing('socat');

// Each in a namespace of its own.
t.jobs = 5;

interface Lan {
  readonly ns: Namespace;
  readonly box: Program;
}

/** A device whose script runs once it is online, and `tap0` on the same LAN. */
async function lan(t: Test, script: string): Promise<Lan> {
  const ns = new Namespace(t);
  const dir = t.testdir({
    'init.lua': `wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()\n${script}\nend)`,
  });
  await ns.tap(`${HERE}/24`, TAP_PORT, LAN_PORT);
  const box = ns.mcubox('run', dir, '--net', `dgram,local.port=${LAN_PORT},remote.port=${TAP_PORT}`);
  return { ns, box };
}

const BROWSER = `
import sys, time
from zeroconf import ServiceBrowser, Zeroconf
class Listener:
    def add_service(self, zc, kind, name):
        info = zc.get_service_info(kind, name, 5000)
        if info: print(name, info.server, info.parsed_addresses(), info.port, info.properties, flush=True)
    def update_service(self, *args): pass
    def remove_service(self, *args): pass
zc = Zeroconf(interfaces=[sys.argv[1]])
ServiceBrowser(zc, "_http._tcp.local.", Listener())
time.sleep(20)
`;

t.test('zeroconf of Python finds the device', { skip: skip || missingPython('zeroconf') }, async (t) => {
  const { ns, box } = await lan(
    t,
    'mdns.register("lamp", { description = "A lamp", service = "http", port = 8080, colour = "red" }) print("registered")',
  );
  await box.said('registered');
  const browser = ns.program(PYTHON, '-c', BROWSER, HERE);
  const [found] = await browser.said(/A lamp.*\n/);
  t.match(found, "A lamp._http._tcp.local. lamp.local. ['192.168.1.50'] 8080");
  t.match(found, "b'colour': b'red'");
  await browser.stop('SIGKILL');
});

t.test('chronyd tells the device the time', { skip: skip || missing('chronyd') }, async (t) => {
  const { ns, box } = await lan(
    t,
    `local function ask()
       sntp.sync("${HERE}", function(sec, usec, server, info)
         print("time " .. sec .. " from " .. server .. " stratum " .. info.stratum .. " leap " .. info.leap)
       end, function(code) print("no time " .. code) tmr.create():alarm(500, tmr.ALARM_SINGLE, ask) end)
     end
     ask()`,
  );
  await box.said('no time');
  const dir = t.testdir({});
  mkdirSync(join(dir, 'run'), { mode: 0o700 });
  writeFileSync(
    join(dir, 'chrony.conf'),
    `local stratum 3\nallow all\nuser root\npidfile ${dir}/run/pid\nbindcmdaddress /\ncmdport 0\n`,
  );
  const chronyd = ns.program('chronyd', '-d', '-x', '-f', join(dir, 'chrony.conf'));
  await chronyd.said('chronyd version');
  const [, seconds = ''] = await box.said(/time (\d+) from 192\.168\.1\.200 stratum 3 leap 0/);
  const off = Math.abs(Number(seconds) - Date.now() / 1000);
  t.ok(off < 2, `${off.toFixed(2)} s from this computer's clock`);
});

const COAP = `
  local s = coap.Server()
  temperature = 21
  function heat(payload) temperature = temperature + tonumber(payload) return "now " .. temperature end
  s:var("temperature") s:func("heat") s:listen(5683)
  print("serving")
  local c = coap.Client()
  tmr.create():alarm(1000, tmr.ALARM_AUTO, function()
    c:put(coap.CON, "coap://${HERE}:5683/example_data", "from the device")
    c:get(coap.CON, "coap://${HERE}:5683/time")
  end)`;

t.test(
  "libcoap's client and server",
  { skip: skip || missing('coap-client-notls', 'coap-server-notls') },
  async (t) => {
    const { ns, box } = await lan(t, COAP);
    await box.said('serving');
    const ask = (...args: string[]) => ns.output('coap-client-notls', '-B', '5', ...args);
    const uri = `coap://${DEVICE}/v1`;
    t.match(await ask('-m', 'get', `${uri}/v/temperature`), /^21\n/);
    t.match(await ask('-m', 'post', '-e', '4', `${uri}/f/heat`), /^now 25\n/);
    t.match(await ask('-m', 'get', `coap://${DEVICE}/.well-known/core`), '</v1/v/temperature>');
    t.match(await ask('-v', '7', '-m', 'get', `${uri}/id/nothing`), /4\.04/);
    const world = 'coap://192.168.1.16';
    t.match(await ask('-m', 'get', `${world}/hello`), /^hello\n/);
    await ask('-m', 'put', '-e', 'kept', `${world}/store/a`);
    t.match(await ask('-m', 'get', '-N', `${world}/store/a`), /^kept\n/);

    const server = ns.program('coap-server-notls', '-A', HERE, '-p', '5683', '-v', '7', '-d', '10');
    await server.said(/PUT.*example_data[\s\S]*from the device/);
    t.ok(await server.said(/ACK.*2\.0[14]/), 'the server has what the device put, and answered it');
  },
);

t.test(
  'curl and logger use mail, TFTP and syslog of the world',
  { skip: skip || missing('curl', 'logger') },
  async (t) => {
    const { ns, box } = await lan(
      t,
      `local s = net.createUDPSocket() s:send(514, "192.168.1.22", "<14>hello") print("online")`,
    );
    await box.said('online');
    const dir = t.testdir({ mail: 'Subject: hi\n\n.a dot\n', file: 'x'.repeat(1500) });
    const curl = (...args: string[]) => ns.output('curl', '-sS', '--max-time', '10', ...args);
    const mail = [
      '--mail-from',
      'a@b.test',
      '--mail-rcpt',
      'c@d.test',
      '-T',
      join(dir, 'mail'),
      '--user',
      'me:secret',
      '-v',
    ];
    t.match(await curl(...mail, 'smtp://192.168.1.21/me'), /250 2\.0\.0 Ok: queued as 1/);
    t.equal(await curl('-T', join(dir, 'file'), 'tftp://192.168.1.23/file'), '');
    t.equal(await curl('tftp://192.168.1.23/file'), 'x'.repeat(1500));
    t.match(await curl('tftp://192.168.1.23/none'), /^curl: \(68\)/, 'CURLE_TFTP_NOTFOUND');
    t.equal(await ns.output('logger', '--udp', '--server', '192.168.1.22', '--rfc5424', 'from a program'), '');
  },
);

const WEBSOCKETS = `
import asyncio, sys, websockets
async def main():
    async with websockets.connect(sys.argv[1], subprotocols=["chat"]) as ws:
        await ws.send("hello")
        await ws.send("x" * 70000)
        print(ws.subprotocol, await ws.recv(), len(await ws.recv()), flush=True)
        await (await ws.ping())
    print("closed", ws.close_code, flush=True)
asyncio.run(main())
`;

t.test('a WebSocket client of Python talks to ws.test', { skip: skip || missingPython('websockets') }, async (t) => {
  const { ns, box } = await lan(t, 'print("online")');
  await box.said('online');
  t.equal(await ns.output(PYTHON, '-c', WEBSOCKETS, 'ws://192.168.1.15/'), 'chat hello 70000\nclosed 1000\n');
});
