import t from 'tap';
import { EMPTY, put16, u16 } from '../../runtime/core/index.ts';
import { type EchoListener, ERR, ESP8266_OPTS, HOST_OPTS } from '../../runtime/stack/index.ts';
import { emitIcmp, type Icmp, ipv4, PROTO_ICMP, parseIcmp, parseIpv4Packet } from '../../runtime/wire/index.ts';
import { Bench, ip, PEER, ROUTER_MAC, US } from '../helpers/stack.ts';

const DATA = Uint8Array.from({ length: 32 }, (_, i) => i);

const hear = (bench: Bench, message: Icmp, packet = {}): void =>
  bench.hear({ protocol: PROTO_ICMP, payload: emitIcmp(message), ...packet });

const echo = (type: 'echo-request' | 'echo-reply', id: number, seq: number, data = DATA): Icmp => ({
  type,
  id,
  seq,
  data,
});

/** Notes what it hears and eats what it is told to. */
class Ear implements EchoListener {
  readonly heard: string[] = [];
  eats: boolean;

  constructor(eats: boolean) {
    this.eats = eats;
  }

  onEchoReply(from: number, id: number, seq: number, data: Uint8Array): boolean {
    this.heard.push(`${from} ${id.toString(16)} ${seq} ${data.length}`);
    return this.eats;
  }
}

t.test('an echo request is answered with its id, number and data', async (t) => {
  const bench = new Bench();
  hear(bench, echo('echo-request', 4660, 7), { id: 99, ttl: 3 });
  const [packet, ...rest] = bench.packets();
  t.match(packet, { src: US, dst: PEER, ttl: 255, id: 99 });
  t.same(parseIcmp(packet?.payload ?? EMPTY), { ok: true, value: echo('echo-reply', 4660, 7) });
  t.same(rest, []);
});

// Seen in the firmware's own code, whose icmp_input adjusts checksums and counts on headers of 20 bytes.
t.test(
  'a device turns the request round: code and options stay, checksums are adjusted for a plain header',
  async (t) => {
    const request = emitIcmp({ type: 'other', icmpType: 8, code: 5, body: Uint8Array.of(0, 7, 0, 1, 9) });
    const bench = new Bench();
    const options = Uint8Array.of(1, 1, 1, 0);
    bench.hear({ protocol: PROTO_ICMP, payload: request });
    bench.hear({ protocol: PROTO_ICMP, payload: request, options });
    const [plain, optioned] = bench.taken().map((frame) => frame.subarray(14)) as [Uint8Array, Uint8Array];
    t.same([...plain.subarray(20, 22), ...plain.subarray(24)], [0, 5, 0, 7, 0, 1, 9]);
    t.equal(parseIpv4Packet(plain).ok && parseIcmp(plain.subarray(20)).ok, true);
    t.same(parseIpv4Packet(optioned), { ok: false, error: 'bad-checksum' });
    const zeros = emitIcmp(echo('echo-request', 0, 0, new Uint8Array(8)));
    bench.hear({ protocol: PROTO_ICMP, payload: zeros });
    t.equal(u16(bench.packets()[0]?.payload ?? EMPTY, 2), 0, 'the other zero of one’s complement');
  },
);

t.test('a device believes a reply without looking at its checksum, a host does not', async (t) => {
  for (const [opts, heard] of [
    [ESP8266_OPTS, 1],
    [HOST_OPTS, 0],
  ] as const) {
    const bench = new Bench({ opts });
    const ear = new Ear(true);
    bench.stack.icmp.register(ear);
    const payload = emitIcmp(echo('echo-reply', 1, 1));
    put16(payload, 2, 0x1234);
    bench.hear({ protocol: PROTO_ICMP, payload });
    t.equal(ear.heard.length, heard);
  }
});

t.test(
  'a report quotes 28 bytes of a packet with options on a device, eight bytes of its data on a host',
  async (t) => {
    for (const [opts, quoted] of [
      [ESP8266_OPTS, 28],
      [HOST_OPTS, 32],
    ] as const) {
      const bench = new Bench({ opts });
      bench.hear({ protocol: 99, payload: new Uint8Array(20), options: Uint8Array.of(1, 1, 1, 0) });
      t.equal(bench.packets()[0]?.payload.length, 8 + quoted);
    }
  },
);

t.test('a request from far away is answered through the gateway', async (t) => {
  const bench = new Bench();
  bench.hear(
    { protocol: PROTO_ICMP, payload: emitIcmp(echo('echo-request', 1, 1)), src: ipv4(8, 8, 8, 8) },
    ROUTER_MAC,
  );
  t.same(bench.said(), ['IP 192.168.1.50 > 8.8.8.8: ICMP echo reply, id 1, seq 1, length 40']);
});

t.test('an echo request to many is not answered', async (t) => {
  const bench = new Bench();
  for (const dst of ['192.168.1.255', '255.255.255.255', '224.0.0.1']) {
    hear(bench, echo('echo-request', 1, 1), { dst: ip(dst) });
  }
  t.same(bench.said(), []);
  t.equal(bench.stack.drops.of('icmp', 'echo-to-many'), 3);
});

t.test('a host that answers broadcasts does it with its own address', async (t) => {
  const bench = new Bench({ opts: { ...HOST_OPTS, icmpAnswersBroadcast: true } });
  hear(bench, echo('echo-request', 1, 1), { dst: ip('192.168.1.255') });
  t.match(bench.packets(), [{ src: US, dst: PEER }]);
});

t.test('an echo request goes out as asked, or says why not', async (t) => {
  const bench = new Bench();
  t.equal(bench.stack.icmp.sendEcho(PEER, 0xafaf, 1, DATA), ERR.OK);
  t.equal(bench.stack.icmp.sendEcho(PEER, 0xafaf, 2, DATA, 5), ERR.OK);
  t.same(
    bench.packets().map((p) => [p.ttl, p.payload.length]),
    [
      [255, 40],
      [5, 40],
    ],
  );
  bench.netif.setDown();
  t.equal(bench.stack.icmp.sendEcho(PEER, 0xafaf, 3, DATA), ERR.RTE);
});

t.test('a reply goes to the newest listener first and no further than to the one that eats it', async (t) => {
  const bench = new Bench();
  const [oldest, eater, newest] = [new Ear(true), new Ear(true), new Ear(false)];
  for (const ear of [oldest, eater, newest]) bench.stack.icmp.register(ear);
  hear(bench, echo('echo-reply', 0xafaf, 3));
  t.same(
    [oldest, eater, newest].map((ear) => ear.heard.length),
    [0, 1, 1],
  );
  t.same(eater.heard, [`${PEER} afaf 3 32`]);
});

t.test('who ate a reply is asked first from then on', async (t) => {
  const bench = new Bench();
  const [older, newer] = [new Ear(true), new Ear(false)];
  bench.stack.icmp.register(older);
  bench.stack.icmp.register(newer);
  hear(bench, echo('echo-reply', 1, 1));
  hear(bench, echo('echo-reply', 1, 2));
  t.same([older.heard.length, newer.heard.length], [2, 1]);
});

t.test('a listener that leaves in its own call stays away', async (t) => {
  const bench = new Bench();
  const { icmp } = bench.stack;
  const shy: EchoListener = {
    onEchoReply: () => {
      icmp.unregister(shy);
      return true;
    },
  };
  icmp.register(shy);
  hear(bench, echo('echo-reply', 1, 1));
  t.same(icmp.listeners, []);
});

t.test('while a listener waits the device is deaf to echo requests, a host is not', async (t) => {
  for (const [opts, answers] of [
    [undefined, 0],
    [HOST_OPTS, 1],
  ] as const) {
    const bench = new Bench(opts === undefined ? {} : { opts });
    const ear = new Ear(true);
    bench.stack.icmp.register(ear);
    hear(bench, echo('echo-request', 1, 1));
    t.equal(bench.said().length, answers);
    bench.stack.icmp.unregister(ear);
    hear(bench, echo('echo-request', 1, 2));
    t.equal(bench.said().length, 1);
  }
});

t.test('errors of others and unknown messages are only counted', async (t) => {
  const bench = new Bench();
  hear(bench, { type: 'unreachable', code: 3, original: new Uint8Array(28) });
  hear(bench, { type: 'time-exceeded', code: 0, original: new Uint8Array(28) });
  hear(bench, { type: 'other', icmpType: 13, code: 0, body: new Uint8Array(16) });
  bench.hear({ protocol: PROTO_ICMP, payload: Uint8Array.of(8, 0, 1, 2, 0, 0, 0, 0) });
  t.same(bench.said(), []);
  const { drops } = bench.stack;
  t.same(
    ['unreachable', 'time-exceeded', 'bad-type', 'bad-checksum'].map((reason) => drops.of('icmp', reason)),
    [1, 1, 1, 1],
  );
});
