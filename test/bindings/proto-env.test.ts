import t from 'tap';
import { protoEnvOf } from '../../bindings/nodemcu/proto-env.ts';
import { BOOT } from '../../runtime/device/index.ts';
import { Esp } from '../helpers/esp.ts';

t.test('all modules of a boot share one environment, the next boot has another', async (t) => {
  const esp = new Esp();
  const first = protoEnvOf(esp.device);
  t.equal(protoEnvOf(esp.device), first);
  esp.device.reset(BOOT.SOFT_RESTART);
  esp.run(10);
  t.not(protoEnvOf(esp.device), first);
});

t.test('its timers are those of the device', async (t) => {
  const esp = new Esp();
  let fired = 0;
  const timer = protoEnvOf(esp.device).timer('x', () => fired++);
  timer.arm(20, false);
  t.ok(esp.device.wakeSources().finite.includes('timer x'));
  esp.run(20);
  t.equal(fired, 1);
});

t.test('a memory fault stops the program and restarts the chip as an exception', async (t) => {
  const esp = new Esp();
  esp.device.cpu.run(() => {
    protoEnvOf(esp.device).crash('read the unreadable');
    t.fail('it does not return');
  });
  t.match(esp.take(), /Fatal exception 28\(LoadProhibitedCause\):\r\n$/);
  esp.run(10);
  t.match(esp.events.join('\n'), /crash exception read the unreadable @.*\nreset 2 2 @/);
});
