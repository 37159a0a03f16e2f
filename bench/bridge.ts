/**
 * Forwards and the gateway beside a plain TCP proxy of Node at the same place: the far ends are another process, this
 * one is in between. The bridged world runs in real time, as it does for users, so the air limits what a device gets.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { NODEMCU_MODULES } from '../bindings/index.ts';
import { HostDoor, LiveWorld } from '../bridge/host/index.ts';
import { Bridge, type BridgeSpec } from '../bridge/index.ts';
import { Pacer } from '../cli/pace.ts';
import { type Device, defaultWorld, fromLatin1, ipv4, seconds, toLatin1, type World } from '../runtime/index.ts';
import type { Outcome, Wish } from './bridge-peer.ts';
import type { Row } from './row.ts';

const BYTES = 10_485_760;
const ROUNDS = 200;

/** What the device serves: bytes without end on port 80, an echo on port 7. */
const SERVERS = `
local chunk = ("x"):rep(1460)
net.createServer(30):listen(80, function(c)
  local left = ${BYTES}
  local function more(c)
    if left <= 0 then return c:close() end
    local n = math.min(left, #chunk)
    left = left - n
    c:send(n == #chunk and chunk or chunk:sub(1, n))
  end
  c:on("receive", more)
  c:on("sent", more)
end)
net.createServer(30):listen(7, function(c) c:on("receive", function(c, d) c:send(d) end) end)`;

const download = (port: number): string => `
local s = net.createConnection()
s:on("connection", function(c) t0 = tmr.now() c:send("go") end)
s:on("disconnection", function() print("took " .. tmr.now() - t0) end)
s:connect(${port}, "host.mcubox.test")`;

class Peer {
  readonly #child: ChildProcess = fork(new URL('bridge-peer.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });

  async ask(wish: Wish): Promise<Outcome> {
    this.#child.send(wish);
    const [outcome] = await once(this.#child, 'message');
    return outcome as Outcome;
  }

  stop(): void {
    this.#child.kill();
  }
}

/** A device with a script in a world tied to this computer. */
class LiveDevice {
  readonly #outside: HostDoor;
  readonly #live: LiveWorld;
  readonly #running: Promise<void>;
  /** Forwards to the device's ports 80 and 7, and to http.test. */
  readonly ports: readonly number[];
  #console = '';
  #over = false;

  private constructor(world: World, device: Device, outside: HostDoor, ports: readonly number[]) {
    this.#outside = outside;
    this.ports = ports;
    device.events.on('uart', (_, bytes) => {
      this.#console += toLatin1(bytes);
    });
    this.#live = new LiveWorld(world, new Pacer(1, world.now), { over: () => this.#over, turn: () => {} });
    outside.live = this.#live;
    this.#running = this.#live.run();
  }

  static async start(script: string): Promise<LiveDevice> {
    const world = defaultWorld({ traceLines: 0 });
    const device = world.addDevice({ modules: NODEMCU_MODULES });
    const online = `wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function() ${script} end)`;
    device.flash.put('init.lua', fromLatin1(online));
    device.start();
    const at = { host: '127.0.0.1', port: 0 };
    const forwards = [
      { protocol: 'tcp', at, guestPort: 80 },
      { protocol: 'tcp', at, guestPort: 7 },
      { protocol: 'tcp', at, guest: ipv4(192, 168, 1, 10), guestPort: 80 },
    ] as const;
    const spec: BridgeSpec = { gateway: { restrict: false, allow: [] }, forwards, ports: [], dhcp: true };
    const said: string[] = [];
    const say = (line: string): unknown => said.push(line);
    const outside = new HostDoor(world, spec, say);
    const { startup } = new Bridge(world, device, outside.door, spec, say);
    if (!startup.settled)
      await new Promise<void>((resolve) => {
        startup.onSettled = resolve;
      });
    world.runUntil(() => device.wifi.ip !== undefined, seconds(10));
    const ports = said.flatMap((line) => /:(\d+) leads/.exec(line)?.[1] ?? []).map(Number);
    return new LiveDevice(world, device, outside, ports);
  }

  async until(text: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = text.exec(this.#console);
      if (found !== null) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async stop(): Promise<void> {
    this.#over = true;
    this.#live.wake();
    await this.#running;
    this.#outside.lines.close();
  }
}

/** The least that joins two connections; its port. */
async function proxy(target: number): Promise<{ port: number; close(): void }> {
  const server = createServer((client) => {
    const onward = createConnection(target, '127.0.0.1');
    client.setNoDelay(true).pipe(onward);
    onward.setNoDelay(true).pipe(client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

const rate = ({ bytes, ms }: Outcome): number => bytes / 1e3 / ms;

/** The share of a processor that this process uses meanwhile, in percent. */
async function busy<T>(run: () => Promise<T>): Promise<{ result: T; share: number }> {
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  const result = await run();
  const { user, system } = process.cpuUsage(cpu);
  return { result, share: (user + system) / 10 / (performance.now() - start) };
}

export async function bridgeBench(): Promise<Row[]> {
  const peer = new Peer();
  const source = await peer.ask({ do: 'source', bytes: BYTES });
  const [toSource, toEcho] = [await proxy(source.port), await proxy((await peer.ask({ do: 'echo' })).port)];
  const get = (port: number, request = 'go'): Promise<Outcome> => peer.ask({ do: 'get', port, request });
  const trips = async (port: number): Promise<number> => (await peer.ask({ do: 'trips', port, rounds: ROUNDS })).ms;
  await get(toSource.port);
  const plain = await get(toSource.port);
  const plainTrip = await trips(toEcho.port);

  const box = await LiveDevice.start(SERVERS);
  const [http = 0, echo = 0, lan = 0] = box.ports;
  const device = await busy(() => get(http));
  const service = await busy(() => get(lan, `GET /bytes/${BYTES} HTTP/1.0\r\n\r\n`));
  const trip = await trips(echo);
  await box.stop();

  const client = await LiveDevice.start(download(source.port));
  const gateway = await busy(() => client.until(/took (\d+)/));
  await client.stop();
  for (const server of [toSource, toEcho]) server.close();
  peer.stop();

  const there = rate(plain);
  const row = (name: string, value: number, share: number): Row => {
    const versus = `plain proxy ${there.toFixed(0)} MB/s, ${(value / there).toPrecision(2)}x; ${share.toFixed(0)} % of a CPU`;
    return { name, value, unit: 'MB/s', versus };
  };
  return [
    row('forward, 10 MiB from the device', rate(device.result), device.share),
    row('forward, 10 MiB from http.test on the LAN', rate(service.result), service.share),
    row('gateway, 10 MiB to the device', BYTES / Number(gateway.result[1]), gateway.share),
    {
      name: 'forward, round trip to the device',
      value: trip,
      unit: 'ms',
      versus: `plain proxy ${plainTrip.toFixed(3)} ms, ${(trip / plainTrip).toFixed(1)}x, adds ${(trip - plainTrip).toFixed(2)} ms`,
    },
  ];
}
