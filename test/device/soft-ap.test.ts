import t from 'tap';
import { ms } from '../../runtime/core/index.ts';
import { BOOT, STATION_STATUS, WIFI_MODE } from '../../runtime/device/index.ts';
import { blank, HOME, home } from '../helpers/joined.ts';

t.test('the interface exists only while the mode has an access point', async (t) => {
  const { esp } = blank();
  const { wifi, stack } = esp.device;
  t.equal(wifi.softAp.on, false);
  wifi.setMode(WIFI_MODE.STATIONAP, false);
  t.ok(wifi.softAp.on);
  t.equal(wifi.softAp.netif?.usable, true);
  t.equal(stack.defaultNetif?.name, 'st');
  wifi.setMode(WIFI_MODE.SOFTAP, false);
  t.equal(stack.defaultNetif?.name, 'ap');
  wifi.setMode(WIFI_MODE.STATION, false);
  t.equal(wifi.softAp.on, false);
  t.equal(stack.defaultNetif?.name, 'st');
});

t.test('an access point counts as something to wait for while the program listens to its stations', async (t) => {
  const { esp } = blank();
  esp.lua('wifi.setmode(wifi.SOFTAP)');
  t.same(esp.device.wakeSources().endless, []);
  esp.lua('wifi.eventmon.register(wifi.eventmon.AP_STACONNECTED, print)');
  t.same(esp.device.wakeSources().endless, ['wifi softap']);
});

t.test('the second boot finds its network on the channel of the first at once', async (t) => {
  const joinTime = (esp: ReturnType<typeof home>['esp']): number => {
    const start = esp.clock.now();
    while (esp.device.wifi.status !== STATION_STATUS.GOT_IP) esp.run(10);
    return esp.clock.now() - start;
  };
  const { esp } = home(HOME);
  const first = joinTime(esp);
  esp.device.reset(BOOT.EXTERNAL);
  esp.run(1);
  const second = joinTime(esp);
  t.ok(first - second > ms(1400), `${first} us, then ${second} us`);
});
