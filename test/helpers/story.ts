/** A default world with one device whose init.lua is the script of a test, and what its console has said. */
import { defineModule, NODEMCU_MODULES, raw } from '../../bindings/index.ts';
import {
  type Device,
  defaultWorld,
  fromLatin1,
  type LuaModule,
  type Micros,
  toLatin1,
  type World,
} from '../../runtime/index.ts';

export interface Story {
  readonly world: World;
  readonly device: Device;
  /** Everything UART0 has sent since power on, line ends as `\n`. */
  console(): string;
  /** The same after the banner and the start-up messages. */
  said(): string;
  /** Lets time pass until the console contains `text`, `limit` at most. */
  until(text: string, limit: Micros): boolean;
}

export interface StoryOptions {
  readonly seed?: number;
  /** Lua modules beside those of the firmware. */
  readonly modules?: readonly LuaModule[];
  /** Changes the world before the device is made. */
  readonly prepare?: (world: World) => void;
}

/** Boots a device with `script` as its init.lua; no time has passed yet. */
export function story(script: string, { seed = 1, modules = [], prepare }: StoryOptions = {}): Story {
  const world = defaultWorld({ seed });
  prepare?.(world);
  const device = world.addDevice({ modules: [...NODEMCU_MODULES, ...modules] });
  device.flash.put('init.lua', fromLatin1(script));
  let output = '';
  device.events.on('uart', (port, bytes) => {
    if (port === 0) output += toLatin1(bytes).replaceAll('\r', '');
  });
  device.start();
  return {
    world,
    device,
    console: () => output,
    said: () => output.replace(/^[\s\S]*? powered by Lua .*\n/, ''),
    until: (text, limit) => output.includes(text) || world.runUntil(() => output.includes(text), limit),
  };
}

/** Lua that calls `body` once the station has its address. */
export const whenOnline = (body: string): string =>
  `wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function(t)\n${body}\nend)\n`;

/** A module `sink` whose `put(string)` hands bytes to the test, without any cost of device time beyond the call. */
export function sinkModule(put: (bytes: Uint8Array) => void): LuaModule {
  return defineModule({ name: 'sink' }, () => ({ functions: { put: raw((call) => put(call.checkBytes(1))) } }));
}
