/** From options to a world: access points, faults, and the device with its flash. */
import { NODEMCU_MODULES } from '../bindings/index.ts';
import {
  DEFAULT_PROFILE,
  type Device,
  defaultWorld,
  type FaultEffect,
  type MacAddress,
  parseMac,
  type StationConfig,
  us,
  type World,
  wiredWorld,
} from '../runtime/index.ts';
import type { Faults, RunOptions } from './args.ts';
import type { FlashContent } from './flash.ts';
import { profiled } from './heap-report.ts';
import { attachParts } from './parts.ts';
import { type ApSpec, onFlash, type Parsed } from './values.ts';

export interface Setup {
  readonly world: World;
  readonly device: Device;
  /** Further devices, and what is typed at their consoles after boot. */
  readonly others?: readonly { readonly device: Device; readonly lines: readonly string[] }[];
  /** Until then something happens in the world by itself. */
  readonly quietAt?: number;
}

/** Builds it all; nothing has happened in it yet. */
export function setUp(options: RunOptions, files: readonly Omit<FlashContent, 'host'>[]): Parsed<Setup> {
  const { seed, aps, lua, firmware } = options;
  const world = aps.length === 0 ? defaultWorld({ seed }) : wiredWorld({ seed });
  for (const ap of aps) world.addAccessPoint(accessPointOptions(ap));
  addFaults(world, options.faults);
  const device = world.addDevice({
    modules: options.heapProfile === true ? profiled(NODEMCU_MODULES) : NODEMCU_MODULES,
    profile: {
      lua,
      firmware,
      station: stationConfig(options),
      ...(options.heapBytes === undefined ? {} : { heapBytes: options.heapBytes }),
      ...(options.lfs === undefined ? {} : { lfsBytes: options.lfs.bytes }),
    },
  });
  attachParts(device, options.parts ?? []);
  for (const { name, bytes } of files)
    if (!device.flash.put(onFlash(name), bytes))
      return { ok: false, message: `the flash is full: ${name} does not fit` };
  return { ok: true, value: { world, device } };
}

function accessPointOptions({ ssid, password, channel, bssid }: ApSpec) {
  return {
    // SSIDs are bytes; the user types UTF-8.
    ssid: Buffer.from(ssid).toString('latin1'),
    ...(password === undefined ? {} : { password }),
    ...(channel === undefined ? {} : { channel }),
    ...(bssid === undefined ? {} : { bssid: parseMac(bssid) as MacAddress }),
  };
}

/** What flash holds: nothing, the first access point that was named, or the default one. */
function stationConfig({ blankWifi, aps: [first] }: RunOptions): StationConfig | undefined {
  if (blankWifi) return undefined;
  if (first === undefined) return DEFAULT_PROFILE.station;
  return { ssid: Buffer.from(first.ssid).toString('latin1'), password: first.password ?? '' };
}

/** How much later a duplicate comes and how long a frame is held back at most: within one round trip of a LAN. */
const ASIDE_US = 5000;

export function addFaults(world: World, faults: Faults): void {
  const add = (effect: FaultEffect, probability: number, times: { time?: number; jitter?: number } = {}): void => {
    if (probability === 0) return;
    const { time, jitter } = times;
    world.addFault({
      effect,
      probability,
      ...(time === undefined ? {} : { time: us(time) }),
      ...(jitter === undefined ? {} : { jitter: us(jitter) }),
    });
  };
  add('drop', faults.loss);
  add('corrupt', faults.corrupt);
  add('duplicate', faults.dup, { time: ASIDE_US });
  add('reorder', faults.reorder, { time: ASIDE_US });
  if (faults.delay > 0 || faults.jitter > 0) add('delay', 1, { time: faults.delay, jitter: faults.jitter });
}
