/**
 * Every script of lua-examples/, run as its first line says, beside the console it is expected to leave behind.
 * `UPDATE_EXPECT=1 node --import tsx test/cli/examples.test.ts` writes the expectations anew: read the difference.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { parseCommandLine, type RunOptions } from '../../cli/args.ts';
import { planFlash } from '../../cli/flash.ts';
import { type Setup, setUp } from '../../cli/setup.ts';
import { dofileLine, Typist } from '../../cli/typist.ts';
import { type CoapStore, fromLatin1, type HostStream, ipv4, ms, seconds, toLatin1 } from '../../runtime/index.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const EXAMPLES = readdirSync(join(ROOT, 'lua-examples')).filter((name) => name.endsWith('.lua'));
const FIRST_LINE = /^-- [A-Z].*\. Run: mcubox run (lua-examples\/([a-z0-9-]+\.lua))((?: \S+)*)$/;
const LIMIT = seconds(120);
const DEVICE = ipv4(192, 168, 1, 50);
const PC = ipv4(192, 168, 1, 20);
/** Multicast DNS. */
const MDNS_GROUP = ipv4(224, 0, 0, 251);

/** Connects to the device, says something, and answers what came back until the end. */
function talk({ world }: Setup, port: number, text: string, endAfterMs?: number): () => string {
  const [pc] = world.hosts.filter((host) => host.addr === PC);
  let reply = '';
  const stream: HostStream | undefined = pc?.connect(DEVICE, port, {
    onData: (bytes) => {
      reply += toLatin1(bytes);
    },
  });
  stream?.write(fromLatin1(text));
  if (endAfterMs !== undefined) world.clock.timer('talk', () => stream?.end()).arm(ms(endAfterMs));
  return () => reply;
}

/** What happens around an example that waits for others, once the device has its address; checks what they got. */
const OTHERS: Readonly<Record<string, (setup: Setup, t: Test) => void>> = {
  'http-server.lua': (setup, t) => {
    for (const [path, expected] of [
      ['/', 'Visitor 1'],
      ['/nothing', 'No such page'],
      ['/', 'Visitor 2'],
    ] as const) {
      const reply = talk(setup, 80, `GET ${path} HTTP/1.0\r\n\r\n`);
      setup.world.runFor(seconds(1));
      t.match(reply(), expected);
    }
  },
  'tcp-echo-server.lua': (setup, t) => {
    const first = talk(setup, 2323, 'hello', 3000);
    setup.world.runFor(seconds(1));
    const second = talk(setup, 2323, 'good morning', 1000);
    setup.world.runFor(seconds(5));
    t.same([first(), second()], ['hello', 'good morning']);
  },
  'multicast.lua': ({ world }, t) => {
    const group = ipv4(239, 1, 2, 3);
    const answers: string[] = [];
    const [pc] = world.hosts.filter((host) => host.addr === PC);
    const socket = pc?.udp(6000, (bytes) => answers.push(toLatin1(bytes)));
    for (const text of ['hello, group', 'still there?', 'anybody?']) {
      socket?.send(fromLatin1(text), group, 5007);
      world.runFor(seconds(1));
    }
    t.same(answers, ['heard 1', 'heard 2'], 'nobody listens after the group was left');
  },
  'mdns.lua': ({ world }, t) => {
    const [pc] = world.hosts.filter((host) => host.addr === PC);
    const answers: string[] = [];
    const socket = pc?.udp(0, (bytes) => answers.push(toLatin1(bytes)));
    // A question for the address of esp-lamp.local, from a port that is not mDNS's own.
    socket?.send(fromLatin1(`\0\x07\0\0\0\x01${'\0'.repeat(6)}\x08esp-lamp\x05local\0\0\x01\0\x01`), MDNS_GROUP, 5353);
    world.runFor(seconds(1));
    t.equal(answers.length, 1);
    t.ok(answers[0]?.includes('\xc0\xa8\x01\x32'), 'the address is in the answer');
  },
  'coap.lua': ({ world }, t) => {
    const [pc] = world.hosts.filter((host) => host.addr === PC);
    const answers: string[] = [];
    const socket = pc?.udp(0, (bytes) => answers.push(toLatin1(bytes).replace(/^.*\xff/s, '')));
    socket?.send(fromLatin1('\x40\x01\0\x01\xb2v1\x01v\x0btemperature'), DEVICE, 5683);
    socket?.send(fromLatin1('\x40\x02\0\x02\xb2v1\x01f\x04heat\xff4'), DEVICE, 5683);
    world.runFor(seconds(1));
    t.same(answers, ['21', 'now 25']);
    const store = world.services.get('coap.test') as CoapStore;
    t.equal(toLatin1(store.stored.get('temperature') ?? new Uint8Array()), '21');
  },
};

t.test('there are examples', async (t) => {
  t.ok(EXAMPLES.length >= 12);
});

for (const name of EXAMPLES) {
  t.test(`${name} leaves the expected console behind`, async (t) => {
    const [line] = readFileSync(join(ROOT, 'lua-examples', name), 'utf8').split('\n', 1) as [string];
    const match = FIRST_LINE.exec(line);
    if (match === null) throw new Error(`the first line says neither what it shows nor how to run it: ${line}`);
    t.equal(match[2], name, 'the command names this file');
    const options = runOptions(join(ROOT, match[1] as string), (match[3] as string).trim().split(' '));
    const output = example(name, options, t);
    const path = join(ROOT, 'lua-examples', name.replace('.lua', '.expect'));
    if (process.env.UPDATE_EXPECT === '1' || !existsSync(path)) writeFileSync(path, output);
    t.equal(output, readFileSync(path, 'utf8'));
  });
}

function runOptions(path: string, args: readonly string[]): RunOptions {
  const parsed = parseCommandLine(['run', path, ...args.filter((arg) => arg !== '')]);
  if (!parsed.ok || parsed.value.kind !== 'run') throw new Error(JSON.stringify(parsed));
  return parsed.value.options;
}

/** The console from the line on that runs the script, line ends as `\n`. */
function example(name: string, options: RunOptions, t: Test): string {
  const plan = planFlash(options);
  const setup = plan.ok ? setUp(options, plan.value.files) : plan;
  if (!setup.ok) throw new Error(setup.message);
  const { world, device } = setup.value;
  let console = '';
  device.events.on('uart', (port, bytes) => {
    if (port === 0) console += toLatin1(bytes).replaceAll('\r', '');
  });
  device.events.on('crash', (_, message) => t.fail(message));
  device.events.on('scriptError', (message) => t.fail(message));
  device.start();
  const line = dofileLine(name);
  const typist = new Typist(device, [line]);
  while (!typist.done) {
    world.runFor(ms(10));
    typist.typeWhenIdle();
  }
  const others = OTHERS[name];
  if (others !== undefined) {
    world.addHost('pc.test', PC);
    world.runFor(seconds(10));
    others(setup.value, t);
  }
  t.ok(world.runUntilIdle(LIMIT), 'it comes to rest');
  world.runFor(seconds(1));
  return console.slice(console.indexOf(`> ${line}`));
}
