import t from 'tap';
import { Rng, SILENT, VirtualClock } from '../../runtime/core/index.ts';
import { protoEnv } from '../../runtime/proto/env.ts';
import { ESP8266_OPTS, Stack } from '../../runtime/stack/index.ts';

t.test('any stack can carry engines: clock, timers and connections come with it', async (t) => {
  const clock = new VirtualClock();
  const stack = new Stack({ clock, rng: new Rng(1), trace: SILENT }, ESP8266_OPTS);
  const crashes: string[] = [];
  const env = protoEnv(stack, new Rng(1), (what) => crashes.push(what));
  t.equal(env.clock, stack.clock);
  t.equal(env.stack, stack);
  const port = env.espconn.port();
  t.ok(port >= 1024 && port < 50_000);
  t.notOk(env.timer('x', () => {}).armed);
  env.crash('here');
  t.same(crashes, ['here']);
});
