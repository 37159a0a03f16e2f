import t from 'tap';
import { parseCommandLine } from '../../cli/args.ts';
import { type Setup, setUp } from '../../cli/setup.ts';
import { seconds } from '../../runtime/index.ts';

function options(...args: string[]) {
  const parsed = parseCommandLine(['run', '-e', 'x', ...args]);
  if (!parsed.ok || parsed.value.kind !== 'run') throw new Error(JSON.stringify(parsed));
  return parsed.value.options;
}
function made(...args: string[]): Setup {
  const setup = setUp(options(...args), []);
  if (!setup.ok) throw new Error(setup.message);
  return setup.value;
}

t.test(
  'without options: one access point for everybody, the saved network of the default profile, no faults',
  async (t) => {
    const { world, device } = made('--seed', '5');
    t.equal(world.seed, 5);
    t.match(world.accessPoints, [{ channel: 6 }]);
    t.match(device.wifi.saved.station, { ssid: 'mcubox', password: '' });
    t.equal(device.profile.lua, '5.1');
  },
);

t.test('named access points take its place and the first is saved in flash', async (t) => {
  const { world, device } = made('--ap', 'home,password=secret123,channel=11', '--ap', 'café,bssid=02:00:00:00:00:09');
  t.match(world.accessPoints, [{ channel: 11 }, { bssid: 0x020000000009 }]);
  t.equal(world.accessPoints[1]?.options.ssid, 'caf\u00c3\u00a9', 'the bytes of UTF-8');
  t.match(device.wifi.saved.station, { ssid: 'home', password: 'secret123' });
  t.equal(made('--blank-wifi').device.wifi.saved.station, undefined);
});

t.test('faults act on the air: with everything lost nobody gets an address', async (t) => {
  const join = (...args: string[]): boolean => {
    const { world, device } = made(...args);
    device.start();
    world.runFor(seconds(10));
    return device.stack.netifs[0]?.usable ?? false;
  };
  t.equal(join(), true);
  t.equal(join('--dup', '100%', '--reorder', '100%', '--delay', '1ms', '--jitter', '1ms'), true);
  t.equal(join('--loss', '100%'), false);
  t.equal(join('--corrupt', '100%'), false);
  t.equal(join('--delay', '60s'), false);
});

t.test('files go to the flash; a flash that is too small says so', async (t) => {
  const file = (name: string, length: number) => ({ name, bytes: new Uint8Array(length) });
  const good = setUp(options(), [file('a.lua', 10)]);
  t.same(good.ok && good.value.device.flash.list(), [{ name: 'a.lua', size: 10 }]);
  t.same(setUp(options(), [file('a.lua', 10), file('big.bin', 5_000_000)]), {
    ok: false,
    message: 'the flash is full: big.bin does not fit',
  });
});
