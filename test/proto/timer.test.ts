import t from 'tap';
import { ms, Rng, SILENT, VirtualClock } from '../../runtime/core/index.ts';
import { protoEnv } from '../../runtime/proto/env.ts';
import { ESP8266_OPTS, Stack } from '../../runtime/stack/index.ts';

t.test('a timer fires once or again and again, until it is disarmed', async (t) => {
  const clock = new VirtualClock();
  const stack = new Stack({ clock, rng: new Rng(1), trace: SILENT }, ESP8266_OPTS);
  const env = protoEnv(stack, new Rng(1), () => t.fail('no crash'));
  const fired: string[] = [];
  const once = env.timer('once', () => fired.push(`once ${clock.now() / 1000}`));
  const often = env.timer('often', () => fired.push(`often ${clock.now() / 1000}`));
  once.arm(10, false);
  often.arm(4, true);
  t.ok(once.armed && often.armed);
  clock.runUntil(ms(13));
  often.disarm();
  clock.runUntil(ms(100));
  t.same(fired, ['often 4', 'often 8', 'once 10', 'often 12']);
  t.notOk(once.armed || often.armed);
});
