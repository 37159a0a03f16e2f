/**
 * Our TCP, with the device's own numbers, against the Linux kernel's: as client and as server, sending and receiving 1 MiB
 * over clean and bad wires. With 20 % of the frames lost both ways nearly every loss is a time-out of a second or more
 * (two segments in flight leave no duplicate ACKs), so there the stream is 16 KiB, and 1 MiB crosses the wire as netem on
 * the kernel's interface would spoil it: only what the kernel sends is lost.
 */
import { createHash } from 'node:crypto';
import t from 'tap';
import { ms, Rng, SILENT } from '../../runtime/core/index.ts';
import { ESP8266_OPTS } from '../../runtime/stack/index.ts';
import type { MacAddress } from '../../runtime/wire/index.ts';
import { formatIpv4, ipv4 } from '../../runtime/wire/index.ts';
import { Host } from '../../runtime/world/host.ts';
import type { HostStream } from '../../runtime/world/host-stream.ts';
import { KernelNamespace, unavailable } from './namespace.ts';
import { ImpairedLink, type Impairment, plug, WallClock } from './wire.ts';

const KERNEL = '192.168.77.2';
const MIB = 1 << 20;
/** The bytes of every stream, made once: computing while the kernel waits for an ARP reply would lose the reply. */
const pattern = Uint8Array.from({ length: MIB }, (_, i) => (i ^ (i >> 8) ^ (i >> 16)) & 255);
const expect = (length: number) =>
  `${length} ${createHash('sha256').update(pattern.subarray(0, length)).digest('hex')}`;

const wires: Record<string, Impairment & { readonly length?: number }> = {
  'clean wire': { loss: 0, delay: ms(0), reorder: 0 },
  '50 ms delay': { loss: 0, delay: ms(25), reorder: 0 },
  '50 ms delay, 25 % reordered': { loss: 0, delay: ms(25), reorder: 0.25 },
  '1 % loss': { loss: 0.01, delay: ms(5), reorder: 0 },
  '5 % loss': { loss: 0.05, delay: ms(5), reorder: 0 },
  "20 % of the kernel's frames lost": { loss: 0.2, lossless: 'to-kernel', delay: ms(5), reorder: 0 },
  '20 % loss': { loss: 0.2, delay: ms(5), reorder: 0, length: 1 << 14 },
};

const why = unavailable();
if (why !== undefined && process.env.CI !== undefined)
  throw new Error(`the kernel comparison cannot run in CI: ${why}`);

t.test('streams to and from the Linux kernel arrive whole', { skip: why ?? false }, async (t) => {
  const kernel = new KernelNamespace('tcp', `${KERNEL}/24`);
  t.teardown(() => kernel.close());
  await kernel.ready;
  const wall = new WallClock();
  t.teardown(() => wall.stop());
  const links: ImpairedLink[] = [];
  plug(wall, kernel, links);

  const cases = Object.entries(wires).flatMap(([wire, impairment], w) =>
    (['client', 'server'] as const).flatMap((role, r) =>
      (['send', 'receive'] as const).map((direction, d) => ({
        wire,
        impairment,
        role,
        direction,
        id: 100 + w * 4 + r * 2 + d,
      })),
    ),
  );

  await Promise.all(
    cases.map(async ({ wire, impairment, role, direction, id }) => {
      const length = impairment.length ?? MIB;
      const expected = expect(length);
      const mac = (0x020000000000 + id) as MacAddress;
      const addr = ipv4(192, 168, 77, id);
      const link = new ImpairedLink(wall.clock, mac, impairment, (frame) => kernel.send(frame));
      links.push(link);
      const digest = createHash('sha256');
      let received = 0;
      let failure: number | undefined;
      let closed = () => {};
      const done = new Promise<void>((resolve) => {
        closed = resolve;
      });
      const use = (stream: HostStream) => {
        stream.handler = {
          onData: (bytes) => {
            digest.update(bytes);
            received += bytes.length;
          },
          onClose: (error) => {
            failure = error;
            closed();
          },
        };
        if (direction === 'send') {
          stream.write(pattern.subarray(0, length));
          stream.end();
        }
      };
      let host: Host | undefined;
      wall.enter(() => {
        host = new Host(
          `peer${id}`,
          { clock: wall.clock, rng: new Rng(id), trace: SILENT, link, resolve: () => undefined },
          {
            addr,
            netmask: ipv4(255, 255, 255, 0),
            gateway: ipv4(192, 168, 77, 1),
            stack: ESP8266_OPTS,
          },
        );
        if (role === 'server') host.listen(5000, use);
      });
      const theirs = direction === 'send' ? 'receive' : 'send';
      const port = 6000 + id;
      const peer =
        role === 'server'
          ? kernel.peer('connect', formatIpv4(addr), 5000, theirs, length)
          : kernel.peer('listen', KERNEL, port, theirs, length);
      if (role === 'client') {
        await peer.started;
        wall.enter(() => {
          const stream = host?.connect(KERNEL, port, { onOpen: () => use(stream as HostStream) });
        });
      }
      const result = await peer.result;
      t.comment(`${role}, ${direction}s, ${wire}: ${Math.round(wall.clock.now() / 1e6)} s`);
      if (result === expected) await done;
      const name = `${role}, ${direction}s ${length >> 10} KiB, ${wire}`;
      t.equal(result, expected, `${name}: the kernel's side (${link.lost} frames lost)`);
      t.equal(failure, undefined, `${name}: no error on our side`);
      if (direction === 'receive') t.equal(`${received} ${digest.digest('hex')}`, expected, `${name}: our side`);
    }),
  );
});
