import t from 'tap';
import { FramePorts } from '../../bridge/frame-port.ts';
import { emitFramed } from '../../bridge/framing.ts';
import type { FramePortSpec } from '../../bridge/index.ts';
import { Startup } from '../../bridge/startup.ts';
import { describeFrame, seconds, type World, wiredWorld } from '../../runtime/index.ts';
import {
  ETHERTYPE_ARP,
  emitArp,
  emitEthernet,
  ipv4,
  MAC_BROADCAST,
  MAC_ZERO,
  type MacAddress,
} from '../../runtime/wire/index.ts';
import { FakeOutside } from '../helpers/outside.ts';

const MAC = 0x525400123456 as MacAddress;
const AT = { host: '127.0.0.1', port: 1234 };

/** "Who has the router?" */
const QUESTION = emitEthernet({
  dst: MAC_BROADCAST,
  src: MAC,
  etherType: ETHERTYPE_ARP,
  payload: emitArp({
    op: 1,
    senderMac: MAC,
    senderIp: ipv4(192, 168, 1, 77),
    targetMac: MAC_ZERO,
    targetIp: ipv4(192, 168, 1, 1),
  }),
});

function scene(...specs: readonly FramePortSpec[]) {
  const world: World = wiredWorld();
  const outside = new FakeOutside(world);
  const startup = new Startup();
  const told: string[] = [];
  new FramePorts({ world, door: outside.door, startup, say: (line) => told.push(line) }, specs);
  world.runFor(seconds(2));
  /** Frames sent on a line, described; `framed` takes off the length. */
  const frames = (line: number, framed: boolean): string[] => {
    world.runFor(seconds(1));
    return outside
      .taken()
      .flatMap(({ line: l, order }) => (l === line && order.do === 'send' ? [order.data] : []))
      .map((bytes) => describeFrame(framed ? bytes.subarray(4) : bytes));
  };
  return { world, outside, startup, told, frames };
}

t.test('everybody who connects is a machine on the LAN', async (t) => {
  const { outside, startup, told, frames } = scene({ kind: 'listen', at: AT });
  outside.arrive(1, { is: 'open', at: AT });
  t.ok(startup.settled);
  outside.door.accept(1, { host: '127.0.0.1', port: 5 });
  outside.door.accept(1, { host: '127.0.0.1', port: 6 });
  t.same(outside.said().slice(1), ['2 resume', '3 resume']);
  const bytes = emitFramed(QUESTION);
  outside.arrive(2, { is: 'data', data: bytes.subarray(0, 10) });
  t.same(frames(2, true), [], 'half a frame');
  outside.arrive(2, { is: 'data', data: bytes.subarray(10) });
  t.match(frames(2, true), [/ARP.*192\.168\.1\.1 is-at/], 'the answer is for the asker alone');
  outside.arrive(3, { is: 'data', data: bytes });
  const asker = frames(3, true);
  t.match(asker, [/is-at/], 'the switch has learned where that address is now');
  t.same(told, [
    'the LAN can be joined at 127.0.0.1:1234',
    '127.0.0.1:5 has joined the LAN',
    '127.0.0.1:6 has joined the LAN',
  ]);
});

t.test('neighbours hear each other; who leaves frees the socket of the switch', async (t) => {
  const { world, outside, told, frames } = scene({ kind: 'listen', at: AT });
  outside.door.accept(1, { path: '' });
  outside.door.accept(1, { path: '' });
  outside.said();
  outside.arrive(2, { is: 'data', data: emitFramed(QUESTION) });
  t.match(frames(3, true), [/who-has 192\.168\.1\.1/]);
  outside.arrive(2, { is: 'end' });
  t.same(outside.said(), ['2 reset']);
  outside.door.accept(1, { path: '' });
  outside.arrive(4, { is: 'data', data: emitFramed(QUESTION) });
  t.match(frames(4, true), [/is-at/]);
  t.equal(told[2], 'a local program has left the LAN');
  t.ok(world.now > 0);
});

t.test('what is no stream of frames is disconnected', async (t) => {
  const { outside, told } = scene({ kind: 'connect', to: { path: '/tmp/x' } });
  outside.arrive(1, { is: 'open' });
  outside.said();
  outside.arrive(1, { is: 'data', data: new Uint8Array(Buffer.from('SSH-2.0-OpenSSH')) });
  t.same(outside.said(), ['1 reset']);
  t.equal(told.at(-1), '/tmp/x sends no frames and was disconnected');
});

t.test('a datagram is a frame', async (t) => {
  const { outside, startup, frames } = scene({ kind: 'datagram', at: AT, to: { host: '127.0.0.1', port: 1235 } });
  t.same(outside.said(), ['1 udp {"host":"127.0.0.1","port":1235}']);
  outside.arrive(1, { is: 'open', at: AT });
  t.ok(startup.settled);
  outside.arrive(1, { is: 'data', data: QUESTION.slice() });
  t.match(frames(1, false), [/is-at/]);
});

t.test('runts, giants and floods are lost, as in a switch', async (t) => {
  const { world, outside, told } = scene({ kind: 'connect', to: AT });
  outside.arrive(1, { is: 'open' });
  let passed = 0;
  world.lan.tap(() => passed++);
  for (const length of [13, 14, 1514, 1519, 9000])
    outside.arrive(1, { is: 'data', data: emitFramed(new Uint8Array(length)) });
  world.runFor(seconds(1));
  t.equal(passed, 2);
  for (let i = 0; i < 2000; i++) outside.arrive(1, { is: 'data', data: emitFramed(new Uint8Array(1514)) });
  world.runFor(seconds(2));
  t.equal(passed, 2 + 512);
  outside.arrive(1, { is: 'closed' });
  t.match(told.at(-1), /has left the LAN, 1491 frames were lost/);
});

t.test('a port that cannot be had is told', async (t) => {
  for (const [spec, error, text] of [
    [{ kind: 'listen', at: AT }, 'EADDRINUSE', 'net: 127.0.0.1:1234 is in use by another program; choose another'],
    [{ kind: 'connect', to: { path: '/tmp/x' } }, 'ENOENT', 'net: /tmp/x does not exist'],
    [{ kind: 'connect', to: AT }, 'ECONNREFUSED', 'net: 127.0.0.1:1234 has nobody listening'],
    [{ kind: 'datagram', to: AT }, 'EADDRNOTAVAIL', 'net: 127.0.0.1:1234 is no address of this computer'],
  ] as const) {
    const { outside, startup } = scene(spec);
    outside.arrive(1, { is: 'closed', error });
    t.same(startup.failures, [text]);
  }
});
