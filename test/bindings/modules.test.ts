/** What holds for all modules of the firmware. */
import t from 'tap';
import { NODEMCU_MODULES } from '../../bindings/index.ts';
import { FIRMWARES } from '../../runtime/device/index.ts';
import { Esp } from '../helpers/esp.ts';

t.test('to look into a module for the first time changes nothing that anybody could see', async (t) => {
  for (const firmware of FIRMWARES) {
    const { device, clock } = new Esp({ profile: { firmware, lfsBytes: 0x20000 } });
    let bytes = 0;
    device.events.on('uart', () => bytes++);
    const { rng, stack, lua } = device;
    const state = () => ({
      pending: clock.pending(),
      wake: device.wakeSources(),
      pcbs: [stack.udp.pcbs.length, stack.tcp.active.length, stack.tcp.listeners.length],
      pins: Array.from({ length: 13 }, (_, pin) => [device.gpio.mode(pin), device.gpio.read(pin)]),
      heap: lua.heapUsed,
      instructions: lua.instructions,
      references: lua.refCount,
      listeners: device.events.eventNames(),
      wifi: device.wifi.mode,
      chance: rng.fork('x').u32(),
    });
    const modules = device.modules.map(({ name }) => lua.getGlobal(name));
    const before = state();
    for (const module of modules) if (typeof module === 'object') module.get('x');
    t.same(state(), before, firmware);
    t.equal(bytes, 0);
  }
});

t.test('a module has its name, and what is built has its functions', async (t) => {
  const { device } = new Esp();
  for (const module of device.modules) {
    const { functions } = device.members(module);
    const built = functions.filter(({ support }) => support !== 'not built');
    t.equal(built.length === 0, module.stub === true, module.name);
    t.ok(functions.length > 0);
  }
  t.equal(new Set(NODEMCU_MODULES.map(({ name }) => name)).size, NODEMCU_MODULES.length);
});
