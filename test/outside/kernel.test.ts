/**
 * The Linux kernel and its tools on the raw port: a TAP interface made by socat, in a namespace of the test's own,
 * joined to the virtual LAN one frame per datagram.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Namespace } from '../helpers/netns.ts';
import { missing, missingNamespaces } from '../helpers/programs.ts';
import { tsharkComplaints, tsharkFields } from '../helpers/tshark.ts';

const DEVICE = '192.168.1.50';
/** The ends of the wire on the namespace's loopback. */
const [TAP_PORT, LAN_PORT] = [7000, 7001];
const WIRE = `dgram,local.port=${LAN_PORT},remote.port=${TAP_PORT}`;
const skip = missingNamespaces() || missing('socat');

// Each in a namespace of its own.
t.jobs = 3;

const SCRIPT = `
net.createServer(30):listen(80, function(c)
  c:on("receive", function(c) c:send("HTTP/1.0 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nhi\\n") end)
  c:on("sent", function(c) c:close() end)
end)
net.createServer(30):listen(5001, function(c) c:on("receive", function() end) end)
function upload()
  local s, stop, chunk = net.createConnection(), false, ("\\0"):rep(1460)
  s:on("connection", function(c) c:send(chunk) end)
  s:on("sent", function(c) if stop then c:close() else c:send(chunk) end end)
  s:connect(5002, "192.168.1.200")
  tmr.create():alarm(2000, tmr.ALARM_SINGLE, function() stop = true print("uploaded") end)
end
wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function(t)
  print("online " .. t.IP .. " via " .. t.gateway)
  local ok, err = net.createServer(30):listen(8080, function(c) c:close() upload() end)
end)`;

t.test('the kernel joins the LAN', { skip }, async (t) => {
  const ns = new Namespace(t);
  const dir = t.testdir({ 'init.lua': SCRIPT });
  await ns.tap('192.168.1.200/24', TAP_PORT, LAN_PORT);
  const capture = join(dir, 'tap.pcapng');
  const tshark = ns.program('tshark', '-i', 'tap0', '-w', capture, '-q');
  await tshark.said('Capturing on');
  const box = ns.mcubox('run', dir, '--net', WIRE);
  await box.said(`online ${DEVICE} via 192.168.1.1`);

  await t.test('arping', { skip: missing('arping') }, async (t) => {
    const out = await ns.output('arping', '-c', '3', '-w', '5', '-I', 'tap0', DEVICE);
    t.match(out, /Received 3 response/);
    t.match(out, /5C:CF:7F:12:34:56/i);
  });

  await t.test('ping with 1400 bytes, and a bounded flood', { skip: missing('ping') }, async (t) => {
    const large = await ns.output('ping', '-n', '-c', '5', '-i', '0.2', '-s', '1400', DEVICE);
    t.match(large, / 0% packet loss/);
    t.comment(/rtt .*/.exec(large)?.[0]);
    const flood = await ns.output('ping', '-n', '-q', '-f', '-c', '1000', '-w', '20', DEVICE);
    t.match(flood, /1000 packets transmitted, 1000 received, 0% packet loss/);
    t.comment(/rtt .*/.exec(flood)?.[0]);
  });

  await t.test('dig', { skip: missing('dig') }, async (t) => {
    const dig = (...args: string[]) => ns.output('dig', '@192.168.1.1', '+tries=1', '+time=2', ...args);
    t.equal(await dig('+short', 'http.test'), '192.168.1.10\n');
    t.match(await dig('nobody.test'), /status: NXDOMAIN/);
    t.match(await dig('AAAA', 'http.test'), /status: NOERROR.*ANSWER: 0/s);
    t.match(await dig('+noedns', 'http.test', '+nocookie'), /http\.test\..*IN\s+A\s+192\.168\.1\.10/);
  });

  await t.test('curl of the device, and of a service of the world', { skip: missing('curl') }, async (t) => {
    t.equal(await ns.output('curl', '-sS', `http://${DEVICE}/`), 'hi\n');
    t.match(await ns.output('curl', '-sS', 'http://192.168.1.10/get?from=kernel'), /"from": "kernel"/);
  });

  await t.test('nmap', { skip: missing('nmap') }, async (t) => {
    const out = await ns.output('nmap', '-sT', '-Pn', '-n', '-p', '1-500,5001,8080', DEVICE);
    t.match(out, /80\/tcp +open/);
    t.match(out, /5001\/tcp +open/);
    t.match(out, /Not shown: 499 closed/);
  });

  await t.test('iperf in both directions', { skip: missing('iperf') }, async (t) => {
    const server = ns.program('iperf', '-s', '-p', '5002', '-P', '1');
    const down = await ns.output('iperf', '-c', DEVICE, '-p', '5001', '-t', '2', '-f', 'k');
    const rate = Number(/([\d.]+) Kbits\/sec/.exec(down)?.[1]);
    t.ok(rate > 1000, `to the device ${rate} kbit/s`);
    // Whoever connects to 8080 makes the device upload.
    await ns.output('curl', '-s', '--max-time', '2', `http://${DEVICE}:8080/`);
    await box.said('uploaded');
    const up = await server.said(/ ([\d.]+) ([KM])bits\/sec/);
    t.ok(Number(up[1]) > 0, `from the device ${up[1]} ${up[2]}bit/s`);
  });

  t.equal(await box.stop(), 0);
  await tshark.stop();
  t.ok(existsSync(capture));
  const packets = tsharkFields(capture, 'frame', ['frame.number']).length;
  // A port scan is retransmissions and resets by nature; what must not be there is anything malformed or a bad sum.
  t.same(tsharkComplaints(capture, 'tcp.analysis.flags || tcp.flags.reset == 1'), [], `${packets} frames`);
});

t.test(
  "dnsmasq leases to the device, while the router's own server is off",
  { skip: skip || missing('dnsmasq') },
  async (t) => {
    const ns = new Namespace(t);
    const dir = t.testdir({
      'init.lua':
        'wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function(t) print("online " .. t.IP .. " via " .. t.gateway) end)',
    });
    await ns.tap('192.168.1.200/24', TAP_PORT, LAN_PORT);
    const dnsmasq = ns.program(
      'dnsmasq',
      '--no-daemon',
      '--conf-file=/dev/null',
      '--no-resolv',
      '--port=0',
      '--interface=tap0',
      '--log-dhcp',
      '--user=root',
      `--dhcp-leasefile=${join(dir, 'leases')}`,
      '--dhcp-range=192.168.1.100,192.168.1.110,1h',
      '--dhcp-option=option:router,192.168.1.1',
    );
    await dnsmasq.said('DHCP, IP range');
    const box = ns.mcubox('run', dir, '--net', `${WIRE},dhcp=off`);
    await box.said(/online 192\.168\.1\.1(0\d|10) via 192\.168\.1\.1\r/);
    t.match(dnsmasq.stderr, /DHCPACK\(tap0\) 192\.168\.1\.1\d\d 5c:cf:7f:12:34:56 NODE-123456/);
    t.equal(await box.stop(), 0);
  },
);

t.test("udhcpc leases from the device's own access point", { skip: skip || missing('udhcpc', 'curl') }, async (t) => {
  const ns = new Namespace(t);
  const dir = t.testdir({
    'init.lua': `
wifi.setmode(wifi.SOFTAP)
wifi.ap.config({ ssid = "esp", pwd = "secret123" })
net.createServer(30):listen(80, function(c)
  c:on("receive", function(c) c:send("HTTP/1.0 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nhi\\n") end)
  c:on("sent", function(c) c:close() end)
end)
print("access point")`,
    // What udhcpc runs when it has a lease.
    script:
      '#!/bin/sh\n[ "$1" = bound ] && ip addr add "$ip/$mask" dev "$interface" && echo "bound $ip router $router"\nexit 0\n',
  });
  await ns.output('chmod', '+x', join(dir, 'script'));
  await ns.tap(undefined, TAP_PORT, LAN_PORT);
  const box = ns.mcubox('run', dir, '--net', `${WIRE},wifi=esp,password=secret123`);
  await box.said('access point');
  const udhcpc = ns.program('udhcpc', '-f', '-i', 'tap0', '-q', '-n', '-t', '8', '-T', '2', '-s', join(dir, 'script'));
  await udhcpc.said(/bound 192\.168\.4\.2 router 192\.168\.4\.1/);
  await box.said(/has joined 'esp'/);
  t.equal(await udhcpc.end(), 0);
  t.equal(await ns.output('curl', '-sS', '--max-time', '10', 'http://192.168.4.1/'), 'hi\n');
  t.equal(await box.stop(), 0);
});
