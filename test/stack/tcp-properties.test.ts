import fc from 'fast-check';
import t from 'tap';
import { type Micros, ms, Rng, SILENT, us, VirtualClock } from '../../runtime/core/index.ts';
import { ERR } from '../../runtime/stack/err.ts';
import { ESP8266_OPTS, HOST_OPTS, type StackOptions } from '../../runtime/stack/opts.ts';
import { TcpLayer } from '../../runtime/stack/tcp.ts';
import type { TcpHandlers, TcpPcb } from '../../runtime/stack/tcp-pcb.ts';
import { emitTcp, IPV4_ANY, type Ipv4Address, ipv4, type Tcp } from '../../runtime/wire/index.ts';
import { arbBytes } from '../helpers/arb.ts';

const A = ipv4(10, 0, 0, 1);
const B = ipv4(10, 0, 0, 2);

interface Faults {
  readonly loss: number;
  readonly duplicate: number;
  readonly reorder: number;
}

/** Two layers and the wire between them. */
class Pair {
  readonly clock = new VirtualClock();
  readonly a: TcpLayer;
  readonly b: TcpLayer;
  /** Segments on the wire in either direction so far. */
  segments = 0;
  faults: Faults;
  readonly #dice: Rng;

  constructor(seed: number, faults: Faults, a: StackOptions, b: StackOptions) {
    this.faults = faults;
    this.#dice = new Rng(seed, 'wire');
    this.a = this.#layer(new Rng(seed, 'a'), A, a, () => this.b);
    this.b = this.#layer(new Rng(seed, 'b'), B, b, () => this.a);
  }

  #layer(rng: Rng, own: Ipv4Address, opts: StackOptions, other: () => TcpLayer): TcpLayer {
    const output = (tcp: Tcp, src: Ipv4Address, dst: Ipv4Address) => {
      this.segments++;
      const bytes = emitTcp(tcp, src, dst);
      const copies = this.#dice.chance(this.faults.loss) ? 0 : this.#dice.chance(this.faults.duplicate) ? 2 : 1;
      for (let i = 0; i < copies; i++) {
        const delay = this.#dice.chance(this.faults.reorder) ? this.#dice.below(50_000) : 2000;
        this.clock.timer('wire', () => other().input(bytes, src, dst)).arm(us(delay));
      }
      return ERR.OK;
    };
    return new TcpLayer(
      { clock: this.clock, rng, trace: SILENT, routeSource: () => own, isBroadcast: () => false, output },
      opts,
    );
  }

  /** Runs until nothing is armed, at most this long. */
  runIdle(limitMs: number): boolean {
    for (let next = this.clock.nextAt; next !== undefined; next = this.clock.nextAt) {
      if (next > limitMs * 1000) return false;
      this.clock.step();
    }
    return true;
  }

  run(forMs: number): void {
    this.clock.runUntil((this.clock.now() + ms(forMs)) as Micros);
  }
}

/** Sends `data` as space allows and closes when all of it is acknowledged; collects what arrives. */
class Talker {
  readonly got: number[] = [];
  ended: string | undefined = undefined;
  readonly #data: Uint8Array;
  readonly #chunk: number;
  #at = 0;
  #acked = 0;

  constructor(data: Uint8Array, chunk: number) {
    this.#data = data;
    this.#chunk = chunk;
  }

  /** Everything of ours is acknowledged. */
  get done(): boolean {
    return this.#acked === this.#data.length;
  }

  handlers(): TcpHandlers {
    return {
      connected: (pcb) => this.fill(pcb),
      sent: (pcb, length) => {
        this.#acked += length;
        this.fill(pcb);
      },
      recv: (pcb, data) => {
        if (data === undefined) {
          this.ended = 'fin';
          return pcb.close();
        }
        for (const byte of data) this.got.push(byte);
        pcb.recved(data.length);
        return ERR.OK;
      },
      error: (code) => {
        this.ended ??= `error ${code}`;
      },
    };
  }

  fill(pcb: TcpPcb): void {
    while (this.#at < this.#data.length) {
      const piece = this.#data.subarray(this.#at, this.#at + Math.min(this.#chunk, pcb.sndBuf));
      if (piece.length === 0 || pcb.write(piece) !== ERR.OK) break;
      this.#at += piece.length;
    }
    pcb.output();
  }
}

/** Both sides say something at the same time; when both have been heard the client closes. */
function conversation(pair: Pair, up: Uint8Array, down: Uint8Array, chunk: number): { client: Talker; server: Talker } {
  const client = new Talker(up, chunk);
  const server = new Talker(down, chunk);
  const listener = pair.b.newPcb();
  listener.bind(IPV4_ANY, 80);
  listener.listen();
  listener.handlers = {
    accepted: (child) => {
      child.handlers = server.handlers();
      server.fill(child);
    },
  };
  const pcb = pair.a.newPcb();
  pcb.handlers = client.handlers();
  pcb.connect(B, 80);
  for (let i = 0; i < 600 && client.ended === undefined; i++) {
    pair.run(500);
    if (client.done && server.done && client.got.length === down.length && server.got.length === up.length) break;
  }
  // The wire is clean from here on: the end of a conversation is not what lwIP retries for ever.
  pair.faults = { loss: 0, duplicate: 0, reorder: 0 };
  listener.close();
  if (!pcb.freed) pcb.close();
  return { client, server };
}

const same = (got: readonly number[], want: Uint8Array): boolean =>
  got.length === want.length && got.every((byte, i) => byte === want[i]);

const ROLES: readonly (readonly [string, StackOptions, StackOptions])[] = [
  ['device to host', ESP8266_OPTS, HOST_OPTS],
  ['host to device', HOST_OPTS, ESP8266_OPTS],
  ['host to host', HOST_OPTS, HOST_OPTS],
];

for (const [name, a, b] of ROLES) {
  t.test(`${name}: over a bad wire both streams arrive whole, all arrows are legal, no timer is left`, (t) => {
    const arbFaults = fc.record({
      loss: fc.double({ min: 0, max: 0.2, noNaN: true }),
      duplicate: fc.double({ min: 0, max: 0.2, noNaN: true }),
      reorder: fc.double({ min: 0, max: 0.3, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.integer(),
        arbFaults,
        arbBytes(12_000),
        arbBytes(12_000),
        fc.integer({ min: 1, max: 3000 }),
        (seed, faults, up, down, chunk) => {
          const pair = new Pair(seed, faults, a, b);
          // TRANSITIONS is checked by invariant at every step.
          const { client, server } = conversation(pair, up, down, Math.max(chunk, up.length >> 6, down.length >> 6));
          if (!same(server.got, up))
            throw new Error(`server got ${server.got.length} of ${up.length}: ${server.ended}`);
          if (!same(client.got, down))
            throw new Error(`client got ${client.got.length} of ${down.length}: ${client.ended}`);
          if (!pair.runIdle(3_600_000)) throw new Error(`still armed: ${pair.clock.pending()}`);
          const left = [...pair.a.describe(), ...pair.b.describe()];
          if (left.length > 0) throw new Error(`left over: ${left.join('; ')}`);
        },
      ),
      { seed: 1, numRuns: 40 },
    );
    t.end();
  });
}

t.test('any sequence of calls and segments keeps the rules', (t) => {
  const arbAction = fc.record({
    what: fc.constantFrom('write', 'output', 'close', 'abort', 'recved', 'shutdown', 'wait', 'connect', 'forge'),
    side: fc.nat(1),
    which: fc.nat(5),
    size: fc.nat(4000),
    flags: fc.nat(63),
  });
  fc.assert(
    fc.property(fc.integer(), fc.array(arbAction, { maxLength: 60 }), (seed, actions) => {
      const pair = new Pair(seed, { loss: 0.05, duplicate: 0.05, reorder: 0.1 }, ESP8266_OPTS, HOST_OPTS);
      const pcbs: TcpPcb[][] = [[], []];
      const careless: TcpHandlers = { recv: () => undefined };
      for (const [i, layer] of [pair.a, pair.b].entries()) {
        const listener = layer.newPcb();
        listener.bind(IPV4_ANY, 80);
        listener.listen();
        listener.handlers = { accepted: (child) => void pcbs[i]?.push(Object.assign(child, { handlers: careless })) };
      }
      for (const { what, side, which, size, flags } of actions) {
        const layer = side === 0 ? pair.a : pair.b;
        const pcb = pcbs[side]?.[which % Math.max(1, pcbs[side]?.length ?? 1)];
        if (what === 'wait') pair.run(size);
        else if (what === 'connect' || pcb === undefined) {
          const fresh = layer.newPcb();
          fresh.handlers = careless;
          fresh.connect(side === 0 ? B : A, 80);
          pcbs[side]?.push(fresh);
        } else if (what === 'write') pcb.write(new Uint8Array(size));
        else if (what === 'output') pcb.output();
        else if (what === 'close') pcb.close();
        else if (what === 'abort') pcb.abort();
        else if (what === 'recved') pcb.recved(size);
        else if (what === 'shutdown') pcb.shutdown((flags & 1) !== 0, (flags & 2) !== 0);
        else {
          const [src, dst] = side === 0 ? [B, A] : [A, B];
          const forged: Tcp = {
            srcPort: pcb.remotePort,
            dstPort: pcb.localPort,
            seq: (pcb.rcvNxt + (size % 7) - 3) >>> 0,
            ack: (pcb.sndNxt + (which % 5) - 2) >>> 0,
            flags,
            window: size,
            urgent: 0,
            options: { mss: size % 2000 },
            payload: new Uint8Array(size % 1461),
          };
          layer.input(emitTcp(forged, src, dst), src, dst);
        }
      }
      for (const layer of [pair.a, pair.b]) layer.shutdown();
      return pair.runIdle(3_600_000);
    }),
    { seed: 1, numRuns: 300 },
  );
  t.end();
});

t.test('host to host, a megabyte crosses a clean wire in full segments, one ACK for two of them', (t) => {
  const pair = new Pair(7, { loss: 0, duplicate: 0, reorder: 0 }, HOST_OPTS, HOST_OPTS);
  const data = Uint8Array.from({ length: 1_000_000 }, (_, i) => i % 253);
  const { server } = conversation(pair, data, new Uint8Array(), 65_536);
  t.ok(same(server.got, data));
  t.ok(pair.segments < (data.length / 1460) * 1.6 + 50, `${pair.segments} segments`);
  t.ok(pair.runIdle(3_600_000));
  t.end();
});
