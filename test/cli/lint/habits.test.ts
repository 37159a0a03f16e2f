import t from 'tap';
import { firmwareApi } from '../../../cli/lint/api.ts';
import { habitOf } from '../../../cli/lint/habits.ts';
import { usesOf } from '../../../cli/lint/uses.ts';

/** The releases for the first habit of a script; 'all' when it has none. */
function releases(source: string): string {
  const script = usesOf(source, firmwareApi().isModule);
  const habit = script.uses.map((use) => habitOf(use, script)).find((found) => found !== undefined);
  return habit?.releases.join(' ') ?? 'all';
}

t.test('wifi.sta.config with positions is of 1.5, with a table of every release', async (t) => {
  t.equal(releases('wifi.sta.config("a", "b")'), '1.5');
  t.equal(releases('wifi.sta.config(SSID, PASS, 1)'), '1.5');
  t.equal(releases('wifi.sta.config{ssid = "a"}'), 'all');
  t.equal(releases('wifi.sta.config(cfg)'), 'all');
  t.equal(releases('wifi.sta.config(cfg, true)'), 'all');
});

t.test('node.output with a string function is of old, with a pipe of new', async (t) => {
  t.equal(releases('node.output(function(s) c:send(s) end, 0)'), '1.5 2.2');
  t.equal(releases('function out(s) if c then c:send(s) end end node.output(out, 0)'), '1.5 2.2');
  t.equal(releases('node.output(function(p) local s = p:read(100) end, 0)'), 'all');
  t.equal(releases('node.output(nil)'), 'all');
  t.equal(releases('node.output(elsewhere, 0)'), 'all');
});

t.test('UDP objects of net.createConnection and net.createServer are of old', async (t) => {
  t.equal(releases('local c = net.createConnection(net.UDP, 0) c:connect(53, "1.1.1.1")'), '1.5');
  t.equal(releases('c = net.createConnection(net.UDP) c:send(1, "a", "b")'), '1.5 2.2');
  t.equal(releases('net.createConnection(net.TCP, false)'), '1.5 3.0');
  t.equal(releases('net.createServer(net.UDP)'), '1.5 2.2');
  t.equal(releases('net.createServer(net.TCP, 30)'), 'all');
});

t.test('the autoreconnect of mqtt is of old', async (t) => {
  t.equal(releases('m = mqtt.Client("a", 120) m:connect(host, 1883, 0, 1, function() end)'), '1.5 2.2');
  t.equal(releases('m = mqtt.Client("a", 120) m:connect(f(a, b), 1883, 0, function() end)'), 'all');
});
