import t from 'tap';
import { PwmChannels } from '../../bindings/nodemcu/pwm-channels.ts';
import { Esp } from '../helpers/esp.ts';

t.test('a frequency is cut to 16 bits before it is limited', async (t) => {
  const channels = new PwmChannels(new Esp().device);
  channels.add(1, 0x10064, 0);
  t.equal(channels.frequency, 100);
  channels.setFrequency(0x10000);
  t.equal(channels.frequency, 1);
});

t.test('a pin is read as its pulses stand', async (t) => {
  const { device } = new Esp();
  const channels = new PwmChannels(device);
  channels.add(1, 100, 1023);
  t.equal(device.gpio.read(1), 0);
  channels.start(1);
  t.equal(device.gpio.read(1), 1);
  channels.close(1);
  t.notOk(channels.has(1));
});
