import t from 'tap';
import { Led } from '../../runtime/hardware/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

function make() {
  const esp = new Esp();
  const told: string[] = [];
  esp.device.events.on('pulses', (pin, frequency, duty) => told.push(`${pin} ${frequency} ${Math.round(duty * 1023)}`));
  return { esp, told };
}

t.test('pulses begin with start and end with stop; the duty stays', async (t) => {
  const { esp, told } = make();
  const led = esp.device.hardware.attach(new Led({ pin: 1 }));
  t.same(esp.lua('print(pwm.setup(1, 200, 512)) print(pwm.getclock(1), pwm.getduty(1)) pwm.start(1)'), [
    '200',
    '200\t512',
  ]);
  t.equal(Math.round(led.brightness * 1023), 512);
  t.same(esp.lua('print(pwm.setduty(1, 1023)) pwm.stop(1) print(pwm.getduty(1))'), ['1023', '1023']);
  t.same(told, ['1 200 0', '1 200 512', '1 200 1023', '1 200 0']);
});

t.test('all channels share the frequency, which is at most 1000 Hz', async (t) => {
  const { esp } = make();
  t.same(
    esp.lua(
      'print(pwm.setup(1, 100, 0), pwm.setup(2, 5000, 0), pwm.getclock(1), pwm.setclock(1, 50), pwm.getclock(2))',
    ),
    ['100\t1000\t1000\t50\t50'],
  );
});

t.test('gpio.mode and close take a pin out', async (t) => {
  const { esp, told } = make();
  t.same(
    esp.lua(
      'pwm.setup(1, 100, 500) pwm.start(1) gpio.mode(1, gpio.OUTPUT) print(pwm.getduty(1), pwm.getclock(1), pwm.setduty(1, 5))',
      'pwm.setup(2, 100, 500) pwm.start(2) pwm.close(2) print(pwm.getduty(2), pwm.setclock(2, 5))',
    ),
    ['0\t0\t0', '0\t0'],
  );
  t.equal(told.filter((line) => / 0 0$/.test(line)).length, 2);
});

t.test('six channels are all', async (t) => {
  const { esp } = make();
  t.equal(esp.error('(function() for i = 1, 7 do pwm.setup(i, 100, 0) end end)()'), 'too many pwms.');
  t.same(esp.lua('print(pwm.setup(1, 100, 0))'), ['100'], 'one that is there may be set up again');
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['pwm.setup(0, 1, 1)', 'no pwm for D0'],
    ['pwm.setup(13, 1, 1)', 'pwm 13 does not exist'],
    ['pwm.setup(1, 0, 1)', 'wrong arg range'],
    ['pwm.setup(1, 1, 1024)', 'wrong arg range'],
    ['pwm.setup(1, 1, -1)', 'wrong arg range'],
    ['pwm.start(1)', 'Unable to start PWM output'],
    ['pwm.start(0)', 'pwm 0 does not exist'],
    ['pwm.stop(13)', 'pwm 13 does not exist'],
    ['pwm.close(13)', 'pwm 13 does not exist'],
    ['pwm.setclock(1, 0)', 'wrong arg range'],
    ['pwm.getclock(0)', 'pwm 0 does not exist'],
    ['pwm.setduty(1, 1024)', 'wrong arg range'],
    ['pwm.getduty(0)', 'pwm 0 does not exist'],
  ]);
});
