import t from 'tap';
import { Led } from '../../runtime/hardware/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('pins pulse between start and stop', async (t) => {
  const esp = new Esp();
  const led = esp.device.hardware.attach(new Led({ pin: 3 }));
  t.same(
    esp.lua(
      'pwm2.setup_pin_hz(3, 250000, 2, 1) print(pwm2.start()) print(pwm2.get_timer_data()) print(pwm2.get_pin_data(3))',
    ),
    ['true', 'true\t160\t10', '1\t1\t2\t1\t250000\t160\t1'],
  );
  t.equal(led.brightness, 1 / 3, 'a pulse has one step more than asked for');
  esp.lua('pwm2.set_duty(3, 2)');
  t.equal(led.brightness, 1);
  esp.lua('pwm2.stop()');
  t.equal(esp.device.gpio.pulses(3), undefined);
});

t.test('several pins share the interrupt of their common divisor', async (t) => {
  const esp = new Esp();
  t.same(
    esp.lua(
      'pwm2.setup_pin_sec(1, 2, 10, 5) pwm2.setup_pin_hz(2, 1, 100, 0) print(pwm2.get_timer_data())',
      'print(pwm2.get_pin_data(1))',
    ),
    ['false\t800000\t50000', '1\t5\t10\t2\t1\t16000000\t20'],
  );
  t.same(
    esp.lua('pwm2.release_pin(1) print((pwm2.get_pin_data(1)), (pwm2.get_pin_data(2)))'),
    ['1\t0'],
    'it is always pin 2',
  );
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['pwm2.setup_pin_hz(0, 1, 1, 1)', "bad argument #1 to 'setup_pin_hz' (invalid pin number)"],
    ['pwm2.setup_pin_hz(1, 0, 1, 1)', "bad argument #2 to 'setup_pin_hz' (invalid frequency)"],
    ['pwm2.setup_pin_sec(1, 1, 0, 1)', "bad argument #3 to 'setup_pin_sec' (invalid frequency resolution)"],
    ['pwm2.setup_pin_hz(1, 1, 1, 2)', "bad argument #4 to 'setup_pin_hz' (invalid duty)"],
    ['pwm2.setup_pin_hz(1, 1, 1, 1, 0)', "bad argument #5 to 'setup_pin_hz' (invalid frequency fractions)"],
    ['pwm2.set_duty(1, 0)', 'pwm2 : pin=1 is not setup yet'],
    ['pwm2.set_duty(1, 1)', "bad argument #2 to 'set_duty' (invalid duty)"],
    ['pwm2.set_duty(14, 1)', "bad argument #1 to 'set_duty' (invalid pin number)"],
    ['pwm2.release_pin(0)', "bad argument #1 to 'release_pin' (invalid pin number)"],
    ['pwm2.get_pin_data(0)', "bad argument #1 to 'get_pin_data' (invalid pin number)"],
    ['pwm2.start() and pwm2.setup_pin_hz(1, 1, 1, 1)', 'pwm2 : already started, stop it before setting up pins.'],
    ['pwm2.release_pin(1)', 'pwm2 : pwm is started, stop it first.'],
  ]);
});
