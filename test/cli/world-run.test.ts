import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { mcubox } from '../../cli/mcubox.ts';
import { runCommand } from '../helpers/command.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const HOUSE = join(ROOT, 'lua-examples/world/house.toml');

async function command(...args: string[]): Promise<{ code: number; out: string; raw: string; err: string[] }> {
  let raw = '';
  const err: string[] = [];
  const code = await mcubox(['run', ...args], {
    out: async (bytes) => {
      raw += Buffer.from(bytes).toString('latin1');
      return true;
    },
    err: (line) => err.push(line),
    onInterrupt: () => () => {},
  });
  return { code, raw, out: raw.replaceAll('\r', ''), err };
}

const TALK = '[[device]]\nname = "a"\nflash = "site"\n[[device]]\nname = "b"\ntype = ["=1"]\n';

/** Runs a world of the files; `world.toml` is the world. */
const world = (t: Test, files: Record<string, string>, ...options: string[]) =>
  command('--world', join(t.testdir(files), 'world.toml'), ...options);

t.test('two devices talk, a pin goes down at 3 s, the network goes away for a while', async (t) => {
  const { code, out, err } = await command('--world', HOUSE, '--for', '31s');
  t.same([code, err], [0, []]);
  t.match(out, /^kitchen\| register 0\t33$/m, 'an I2C device is a map of registers');
  t.match(out, /^kitchen\| > door bell\t0\t3\.0000\d+$/m);
  t.match(out, /^hall\| .*kitchen says\t23\.5 C 45\.5 %\n[\s\S]*hall\| lost the network\t\d+\n/m);
  t.match(
    out,
    /lost the network[\s\S]*hall\| .*kitchen says\t30 C 40 %/m,
    'and the sensor shows something else since 15 s',
  );
  t.equal((await command('--world', HOUSE, '--for', '31s')).out, out, 'twice the same');
});

t.test('one device alone has its console unchanged', async (t) => {
  const { raw } = await world(t, { 'world.toml': '[[device]]\ntype = ["print(1)"]' });
  t.ok(raw.endsWith('> print(1)\r\n1\r\n> '), JSON.stringify(raw.slice(-40)));
});

t.test('an expectation is met by any device, an error has the name of its device', async (t) => {
  const two = (second: string) => ({
    'world.toml': `[[device]]\nname = "a"\n[[device]]\nname = "b"\ntype = ['${second}']`,
  });
  t.equal((await world(t, two('print("rea".."dy")'), '--expect-text', 'ready', '--for', '10s')).code, 0);
  const { code, err } = await world(t, two('error("no")'));
  t.equal(code, 1);
  t.match(err.at(-1), /^b: script error: .*no \(at .* s, seed 1\)$/);
});

t.test("services of hosts are there, refuse for a while, and the seed is the file's unless given", async (t) => {
  const files = {
    'world.toml': `seed = 9
[[device]]
run = "mqtt.lua"
[[host]]
name = "broker.lan"
ip = "192.168.1.20"
serve = ["mqtt:2883"]
[[fault]]
for = "8s"
service = "broker.lan"
refuse = true`,
    'mqtt.lua': `local function try()
  mqtt.Client("x", 60):connect("broker.lan", 2883, function() print("connected") error("enough") end,
    function(_, why) print("refused", why) tmr.create():alarm(2000, tmr.ALARM_SINGLE, try) end)
end
tmr.create():alarm(4000, tmr.ALARM_SINGLE, try)`,
  };
  const { out, err } = await world(t, files);
  t.match(out, /refused\t-\d\n[\s\S]*connected\n/);
  t.match(err.at(-1), /seed 9\)$/);
  t.match((await world(t, files, '--seed', '3')).err.at(-1), /seed 3\)$/);
});

t.test('the run waits for faults and pins that are still to come', async (t) => {
  const { out } = await world(t, {
    'world.toml': '[[device]]\nrun = "a.lua"\npins = ["pin 3 = low at 60s"]',
    'a.lua': 'gpio.mode(3, gpio.INT)\ngpio.trig(3, "down", function() print("down") end)',
  });
  t.match(out, /down\n/);
});

t.test('a recorded world is repeated without the files its flash was made of', async (t) => {
  const toml = `${TALK}[[fault]]\nfrom = "1s"\nfor = "1s"\nloss = "30%"`;
  const dir = t.testdir({ 'world.toml': toml, site: { 'init.lua': 'print("site", node.random(1, 1000000))' } });
  const recording = join(dir, 'run.rec');
  const recorded = ['--world', join(dir, 'world.toml'), '--record', recording, '--pace', '50', '--for', '3s'];
  const { code, out } = await command(...recorded);
  t.equal(code, 0);
  t.match(out, /^a\| site\t\d+\n/m);
  rmSync(join(dir, 'site'), { recursive: true });
  rmSync(join(dir, 'world.toml'));
  const again = await runCommand('replay', recording);
  t.match(again, { code: 0, err: ['console and capture are those of the recording, byte for byte'] });
  t.equal(again.out, out);
  writeFileSync(recording, readFileSync(recording, 'utf8').replace('"lines":["=1"]', '"lines":["=2"]'));
  t.match((await runCommand('replay', recording)).err.at(-1), 'the replay differs from the recording');
});

t.test('what is wrong has the place in the file', async (t) => {
  const { code, err } = await world(t, { 'world.toml': '[[device]]\nnmae = "a"' });
  t.equal(code, 2);
  t.match(err, [/world\.toml:2:1: unknown key 'nmae'; did you mean 'name'$/]);
  t.match((await command('--world', 'missing.toml')).err, [/^cannot read missing\.toml: /]);
  t.match((await command('--world', HOUSE, '--hostfwd', 'tcp::0-kichen:80')).err, [
    "--hostfwd: no device or host is called 'kichen'; did you mean 'kitchen'",
  ]);
});

t.test('a script with the addresses of its own home finds its router, its broker and itself there', async (t) => {
  const script = `
    wifi.sta.setip{ip = "192.168.178.60", netmask = "255.255.255.0", gateway = "192.168.178.254"}
    local function at(broker) local m = mqtt.Client("x", 60)
      m:connect(broker, 1883, false, function() print("connected to", broker, wifi.sta.getip()) m:close() end,
        function(_, why) print(broker, why) end) end
    tmr.create():alarm(4000, tmr.ALARM_SINGLE, function() at("192.168.178.10") at("192.168.178.50") end)`;
  const other = `tmr.create():alarm(4000, tmr.ALARM_SINGLE, function() print(wifi.sta.getip())
    net.dns.resolve("http.test", function(_, ip) print("http.test", ip) end) end)`;
  const file = `router = "192.168.178.254"
    device = [{ name = "a", run = "a.lua" }, { name = "b", run = "b.lua" }]
    host = [{ name = "pi", ip = "192.168.178.10", serve = ["mqtt"] }, { name = "nas", ip = "192.168.178.50", serve = ["mqtt"] }]`;
  const { out } = await world(t, { 'world.toml': file, 'a.lua': script, 'b.lua': other }, '--for', '8s');
  for (const broker of [10, 50])
    t.match(out, `connected to\t192.168.178.${broker}\t192.168.178.60\t255.255.255.0\t192.168.178.254\n`);
  t.match(out, 'b| http.test\t192.168.178.30\n', 'the service has moved');
  t.match(out, 'b| > 192.168.178.52\t255.255.255.0\t192.168.178.254\n', 'no lease is the address of a host');
});

t.test('a recording that breaks off is repeated to there, and is not written over', async (t) => {
  const dir = t.testdir({});
  const [recording, cut] = [join(dir, 'r.rec'), join(dir, 'cut.rec')];
  await runCommand('run', '-e', 'print("recorded")', '--record', recording, '--for', '1s');
  t.match(await runCommand('replay', recording, '--pcap', recording), { code: 2, err: [/would write over/] });
  t.match(await runCommand('replay', recording), { code: 0, out: '\nrecorded\n' });
  const text = readFileSync(recording, 'utf8');
  writeFileSync(cut, text.slice(0, text.lastIndexOf('{"end"') + 20));
  t.match(await runCommand('replay', cut), { code: 0, err: ['the recording broke off here'] });
});
