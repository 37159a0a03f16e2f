import t from 'tap';
import { Led } from '../../runtime/hardware/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('the target is the density of the pulses', async (t) => {
  const esp = new Esp();
  const led = esp.device.hardware.attach(new Led({ pin: 2 }));
  esp.lua('sigma_delta.setup(2) sigma_delta.settarget(64)');
  t.equal(led.brightness, 0.25);
  esp.lua('sigma_delta.setpwmduty(128)');
  t.equal(led.brightness, 0.5);
  t.equal(esp.device.gpio.pulses(2)?.frequency, 80_000_000 / 256);
  esp.lua('sigma_delta.setprescale(9)');
  t.equal(esp.device.gpio.pulses(2)?.frequency, (80_000_000 / 256 / 10) * 128);
});

t.test('close lets go of the pin, and stops the modulator for all', async (t) => {
  const esp = new Esp();
  esp.lua('sigma_delta.setup(2) sigma_delta.setup(3) sigma_delta.settarget(64) sigma_delta.close(2)');
  t.equal(esp.device.gpio.pulses(2), undefined);
  t.same(esp.device.gpio.pulses(3), { frequency: 0, duty: 0 });
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['sigma_delta.setup(0)', 'sigma_delta 0 does not exist'],
    ['sigma_delta.close(13)', 'sigma_delta 13 does not exist'],
    ['sigma_delta.setpwmduty(256)', 'wrong arg range'],
    ['sigma_delta.setprescale(-1)', 'wrong arg range'],
    ['sigma_delta.settarget(256)', 'wrong arg range'],
  ]);
});
