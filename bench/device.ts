/** What devices cost: booting one, a day of one, and the memory of many that have joined and wait. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { NODEMCU_MODULES } from '../bindings/index.ts';
import { defaultWorld, fromLatin1, ipv4, seconds, us, type World } from '../runtime/index.ts';
import { type Row, wallMs } from './row.ts';

const DAY_S = 86_400;
const TIMER = 'n = 0 tmr.create():alarm(1000, tmr.ALARM_AUTO, function() n = n + 1 end)';
const HERE = new URL('.', import.meta.url);

export function deviceBench(): Row[] {
  return [boot(), firstByte(), day(), ...[1, 100, 1000].map(memory)];
}

function boot(): Row {
  const value = wallMs(5, () => {
    const world = defaultWorld({ traceLines: 0 });
    const device = world.addDevice({ modules: NODEMCU_MODULES });
    device.start();
    world.runFor(seconds(1));
  });
  return { name: 'boot one device, with its world', value, unit: 'ms' };
}

/** From the shell's point of view: the process starts, the first byte of the console comes out. */
function firstByte(): Row {
  const built = new URL('../dist/cli/main.js', HERE).pathname;
  const command = existsSync(built) ? [built] : ['--import', 'tsx', new URL('../cli/main.ts', HERE).pathname];
  const value = wallMs(5, () => {
    const { status } = spawnSync(process.execPath, [...command, 'run', '-e', 'print(1)', '--expect-text', '/./']);
    if (status !== 0) throw new Error(`the command ended with ${status}`);
  });
  const bare = wallMs(5, () => spawnSync(process.execPath, ['-e', '']));
  const versus = `bare node ${bare.toFixed(0)} ms, ${(value / bare).toFixed(1)}x`;
  return { name: 'first console byte of the command', value, unit: 'ms', versus };
}

function day(): Row {
  const world = defaultWorld({ traceLines: 0 });
  const device = world.addDevice({ modules: NODEMCU_MODULES });
  device.flash.put('init.lua', fromLatin1(TIMER));
  device.start();
  const value = wallMs(1, () => world.runFor(seconds(DAY_S))) / 1000;
  return { name: '24 h of a one-second timer', value, unit: 's', versus: `${Math.round(DAY_S / value)}x real time` };
}

/** In a process of its own, so that one measurement does not see another's rubbish. */
function memory(count: number): Row {
  const script = new URL('memory.ts', HERE).pathname;
  const child = spawnSync(process.execPath, ['--expose-gc', '--import', 'tsx', script, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  const { bytes, base, joined, wallS } = JSON.parse(child.stdout);
  if (joined !== count) throw new Error(`${joined} of ${count} devices have joined`);
  const each = `${Math.round((bytes - base) / count / 1024)} KiB each, joined in ${wallS.toFixed(1)} s of wall time`;
  return { name: `memory of ${count} idle devices (RSS)`, value: bytes / 2 ** 20, unit: 'MiB', versus: each };
}

/** Between two power-ons: a thousand at once would only shout each other down on the one channel. */
const STAGGER_US = 100_000;

/** A world of many devices that will have an address and nothing to do; 10.0.0.0/16 has room for them. */
export function crowd(count: number): World {
  const network = {
    router: ipv4(10, 0, 0, 1),
    netmask: ipv4(255, 255, 0, 0),
    firstLease: ipv4(10, 0, 1, 0),
    lastLease: ipv4(10, 0, 255, 0),
  };
  const world = defaultWorld({ traceLines: 0, network });
  for (let i = 0; i < count; i++) {
    const device = world.addDevice({ modules: NODEMCU_MODULES });
    world.clock.timer('power on', () => device.start()).arm(us(i * STAGGER_US));
  }
  return world;
}

/** Virtual seconds until all of a crowd have joined. */
export const settled = (count: number): number => (count * STAGGER_US) / 1e6 + 30;
