import t from 'tap';
import { fromLatin1, ms, toLatin1, us, VirtualClock } from '../../runtime/core/index.ts';
import { Hardware } from '../../runtime/hardware/hardware.ts';
import { SerialLine } from '../../runtime/hardware/serial-line.ts';
import { UartDecoder } from '../../runtime/hardware/uart-decoder.ts';
import type { PinWire } from '../../runtime/hardware/wire.ts';

t.test('what is said arrives at the pin bit by bit, and a decoder understands it', async (t) => {
  const clock = new VirtualClock();
  const decoder = new UartDecoder(9600);
  const hardware = new Hardware(clock, {
    connect: () => {},
    setExternal: (_, level) => decoder.edge(level, clock.now()),
    read: () => 1,
  });
  const line = hardware.attach(new SerialLine({ to: 1 }));
  line.say(fromLatin1('hi'));
  line.say(fromLatin1('!'));
  t.same(hardware.pending, ['serial']);
  clock.runUntil(ms(1));
  t.equal(decoder.readyAt, us(990));
  t.equal(toLatin1(Uint8Array.from(decoder.take(clock.now()))), 'h');
  clock.runUntil(ms(4));
  t.equal(toLatin1(Uint8Array.from(decoder.take(clock.now()))), 'i!');
  t.same(hardware.pending, []);
  t.equal(decoder.readyAt, undefined);
});

t.test('it hears the pin it is wired to', async (t) => {
  const clock = new VirtualClock();
  let wire: PinWire | undefined;
  const hardware = new Hardware(clock, {
    connect: (_, given) => {
      wire = given;
    },
    setExternal: () => {},
    read: () => 1,
  });
  const line = hardware.attach(new SerialLine({ from: 2, baud: 1000 }));
  const bits = [0, 1, 0, 0, 0, 0, 0, 1, 0, 1] as const;
  bits.forEach((bit, i) => {
    wire?.driven?.(2, bit, us(i * 1000));
  });
  t.same([...line.heard()], []);
  clock.runUntil(ms(20));
  t.same([...line.heard()], [0x41]);
});
