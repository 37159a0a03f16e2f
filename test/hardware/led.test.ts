import t from 'tap';
import { us } from '../../runtime/core/index.ts';
import { Led } from '../../runtime/hardware/led.ts';

t.test('it shines at its level and counts', async (t) => {
  const led = new Led({ pin: 4, active: 0 });
  t.equal(led.brightness, 0);
  led.driven(4, 0);
  t.equal(led.brightness, 1);
  led.driven(4, 1);
  led.driven(4, 0);
  t.equal(led.look(), 'on, went on 2 times');
});

t.test('pulses dim it', async (t) => {
  const led = new Led({ pin: 1 });
  led.modulated(1, 500, 0.25, us(0));
  t.equal(led.look(), 'on at 25 %, went on 1 time');
  led.modulated(1, 500, 0, us(0));
  t.equal(led.look(), 'off, went on 1 time');
});
