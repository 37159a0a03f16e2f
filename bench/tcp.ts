/** TCP goodput in virtual and in wall time: a script on a device against a host, and two hosts on a wire. */
import { NODEMCU_MODULES } from '../bindings/index.ts';
import { type Link, type LinkHandler, Rng, SILENT, VirtualClock } from '../runtime/core/index.ts';
import { defaultWorld, fromLatin1, ipv4, type MacAddress, seconds, us } from '../runtime/index.ts';
import { Host } from '../runtime/world/host.ts';
import { Lan } from '../runtime/world/lan.ts';
import type { Row } from './row.ts';

const DEVICE_BYTES = 8_388_608;
const HOST_BYTES = 10_485_760;
const LOSSES = [0, 0.02];

export function tcpBench(): Row[] {
  return LOSSES.flatMap((loss) => [
    ...rows(`device <- host, ${loss * 100} % loss`, DEVICE_BYTES, download(loss)),
    ...rows(`host <- host, ${loss * 100} % loss`, HOST_BYTES, transfer(loss)),
  ]);
}

interface Measured {
  readonly virtualS: number;
  readonly wallS: number;
}

function rows(name: string, bytes: number, { virtualS, wallS }: Measured): Row[] {
  const versus = `wall ${(bytes / 1e6 / wallS).toFixed(1)} MB/s, ${(virtualS / wallS).toFixed(1)}x real time`;
  return [{ name: `TCP ${name}`, value: bytes / 1e3 / virtualS, unit: 'kB/s of virtual time', versus }];
}

const SCRIPT = `
local n = 0
local s = net.createConnection()
s:on("connection", function(c) c:send("GET /bytes/${DEVICE_BYTES} HTTP/1.0\\r\\n\\r\\n") end)
s:on("receive", function(_, d) n = n + #d end)
s:on("disconnection", function() print("got " .. n) end)
wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function() s:connect(80, "192.168.1.10") end)
`;

function download(loss: number): Measured {
  const world = defaultWorld({ traceLines: 0 });
  if (loss > 0) world.addFault({ effect: 'drop', probability: loss });
  const device = world.addDevice({ modules: NODEMCU_MODULES });
  device.flash.put('init.lua', fromLatin1(SCRIPT));
  let console = '';
  device.events.on('uart', (_, bytes) => {
    console += Buffer.from(bytes).toString('latin1');
  });
  device.start();
  world.runUntil(() => !device.off && device.stack.tcp.active.length === 1, seconds(60));
  const [from, start] = [world.now, performance.now()];
  if (!world.runUntil(() => console.includes('got '), seconds(3600))) throw new Error('the download did not end');
  return { virtualS: (world.now - from) / 1e6, wallS: (performance.now() - start) / 1e3 };
}

/** Loses frames in both directions, in front of a port. */
class LossyLink implements Link {
  readonly #link: Link;
  readonly #rng: Rng;
  readonly #loss: number;

  constructor(link: Link, rng: Rng, loss: number) {
    this.#link = link;
    this.#rng = rng;
    this.#loss = loss;
  }

  get hwaddr(): Uint8Array {
    return this.#link.hwaddr;
  }

  get up(): boolean {
    return this.#link.up;
  }

  send(frame: Uint8Array): void {
    if (!this.#rng.chance(this.#loss)) this.#link.send(frame);
  }

  attach(handler: LinkHandler): void {
    this.#link.attach({
      onFrame: (frame) => {
        if (!this.#rng.chance(this.#loss)) handler.onFrame(frame);
      },
      onLinkChange: (up) => handler.onLinkChange(up),
    });
  }
}

function transfer(loss: number): Measured {
  const clock = new VirtualClock();
  const lan = new Lan(clock);
  const host = (n: number): Host => {
    const port = lan.port((0x020000000000 + n) as MacAddress, `h${n}`);
    const link = n === 2 ? new LossyLink(port, new Rng(1, 'loss'), loss) : port;
    const env = { clock, rng: new Rng(1, `h${n}`), trace: SILENT, link, resolve: () => undefined };
    const addr = ipv4(10, 0, 0, n);
    return new Host(`h${n}`, env, { addr, netmask: ipv4(255, 255, 255, 0), gateway: ipv4(10, 0, 0, 1) });
  };
  let received = 0;
  host(2).listen(80, (stream) => {
    stream.handler = {
      onData: (bytes) => {
        received += bytes.length;
      },
    };
  });
  const start = performance.now();
  const stream = host(3).connect(ipv4(10, 0, 0, 2), 80, {});
  stream.write(new Uint8Array(HOST_BYTES));
  while (received < HOST_BYTES) {
    if (clock.now() > seconds(3600)) throw new Error('the transfer did not end');
    clock.runUntil(us(clock.now() + 1000));
  }
  return { virtualS: clock.now() / 1e6, wallS: (performance.now() - start) / 1e3 };
}
