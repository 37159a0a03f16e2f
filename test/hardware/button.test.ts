import t from 'tap';
import { ms, VirtualClock } from '../../runtime/core/index.ts';
import { Button, type ButtonOptions } from '../../runtime/hardware/button.ts';
import { Hardware } from '../../runtime/hardware/hardware.ts';

function make(options: Omit<ButtonOptions, 'pin'> = {}) {
  const clock = new VirtualClock();
  const seen: string[] = [];
  const hardware = new Hardware(clock, {
    connect: () => {},
    setExternal: (pin, level) => seen.push(`${pin}=${level}@${clock.now() / 1000}`),
    read: () => 1,
  });
  const button = hardware.attach(new Button({ pin: 3, ...options }));
  return { clock, seen, button, hardware };
}

t.test('pressed pulls the pin down', async (t) => {
  const { seen, button } = make();
  button.press();
  t.ok(button.pressed);
  button.press();
  button.release();
  t.same(seen, ['3=1@0', '3=0@0', '3=1@0']);
});

t.test('a button to the supply pulls it up', async (t) => {
  const { seen, button } = make({ active: 1 });
  button.press();
  t.same(seen, ['3=0@0', '3=1@0']);
});

t.test('contacts bounce', async (t) => {
  const { clock, seen, button } = make({ bounces: 2 });
  button.press();
  clock.runUntil(ms(5));
  t.same(seen.slice(1), ['3=0@0', '3=1@0.3', '3=0@0.6', '3=1@0.9', '3=0@1.2']);
});

t.test('a plan presses by itself', async (t) => {
  const { clock, seen, hardware } = make({ presses: [2_000_000, 1_000_000], holdUs: 50_000 });
  t.same(hardware.pending, ['button']);
  clock.runUntil(ms(3000));
  t.same(seen.slice(1), ['3=0@1000', '3=1@1050', '3=0@2000', '3=1@2050']);
  t.same(hardware.pending, []);
});
