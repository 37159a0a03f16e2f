import fc from 'fast-check';
import t from 'tap';
import { type Micros, us } from '../../runtime/core/index.ts';
import { SntpClient, type SntpRequest, type WallClock } from '../../runtime/proto/sntp-client.ts';
import type { SntpResult } from '../../runtime/proto/sntp-sample.ts';
import { formatIpv4 } from '../../runtime/wire/index.ts';
import { NtpServer, WORLD_EPOCH } from '../../runtime/world/ntp-server.ts';
import { ProtoBench } from '../helpers/proto-bench.ts';
import { at } from '../helpers/wired.ts';

const SECOND = 1_000_000;

/** A client with a clock of its own, its servers, and what it told. */
class Scene {
  readonly bench = new ProtoBench();
  readonly told: string[] = [];
  readonly results: SntpResult[] = [];
  readonly client: SntpClient;
  readonly wall: WallClock;
  /** Calls of retain less those of release. */
  held = 0;
  #offset: number | undefined;

  constructor() {
    const now = (): Micros => this.bench.wired.clock.now();
    const scene = this;
    this.wall = {
      rate: 0,
      get unixTime() {
        return scene.#offset === undefined ? undefined : us(now() + scene.#offset);
      },
      setUnixTime: (time) => {
        this.#offset = time - now();
      },
    };
    const tasks: (() => void)[] = [];
    const timer = this.bench.wired.clock.timer('tasks', () => {
      for (const task of tasks.splice(0)) task();
    });
    this.client = new SntpClient(this.bench.env, {
      wall: this.wall,
      uptime: now,
      post: (_, task) => {
        tasks.push(task);
        timer.arm(us(0));
      },
    });
  }

  server(n: number, name = `ntp${n}.test`): NtpServer {
    return new NtpServer(this.bench.wired.clock, this.bench.wired.host(name, at(n)));
  }

  request(...names: string[]): SntpRequest {
    return {
      count: () => names.length,
      name: (index) => names[index] ?? '?',
      synced: (result) => {
        this.results.push(result);
        this.told.push(`synced by ${formatIpv4(result.server)}`);
      },
      failed: (code, message) => this.told.push(`failed ${code} ${message ?? ''}`.trim()),
      retain: () => {
        this.held++;
      },
      release: () => {
        this.held--;
      },
    };
  }

  sync(...names: string[]): void {
    if (this.client.open() !== 'ok') throw new Error('not open');
    this.client.forgetServers();
    this.client.start(this.request(...names));
  }

  get error(): number {
    return (this.wall.unixTime ?? 0) - (WORLD_EPOCH * SECOND + this.bench.wired.clock.now());
  }
}

t.test('a round sets the clock to the time of the server', async (t) => {
  const scene = new Scene();
  scene.server(30);
  scene.sync('192.168.1.30');
  t.ok(scene.client.busy);
  scene.bench.run(1000);
  t.same(scene.told, ['synced by 192.168.1.30']);
  t.ok(Math.abs(scene.error) < 1000, `off by ${scene.error} us`);
  t.notOk(scene.client.busy);
  t.equal(scene.held, 0, 'nothing is kept');
});

t.test('names are looked up one after the other; what is not found is left out', async (t) => {
  const scene = new Scene();
  scene.server(30);
  scene.server(31);
  scene.sync('nowhere.test', 'ntp31.test', 'ntp30.test');
  scene.bench.run(20_000);
  t.match(scene.told, [/^synced by/]);
});

t.test('the server that is nearest wins', async (t) => {
  const scene = new Scene();
  scene.server(30).faults.delay = us(80_000);
  scene.server(31);
  scene.sync('192.168.1.30', '192.168.1.31');
  scene.bench.run(3000);
  t.same(scene.told, ['synced by 192.168.1.31']);
});

t.test('without any answer the round ends after five seconds', async (t) => {
  const scene = new Scene();
  scene.server(30).faults.refuse = true;
  scene.sync('192.168.1.30');
  scene.bench.run(4999);
  t.same(scene.told, []);
  scene.bench.run(2);
  t.same(scene.told, ['failed 4']);
  t.equal(scene.client.hasServers, false, 'the servers are forgotten');
});

t.test('unknown and impossible names are named in the failure', async (t) => {
  const scene = new Scene();
  scene.sync('nowhere.test');
  scene.bench.run(20_000);
  scene.sync('x'.repeat(129));
  scene.sync('');
  scene.sync('192.168.1.30', '');
  t.same(scene.told, ['failed 1 nowhere.test', `failed 1 ${'x'.repeat(129)}`, 'failed 1', 'failed 1']);
});

t.test('a server that refuses is not asked again in that round', async (t) => {
  const scene = new Scene();
  scene.server(30).faults.refuse = 1;
  scene.server(31);
  scene.sync('192.168.1.30', '192.168.1.31');
  scene.bench.run(5000);
  t.same(scene.told, ['synced by 192.168.1.31']);
});

t.test('an answer of stratum 0 tells no time', async (t) => {
  const scene = new Scene();
  const host = scene.bench.wired.host('odd.test', at(30));
  const socket = host.udp(123, (bytes, addr, port) => {
    const answer = bytes.slice();
    answer[0] = 0x24;
    answer.copyWithin(24, 40);
    socket.send(answer, addr, port);
  });
  scene.sync('192.168.1.30');
  scene.bench.run(1000);
  t.same(scene.told, ['failed 4']);
});

t.test('one round at a time; an abandoned one is over', async (t) => {
  const { client } = new Scene();
  t.equal(client.open(), 'ok');
  t.equal(client.open(), 'busy');
  client.abandon();
  t.equal(client.open(), 'ok');
});

t.test('without a free port there is no round', async (t) => {
  const { bench, client } = new Scene();
  bench.stack.udp.bind = () => -13;
  t.equal(client.open(), 'no port');
  t.notOk(client.busy);
});

t.test('a repetition comes every 1000 s and trims the rate instead of jumping', async (t) => {
  const scene = new Scene();
  const server = scene.server(30);
  const { client } = scene;
  client.open();
  const request = scene.request('192.168.1.30');
  client.start(request);
  client.repeat(request);
  scene.bench.run(5000);
  const before = scene.error;
  server.faults.offset = us(100_000);
  scene.bench.run(1_000_000);
  t.equal(scene.told.length, 2);
  t.equal(scene.error, before, 'no jump');
  // 0.1 s times 2^-11, in units of 2^-32.
  t.ok(Math.abs(scene.wall.rate - 0.1 * 2 ** 21) < 2000, `rate ${scene.wall.rate}`);
  server.faults.offset = us(300_000);
  scene.bench.run(1_000_000);
  t.ok(Math.abs(scene.error - 300_000) < 1000, 'what is too far is jumped over');
  client.stopRepeating();
  scene.bench.run(2_000_000);
  t.equal(scene.told.length, 3);
  t.equal(scene.held, 0);
});

t.test('an offset is added to what the server tells', async (t) => {
  const scene = new Scene();
  scene.server(30);
  scene.client.offset.set(37, 0);
  scene.sync('192.168.1.30');
  scene.bench.run(1000);
  t.ok(Math.abs(scene.error - 37 * SECOND) < 1000);
});

t.test('damaged answers are silence, whatever they say', async () => {
  const damage = fc.array(fc.tuple(fc.nat(47), fc.nat(255)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(damage, fc.nat(60), (changes, length) => {
      const scene = new Scene();
      const server = scene.server(30);
      const host = scene.bench.wired.host('odd.test', at(31));
      const socket = host.udp(123, (bytes, addr, port) => {
        const answer = bytes.slice(0, length);
        for (const [i, byte] of changes) answer[i] = byte;
        socket.send(answer, addr, port);
      });
      server.faults.refuse = false;
      scene.sync('192.168.1.31', '192.168.1.30');
      scene.bench.run(10_000);
      if (scene.told.length !== 1 || scene.held !== 0) throw new Error(`${scene.told} held ${scene.held}`);
    }),
    { seed: 1, numRuns: 100 },
  );
});
