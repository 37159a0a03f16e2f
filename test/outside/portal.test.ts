/** The setup portal, gone through by programs that stand for a phone: a DHCP client, a resolver, curl. */
import { join } from 'node:path';
import t from 'tap';
import { Namespace } from '../helpers/netns.ts';
import { missing, missingNamespaces } from '../helpers/programs.ts';

const [TAP_PORT, LAN_PORT] = [7000, 7001];
const skip = missingNamespaces() || missing('socat', 'udhcpc', 'dig', 'curl');

t.test('a lease, every name, the page and the form', { skip }, async (t) => {
  const ns = new Namespace(t);
  const dir = t.testdir({
    'init.lua': `enduser_setup.start("setup", function() print("connected " .. wifi.sta.getip()) end, print)
      local function look()
        if wifi.getmode() == wifi.STATIONAP then print("open") return end
        tmr.create():alarm(200, tmr.ALARM_SINGLE, look)
      end
      look()`,
    // What udhcpc runs when it has a lease.
    script:
      '#!/bin/sh\n[ "$1" = bound ] && ip addr add "$ip/$mask" dev "$interface" && echo "bound $ip router $router dns $dns"\nexit 0\n',
  });
  await ns.output('chmod', '+x', join(dir, 'script'));
  await ns.tap(undefined, TAP_PORT, LAN_PORT);
  const wire = `dgram,local.port=${LAN_PORT},remote.port=${TAP_PORT},wifi=setup`;
  const box = ns.mcubox('run', dir, '--net', wire, '--blank-wifi', '--ap', 'home,password=secret123');
  await box.said('open');
  await box.said(/has joined 'setup'/);
  const udhcpc = ns.program('udhcpc', '-f', '-i', 'tap0', '-q', '-n', '-t', '20', '-T', '1', '-s', join(dir, 'script'));
  await udhcpc.said(/bound 192\.168\.4\.2 router 192\.168\.4\.1 dns 192\.168\.4\.1/);

  const dig = (...args: string[]) => ns.output('dig', '@192.168.4.1', '+tries=1', ...args, 'captive.apple.com');
  t.match(await dig('+short', 'A'), '192.168.4.1');
  // Whatever the question, the answer is to one for an A record; dig waits on for its own.
  t.match(await dig('+time=1', 'AAAA'), 'got captive.apple.com/A/IN');

  const dns = ['nodemcu.portal', 'connectivitycheck.gstatic.com'].flatMap((n) => ['--resolve', `${n}:80:192.168.4.1`]);
  const curl = (...args: string[]) => ns.output('curl', '-sS', '--max-time', '15', ...dns, ...args);
  const page = await curl('-L', '-w', '%{url_effective}', 'http://connectivitycheck.gstatic.com/generate_204');
  t.match(page, /name="wifi_ssid"[\s\S]*http:\/\/nodemcu\.portal\/$/);
  const networks = JSON.parse(await curl('http://192.168.4.1/aplist')) as { ssid: string }[];
  t.ok(networks.some(({ ssid }) => ssid === 'home'));

  const form = ['--data-urlencode', 'wifi_ssid=home', '--data-urlencode', 'wifi_password=secret123'];
  t.match(await curl('-i', ...form, 'http://nodemcu.portal/setwifi'), 'Location: /?trying=true');
  await box.said('connected 192.168.1.50');
  t.match(await curl('http://nodemcu.portal/status'), 'Connected to "home" (192.168.1.50).');
});
