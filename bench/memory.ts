/** A process that holds so many joined devices and tells what they weigh, as one line of JSON. */
import { seconds } from '../runtime/index.ts';
import { crowd, settled } from './device.ts';

const collect = (): number => {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage.rss();
};

const base = collect();
const start = performance.now();
const count = Number(process.argv[2]);
const world = crowd(count);
world.runFor(seconds(settled(count)));
const wallS = (performance.now() - start) / 1000;
const joined = world.devices.filter((device) => device.stack.netifs[0]?.usable).length;
console.log(JSON.stringify({ bytes: collect(), base, joined, wallS }));
