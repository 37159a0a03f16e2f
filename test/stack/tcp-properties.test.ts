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
  /** Time, ports, flags and numbers of each. */
  readonly log: string[] = [];
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
      const { srcPort, dstPort, seq, ack, flags, window, payload } = tcp;
      this.log.push([this.clock.now(), srcPort, dstPort, flags, seq, ack, window, payload.length].join(' '));
      const bytes = emitTcp(tcp, src, dst);
      const copies = this.#dice.chance(this.faults.loss) ? 0 : this.#dice.chance(this.faults.duplicate) ? 2 : 1;
      for (let i = 0; i < copies; i++) {
        const delay = this.#dice.chance(this.faults.reorder) ? this.#dice.below(50_000) : 2001;
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

interface Action {
  readonly what:
    | 'write'
    | 'output'
    | 'close'
    | 'abort'
    | 'recved'
    | 'shutdown'
    | 'wait'
    | 'connect'
    | 'forge'
    | 'keepalive';
  readonly side: number;
  readonly which: number;
  readonly size: number;
  readonly flags: number;
}

const arbActions: fc.Arbitrary<Action[]> = fc.array(
  fc.record({
    what: fc.constantFrom<Action['what'][]>(
      ...(['write', 'output', 'close', 'abort', 'recved', 'shutdown', 'wait', 'wait'] as const),
      ...(['connect', 'forge', 'keepalive'] as const),
    ),
    side: fc.nat(1),
    which: fc.nat(5),
    size: fc.nat(4000),
    flags: fc.nat(63),
  }),
  { maxLength: 60 },
);

/** A segment near what `pcb` expects, right or wrong. */
const forgery = (pcb: TcpPcb, { which, size, flags }: Action): Tcp => ({
  srcPort: pcb.remotePort,
  dstPort: pcb.localPort,
  seq: (pcb.rcvNxt + (size % 7) - 3) >>> 0,
  ack: (pcb.sndNxt + (which % 5) - 2) >>> 0,
  flags,
  window: size,
  urgent: 0,
  options: { mss: size % 2000 },
  payload: new Uint8Array(size % 1461),
});

/** Lets two layers live through `actions`; `handlers` for every connection. Returns the pair and its blocks. */
function live(seed: number, actions: readonly Action[], handlers: TcpHandlers): { pair: Pair; pcbs: TcpPcb[][] } {
  const pair = new Pair(seed, { loss: 0.05, duplicate: 0.05, reorder: 0.1 }, ESP8266_OPTS, HOST_OPTS);
  const pcbs: [TcpPcb[], TcpPcb[]] = [[], []];
  // Ticks of the two must not meet: which of them came first would be an accident.
  pair.a.setTickPhase(us(250_000));
  pair.b.setTickPhase(us(300_037));
  for (const [i, layer] of [pair.a, pair.b].entries()) {
    const listener = layer.newPcb();
    listener.bind(IPV4_ANY, 80);
    listener.listen();
    listener.handlers = { accepted: (child) => void pcbs[i as 0 | 1].push(Object.assign(child, { handlers })) };
  }
  for (const action of actions) {
    const { what, side, which, size, flags } = action;
    const own = pcbs[side as 0 | 1];
    const layer = side === 0 ? pair.a : pair.b;
    const pcb = own[which % Math.max(1, own.length)];
    if (what === 'wait') pair.run(size * (flags < 8 ? 10 : 1));
    else if (what === 'connect' || pcb === undefined) {
      const fresh = layer.newPcb();
      fresh.handlers = handlers;
      fresh.connect(side === 0 ? B : A, 80);
      own.push(fresh);
    } else if (what === 'write') pcb.write(new Uint8Array(size));
    else if (what === 'output') pcb.output();
    else if (what === 'close') pcb.close();
    else if (what === 'abort') pcb.abort();
    else if (what === 'recved') pcb.recved(size);
    else if (what === 'shutdown') pcb.shutdown((flags & 1) !== 0, (flags & 2) !== 0);
    else if (what === 'keepalive') {
      pcb.keepIdleMs = size;
      pcb.keepCount = which;
      pcb.keepAlive = true;
    } else {
      const [src, dst] = side === 0 ? [B, A] : [A, B];
      layer.input(emitTcp(forgery(pcb, action), src, dst), src, dst);
    }
  }
  return { pair, pcbs };
}

t.test('any sequence of calls and segments keeps the rules', (t) => {
  fc.assert(
    fc.property(fc.integer(), arbActions, (seed, actions) => {
      const { pair } = live(seed, actions, { recv: () => undefined });
      for (const layer of [pair.a, pair.b]) layer.shutdown();
      return pair.runIdle(3_600_000);
    }),
    { seed: 1, numRuns: 300 },
  );
  t.end();
});

t.test('leaving out the ticks at which nothing happens changes nothing that leaves', (t) => {
  fc.assert(
    fc.property(fc.integer(), arbActions, (seed, actions) => {
      // A block with a poll handler is served at every tick.
      const [lazy, eager] = [{}, { poll: () => undefined }].map((more) => {
        const { pair, pcbs } = live(seed, actions, { recv: () => undefined, ...more });
        pair.run(60_000);
        return {
          log: pair.log,
          ticks: [pair.a.ticks, pair.b.ticks],
          states: pcbs.map((side) => side.map((p) => p.state)),
        };
      });
      t.same(lazy, eager);
    }),
    { seed: 2, numRuns: 150 },
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
