import t from 'tap';
import { readWorldFile } from '../../cli/world-file.ts';

/** What is wrong, as `line:column: message`. */
function problems(source: string): string[] {
  const read = readWorldFile(source);
  return read.ok ? [] : read.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

const DEVICE = '[[device]]\nname = "a"\n';

t.test('every key has its value', async (t) => {
  const read = readWorldFile(`seed = 7
ap = [{ ssid = "home", password = "secret123", channel = 6, bssid = "02:00:00:00:00:AA", rssi = -60 }]
[[device]]
name = "kitchen"
flash = ["a/", "b.lua"]
run = "b.lua"
type = ["=1"]
station = { ssid = "home", password = "secret123" }
lua = "5.3"
firmware = "3.0"
parts = ["dht on 2: 23.5 C 45.5 %", "dht on 2: 30 C at 1.5s", "led:pin=5", { i2c = 0x68, registers = { 0x0f = 33 } }]
pins = ["pin 4 = low at 3s", "adc = 512"]
[device.files]
"init.lua" = """
print("x")
"""
[[host]]
name = "broker.lan"
ip = "192.168.1.20"
serve = ["mqtt", "http:8080"]
listen = [9000]
[[fault]]
from = "10s"
for = 500 # milliseconds
ap = "home"
down = true
[[fault]]
loss = "5%"
device = "kitchen"
[[fault]]
service = "broker.lan:1883"
refuse = 5
`);
  if (!read.ok) return t.same(read.problems, []);
  const { seed, ap, device, host, fault } = read.file;
  t.equal(seed, 7);
  t.match(ap, [{ ssid: 'home', channel: 6, bssid: '02:00:00:00:00:aa', rssi: -60 }]);
  t.match(device[0], { name: 'kitchen', flash: ['a/', 'b.lua'], lua: '5.3', files: { 'init.lua': 'print("x")\n' } });
  t.match(device[0]?.parts, [
    { is: 'part', kind: 'dht22', pin: 2, spec: { text: 'dht22:pin=2,temperature=23.5,humidity=45.5' } },
    { is: 'change', readings: { temperature: 30 }, atUs: 1_500_000 },
    { is: 'part', kind: 'led' },
    { is: 'part', kind: 'i2c', spec: { text: 'i2c:address=104,0x0f=33' } },
  ]);
  t.same(device[0]?.pins, [
    { pin: 4, level: 0, atUs: 3_000_000 },
    { pin: 'adc', level: 512, atUs: 0 },
  ]);
  t.match(host?.[0]?.serve, [
    { kind: 'mqtt', port: 1883 },
    { kind: 'http', port: 8080 },
  ]);
  t.match(fault, [{ from: 10_000_000, for: 500_000, ap: 'home', down: true }, { loss: 0.05 }, { refuse: 5 }]);
  return undefined;
});

t.test('every mistake has its line, its column and what was meant', async (t) => {
  for (const [source, ...expected] of [
    ['seed = \n', /^1:8: not valid TOML: /],
    ['', "1:1: 'device' is missing"],
    ['[device]\nname = "a"\n', '1:2: write [[device]], with two brackets'],
    [`sead = 1\n${DEVICE}`, "1:1: unknown key 'sead'; did you mean 'seed'"],
    [`${DEVICE}nmae = "b"\n`, "3:1: unknown key 'nmae'; did you mean 'name'"],
    [`${DEVICE}firmware = "3.1"`, "3:12: '3.1' is not known; did you mean '3.0'"],
    [`${DEVICE}lua = "5.3"\nfirmware = "2.2"`, '3:7: Lua 5.3 came with firmware 3.0; 2.2 has Lua 5.1 only'],
    [`${DEVICE}${DEVICE}`, "4:8: there is another device 'a'"],
    [`${DEVICE}parts = ["led:pin=5",\n  "dth22:pin=2"]`, /^4:3: 'dth22' is not a part; there are /],
    [`${DEVICE}parts = ["dht on 2: 30 C at 1s"]`, /^3:10: no 'dht22' is wired there before/],
    [`${DEVICE}parts = [{ i2c = 0x68, registers = { 0x100 = 1 } }]`, /^3:10: '0x100' is not a register/],
    [`${DEVICE}pins = ["pin 13 = low"]`, '3:9: there is no pin 13; the firmware numbers them 0 to 12'],
    [`${DEVICE}pins = ["pin 4 is low"]`, /^3:9: 'pin 4 is low' is not understood; write pin 4 = low at 3s/],
    [`${DEVICE}[[ap]]\nssid = "x"\npassword = "short"`, /^5:12: a password has 8 to 63/],
    [`${DEVICE}[[ap]]\nssid = "x"\nchannel = 14`, "5:11: '14' is not a whole number from 1 to 13"],
    [`${DEVICE}[[ap]]\npassword = "12345678"`, "3:1: 'ssid' is missing"],
    [
      `${DEVICE}[[host]]\nname = "h"\nip = "10.0.0.7"`,
      '5:6: 10.0.0.7 is not in the network of the router, 192.168.1.1; write router = "10.0.0.1"',
    ],
    [`${DEVICE}[[host]]\nname = "h"\nip = "192.168.1.1"`, '5:6: the router has 192.168.1.1 already'],
    [`${DEVICE}[[host]]\nname = "h"\nip = "192.168.1.255"`, "5:6: '192.168.1.255' is not the address of one machine"],
    [`router = "10.0.0"\n${DEVICE}`, "1:10: '10.0.0' is not an address"],
    [
      `${DEVICE}[[host]]\nname = "h"\nip = "192.168.1.40"\nserve = ["mqqt:1883"]`,
      "6:10: unknown service 'mqqt'; did you mean 'mqtt'",
    ],
    [`${DEVICE}[[host]]\nname = "h"\nip = "192.168.1.40"\nserve = ["echo:8"]`, '6:10: echo answers at port 7 only'],
    [`${DEVICE}[[fault]]\nap = "home"\ndown = true`, "4:6: unknown access point 'home'; there is none"],
    [`${DEVICE}[[host]]\nname = "a"\nip = "192.168.1.40"`, "4:8: there is a device 'a'"],
    [`${DEVICE}[[host]]\nname = "http.test"\nip = "192.168.1.40"`, /^4:8: http.test is there by itself; give/],
    ['[[device]]\nname = ""\n', '2:8: a name has at least one letter'],
    [
      `${DEVICE}${['x', 'y'].map((ssid) => `[[ap]]\nssid = "${ssid}"\nbssid = "02:00:00:00:00:01"\n`).join('')}`,
      "8:9: there is another access point with the bssid '02:00:00:00:00:01'",
    ],
    [`${DEVICE}[[fault]]\nservice = "mqtt.tset"\nwrong = true`, /did you mean 'mqtt.test'/],
    [`${DEVICE}[[fault]]\nfrom = "soon"\nloss = "5%"`, /^4:8: 'soon' is not a duration/],
    [`${DEVICE}[[fault]]\nfrom = "1s"`, /^3:1: what goes wrong\? Write loss, delay/],
    [`${DEVICE}[[fault]]\ndeauth = "a"\nfor = "1s"`, "5:7: 'deauth' is one moment and has no 'for'"],
    [
      `${DEVICE}[[fault]]\ndhcp = "silent"\nloss = "5%"`,
      "5:8: 'loss' does not go with 'dhcp'; write another [[fault]]",
    ],
  ] as [string, ...(string | RegExp)[]][])
    t.match(problems(source), expected, source);
});

t.test('all mistakes are told at once', async (t) => {
  t.equal(problems(`sead = 1\n${DEVICE}run = []\nlua = "5.2"`).length, 3);
});
