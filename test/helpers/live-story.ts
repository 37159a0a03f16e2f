/** A device with a script in a world by the wall clock, tied to this computer, inside the test's own process. */
import type { Test } from 'tap';
import { HostDoor, type HostLines, LiveWorld } from '../../bridge/host/index.ts';
import { Bridge, type BridgeSpec, type Crossing, type Door } from '../../bridge/index.ts';
import { Pacer } from '../../cli/pace.ts';
import { type Device, seconds, type World } from '../../runtime/index.ts';
import { PATIENCE_MS, until } from './programs.ts';
import { story, whenOnline } from './story.ts';

export const NOTHING: BridgeSpec = { forwards: [], ports: [], dhcp: true };
/** A gateway without limits of its own. */
export const GATEWAY: BridgeSpec = { ...NOTHING, gateway: { restrict: false, allow: [] } };
/** Port 80 of the device on any free port here. */
export const FORWARD: BridgeSpec = {
  ...NOTHING,
  forwards: [{ protocol: 'tcp', at: { host: '127.0.0.1', port: 0 }, guestPort: 80 }],
};

export interface Live {
  readonly door: Door;
  readonly lines: HostLines;
  readonly live: LiveWorld;
  /** Lines for the user. */
  readonly said: readonly string[];
  /** The forwards' ports on this computer, in the order in which they were bound. */
  readonly ports: readonly number[];
  stop(): Promise<void>;
}

export interface LiveOptions {
  /** Virtual seconds per real second. */
  readonly rate?: number;
  /** Sees what passes the door, from the beginning. */
  readonly tap?: (crossing: Crossing) => void;
}

/** Ties a world whose devices are powered on to the wall clock and this computer. Ends with the test. */
export async function goLive(
  t: Test,
  world: World,
  device: Device,
  spec: BridgeSpec,
  { rate = 1, tap }: LiveOptions = {},
): Promise<Live> {
  const said: string[] = [];
  const outside = new HostDoor(world, spec, (line) => said.push(line));
  const { door, lines } = outside;
  door.tap = tap;
  const { startup } = new Bridge(world, device, door, spec, (line) => said.push(line));
  await until(() => startup.settled, PATIENCE_MS);
  if (startup.failures.length > 0) throw new Error(startup.failures.join());
  // Nobody outside is needed to boot and join: that need not take real time.
  world.runUntil(() => device.wifi.ip !== undefined, seconds(10));
  let over = false;
  const live = new LiveWorld(world, new Pacer(rate, world.now), { over: () => over, turn: () => {} });
  outside.live = live;
  const running = live.run();
  const stop = async (): Promise<void> => {
    over = true;
    live.wake();
    await running;
    lines.close();
  };
  t.teardown(stop);
  const ports = said.flatMap((line) => /127\.0\.0\.1:(\d+) leads/.exec(line)?.[1] ?? []).map(Number);
  return { door, lines, live, said, ports, stop };
}

export interface LiveStory extends Live {
  readonly world: World;
  readonly device: Device;
  /** The first forward's port on this computer. */
  readonly port: number;
  console(): string;
  /** Waits until the console shows it; milliseconds of wall time. */
  shown(text: string | RegExp): Promise<void>;
}

/** Runs `script` as soon as the device is online. */
export async function liveStory(t: Test, script: string, spec: BridgeSpec, rate = 1): Promise<LiveStory> {
  const { world, device, console } = story(whenOnline(script));
  const live = await goLive(t, world, device, spec, { rate });
  const shown = async (text: string | RegExp): Promise<void> => {
    const there = (): boolean => (typeof text === 'string' ? console().includes(text) : text.test(console()));
    await until(there, PATIENCE_MS, () => `the console never showed ${text}: ${console().slice(-2000)}`);
  };
  return { ...live, world, device, port: live.ports[0] ?? 0, console, shown };
}
