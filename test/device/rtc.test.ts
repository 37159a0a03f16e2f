import t from 'tap';
import { seconds, VirtualClock } from '../../runtime/core/index.ts';
import { Rtc } from '../../runtime/device/rtc.ts';

t.test('the clock runs on from what it was set to and knows nothing before', async (t) => {
  const clock = new VirtualClock();
  const rtc = new Rtc(clock);
  t.equal(rtc.unixTime, undefined);
  clock.runUntil(seconds(5));
  rtc.setUnixTime(seconds(1_700_000_000));
  clock.runUntil(seconds(15));
  t.equal(rtc.unixTime, seconds(1_700_000_010));
});

t.test('a rate makes the clock faster or slower from then on', async (t) => {
  const clock = new VirtualClock();
  const rtc = new Rtc(clock);
  rtc.rate = 7;
  t.equal(rtc.unixTime, undefined, 'but does not set it');
  rtc.rate = 0;
  rtc.setUnixTime(seconds(1000));
  clock.runUntil(seconds(100));
  rtc.rate = 2 ** 31 - 1;
  t.equal(rtc.unixTime, seconds(1100), 'nothing jumps');
  clock.runUntil(seconds(110));
  t.ok(Math.abs((rtc.unixTime ?? 0) - seconds(1115)) <= 1);
  rtc.rate = -(2 ** 30);
  clock.runUntil(seconds(120));
  t.ok(Math.abs((rtc.unixTime ?? 0) - seconds(1122.5)) <= 2);
});

t.test('power-off clears memory and clock', async (t) => {
  const rtc = new Rtc(new VirtualClock());
  rtc.memory[5] = -7;
  rtc.setUnixTime(seconds(1));
  t.equal(rtc.memory.length, 128);
  rtc.powerOff();
  t.equal(rtc.memory[5], 0);
  t.equal(rtc.unixTime, undefined);
});
