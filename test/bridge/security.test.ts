/** What a script tries to reach, and that nothing of it leaves: orders at the door are all that ever gets out. */
import t from 'tap';
import { Bridge, type BridgeSpec, type Order } from '../../bridge/index.ts';
import { ms, seconds } from '../../runtime/index.ts';
import { attemptSeconds, attempts, FORBIDDEN, HOST_PLACES, PUBLIC } from '../helpers/attempts.ts';
import { FakeOutside } from '../helpers/outside.ts';
import { story, whenOnline } from '../helpers/story.ts';

const NONE = { forwards: [], ports: [], dhcp: true };
const USER: BridgeSpec = { ...NONE, gateway: { restrict: false, allow: [] } };
const RESTRICTED: BridgeSpec = { ...NONE, gateway: { restrict: true, allow: [] } };
/** A forward in: the one thing that restrict=yes is for. */
const FORWARD: BridgeSpec['forwards'] = [{ protocol: 'tcp', at: { host: '127.0.0.1', port: 8080 }, guestPort: 80 }];

/** Answers of this computer's resolver to one lookup after the other; the last one stays. */
type Names = Readonly<Record<string, readonly (readonly string[])[]>>;

/** Runs the script for so long; the orders that would let anything out, as text, and lines for the user. */
function escapes(script: string, spec: BridgeSpec | undefined, forSeconds: number, names: Names = {}) {
  const { world, device, console } = story(whenOnline(script));
  const said: string[] = [];
  const outside = new FakeOutside(world, spec, (line) => said.push(line));
  if (spec !== undefined) new Bridge(world, device, outside.door, spec, (line) => said.push(line));
  const asked = new Map<string, number>();
  const out: string[] = [];
  const look = (line: number, order: Order): void => {
    if (order.do === 'interfaces') outside.arrive(line, { is: 'found', addresses: ['198.51.100.7'] });
    else if (order.do === 'listen') outside.arrive(line, { is: 'open' });
    else if (order.do === 'lookup') {
      const answers = names[order.name] ?? [];
      const turn = asked.get(order.name) ?? 0;
      asked.set(order.name, turn + 1);
      outside.arrive(line, { is: 'found', addresses: answers[Math.min(turn, answers.length - 1)] ?? [] });
    } else if (order.do === 'connect' || order.do === 'udp')
      out.push(`${order.do} ${order.to !== undefined && 'host' in order.to ? order.to.host : ''}`);
    else if (order.do !== 'send') out.push(`${order.do} ${order.do === 'ping' ? order.host : ''}`);
  };
  const end = world.now + seconds(forSeconds);
  while (world.now < end) {
    for (const { line, order } of outside.taken()) look(line, order);
    world.runFor(ms(50));
  }
  return { out: [...new Set(out)], said, console: console(), asked };
}

const EVERYTHING = [...FORBIDDEN, ...HOST_PLACES, PUBLIC, '198.51.100.7'];
const LONG = attemptSeconds(EVERYTHING) + 5;

t.test('without a flag nothing is reached', async (t) => {
  const { out, console } = escapes(attempts(EVERYTHING), undefined, LONG);
  t.match(console, /tried/);
  t.same(console.match(/REACHED.*/g), ['REACHED ping 192.168.1.1'], 'the virtual router, by itself');
  t.same(out, []);
});

t.test('with restrict=yes nothing is reached, forwards or not', async (t) => {
  for (const spec of [RESTRICTED, { ...RESTRICTED, forwards: FORWARD }]) {
    const { out, console, asked } = escapes(attempts(EVERYTHING), spec, LONG);
    t.match(console, /tried/);
    t.same(out, []);
    t.same([...asked.keys()], [], 'no name is asked for either');
  }
});

t.test('with --net user the Internet is reached, and this computer by its name there alone', async (t) => {
  const { out, console, said } = escapes(attempts(EVERYTHING), USER, LONG);
  t.match(console, /tried/);
  t.same(out.sort(), ['connect 127.0.0.1', `connect ${PUBLIC}`, `ping ${PUBLIC}`, 'udp 127.0.0.1', `udp ${PUBLIC}`]);
  for (const place of ['10.0.0.1', '100.64.0.1', '198.51.100.7', '240.0.0.1'])
    t.ok(
      said.some((line) => line.includes(`-> ${place}:`)),
      `one line about ${place}`,
    );
  const reached = escapes(attempts([...FORBIDDEN, '198.51.100.7']), USER, LONG);
  t.same(reached.out, [], 'and what is forbidden opens neither of them');
});

t.test('a name that means another address at each lookup gets nowhere', async (t) => {
  const bad = ['127.0.0.1', '169.254.169.254', '10.0.0.1', '0.0.0.0', '::ffff:127.0.0.1', '::1', '198.51.100.7'];
  const names: Names = Object.fromEntries(bad.map((address, i) => [`rebind${i}.example`, [[PUBLIC], [address]]]));
  // Looks up, waits until the answer is not kept any more, and connects by the name.
  const script = `
local kept = {}
for i = 0, ${bad.length - 1} do
  local name = "rebind" .. i .. ".example"
  tmr.create():alarm(300 * i + 1, tmr.ALARM_SINGLE, function()
    net.dns.resolve(name, function(_, ip) print(name, ip) end)
  end)
  tmr.create():alarm(300 * i + 70000, tmr.ALARM_SINGLE, function()
    local c = net.createConnection()
    kept[#kept + 1] = c
    c:connect(80, name)
  end)
end`;
  const { out, console, asked } = escapes(script, USER, 90, names);
  t.match(console, new RegExp(`rebind0\\.example\t${PUBLIC.replaceAll('.', '\\.')}`));
  t.same([...asked.values()], Array(bad.length).fill(2), 'each was looked up twice');
  t.same(out, []);
});

t.test('an allowed name keeps the address it had at the start', async (t) => {
  const spec: BridgeSpec = {
    ...NONE,
    gateway: { restrict: true, allow: [{ host: 'rebind.example', port: 80 }] },
  };
  const script = 'kept = net.createConnection() kept:connect(80, "rebind.example")';
  const { out, asked } = escapes(script, spec, 20, { 'rebind.example': [[PUBLIC], ['10.0.0.1']] });
  t.same(out, [`connect ${PUBLIC}`]);
  t.equal(asked.get('rebind.example'), 1);
  const hostile = escapes(script, spec, 20, { 'rebind.example': [['127.0.0.1', '169.254.169.254']] });
  t.same(hostile.out, []);
});
