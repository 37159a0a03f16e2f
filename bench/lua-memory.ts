/**
 * What a device takes when many run the same script, and the time to boot one more of them. Run as a script it is the
 * process that is measured: `node --expose-gc --import tsx bench/lua-memory.ts COUNT`. The table measures it bundled.
 */
import { fileURLToPath } from 'node:url';
import { NODEMCU_MODULES } from '../bindings/index.ts';
import { defaultWorld, fromLatin1, ms, seconds, type World } from '../runtime/index.ts';
import { runBundled } from './bundled.ts';
import type { Row } from './row.ts';

const HERE = fileURLToPath(import.meta.url);
const COUNT = 1000;
const MORE = 100;

/** A script of 500 lines: handlers with state, as a larger project has them. */
function script(): string {
  let out = 'local state, on = {count = 0, names = {}}, {}\n';
  for (let i = 0; i < 50; i++) {
    out += `function on.topic${i}(topic, data)
  state.count = state.count + 1
  local key = "sensor/" .. topic .. "/${i}"
  if data == nil then
    return key
  end
  state.names[key] = data

  return string.format("%s=%d", key, #data)
end
`;
  }
  return `${out}handlers = on gpio.mode(1, gpio.OUTPUT)\n`;
}

/** Devices that have run their init.lua. */
let ran = 0;

function add(world: World, init: Uint8Array): void {
  const device = world.addDevice({ modules: NODEMCU_MODULES });
  device.events.on('pin', () => ran++);
  device.flash.put('init.lua', init);
  device.start();
}

function boot(world: World, init: Uint8Array): void {
  const before = ran;
  add(world, init);
  while (ran === before) world.runFor(ms(10));
}

/** Bytes on the heap of JavaScript, and of byte arrays outside it. */
function memory(): { heap: number; outside: number } {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return { heap: heapUsed, outside: external };
}

function measure(count: number): { heap: number; outside: number; bootMs: number } {
  const init = fromLatin1(script());
  // Code and what all devices share is there before the count begins.
  const world = defaultWorld({ traceLines: 0 });
  boot(world, init);
  const before = memory();
  ran = 0;
  for (let i = 0; i < count; i++) add(world, init);
  world.runFor(seconds(2));
  if (ran !== count) throw new Error(`${ran} of ${count} devices ran their script`);
  const after = memory();
  const times: number[] = [];
  for (let i = 0; i < MORE; i++) {
    // In a world of its own that is up, because time passes for all devices of a world.
    const fresh = defaultWorld({ traceLines: 0 });
    fresh.runFor(seconds(1));
    const started = performance.now();
    boot(fresh, init);
    times.push(performance.now() - started);
  }
  return {
    heap: (after.heap - before.heap) / count,
    outside: (after.outside - before.outside) / count,
    bootMs: times.sort((a, b) => a - b)[MORE >> 1] as number,
  };
}

export function luaMemoryBench(): Row[] {
  const { heap, outside, bootMs } = runBundled(HERE, String(COUNT)) as ReturnType<typeof measure>;
  return [
    { name: `heap of a device, ${COUNT} with the same 500 lines of Lua`, value: heap / 1024, unit: 'KiB' },
    { name: 'outside the heap, such as the files in its flash', value: outside / 1024, unit: 'KiB' },
    { name: 'boot one more of them', value: bootMs, unit: 'ms' },
  ];
}

if (process.argv[1] === HERE) console.log(JSON.stringify(measure(Number(process.argv[2]))));
