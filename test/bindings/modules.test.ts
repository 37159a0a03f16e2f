/** What holds for all modules of the firmware. */
import t from 'tap';
import { NODEMCU_MODULES } from '../../bindings/index.ts';
import { FIRMWARES } from '../../runtime/device/index.ts';
import type { LuaTree } from '../../runtime/vm/index.ts';
import type { MacAddress } from '../../runtime/wire/index.ts';
import { Esp } from '../helpers/esp.ts';

t.test('to make what a module does changes nothing that anybody could see', async (t) => {
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
    const before = state();
    for (const module of device.modules) device.members(module);
    t.same(state(), before, firmware);
    t.equal(bytes, 0);
  }
});

/** Names and constants, without what functions do. */
const shape = (tree: LuaTree): unknown =>
  Object.entries(tree).map(([name, member]) => [
    name,
    typeof member === 'function'
      ? 'function'
      : typeof member === 'object' && member !== null && member.constructor === Object
        ? shape(member as LuaTree)
        : member,
  ]);

t.test('names and constants depend on release and version alone, for devices share them', async (t) => {
  for (const firmware of FIRMWARES) {
    for (const lua of ['5.1', '5.3'] as const) {
      const mac = 0x18fe34010203 as MacAddress;
      const devices = [{}, { mac, ssl: false, lfsBytes: 0x20000, flashId: 1, station: undefined }].map(
        (profile) => new Esp({ profile: { ...profile, firmware, lua } }).device,
      );
      const [shapes, others] = devices.map((device) =>
        device.modules.map((module) => {
          const { tree, classes } = device.members(module);
          return [module.name, shape(tree), classes.map(({ name, members }) => [name, shape(members)])];
        }),
      );
      t.same(shapes, others, `${firmware} ${lua}`);
    }
  }
});

t.test('an address that a script prints does not depend on other devices', async (t) => {
  const script = 'print(gpio, gpio.mode, string, string.format, net)';
  const first = new Esp().lua(script);
  new Esp().lua('print({}, net, string)');
  t.same(new Esp().lua(script), first);
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
