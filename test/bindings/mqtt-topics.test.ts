/** Topics as scripts give them, as they reach the broker; the sentences are in mqtt.test.ts. */
import t from 'tap';
import { seconds } from '../../runtime/core/index.ts';
import type { MqttBroker } from '../../runtime/world/index.ts';
import { story, whenOnline } from '../helpers/story.ts';

t.test('texts and tables of topics reach the broker, numbers as texts', async (t) => {
  const run = story(
    `m = mqtt.Client("dev")
     m:on("connect", function(c)
       print(c:subscribe("one", "1"), c:subscribe(2, 0), c:subscribe({three = 0, ["four/#"] = "2"}))
       print(c:unsubscribe("one"), c:unsubscribe({three = true}))
     end)
     m:on("message", function(_, topic) print("got " .. topic) end)
     m:on("unsuback", function() print("unsubscribed") end)
     ${whenOnline('m:connect("mqtt.test")')}
     wifi.setmode(wifi.STATION) wifi.sta.config({ ssid = "home", pwd = "12345678" })`,
  );
  const broker = run.world.services.get('mqtt.test') as MqttBroker;
  run.until('unsubscribed\nunsubscribed', seconds(30));
  t.match(run.said(), 'true\ttrue\ttrue\ntrue\ttrue\n');
  for (const topic of ['one', '2', 'three', 'four/x'])
    broker.publish({ topic, payload: new Uint8Array(), qos: 2, retain: false });
  run.world.runFor(seconds(2));
  t.same(run.said().match(/got .*/g), ['got 2', 'got four/x']);
});

t.test('the first topic that does not fit ends a table, and the id is used up', async (t) => {
  const run = story(
    `m = mqtt.Client("dev")
     m:on("connect", function(c)
       print(pcall(c.subscribe, c, {[("x"):rep(1500)] = 0}))
       print(pcall(c.subscribe, c, {[("x"):rep(1500)] = "no number"}))
       c:publish("t", "x", 1, 0, function() print("done") end)
     end)
     ${whenOnline('m:connect("mqtt.test")')}
     wifi.setmode(wifi.STATION) wifi.sta.config({ ssid = "home", pwd = "12345678" })`,
  );
  t.ok(run.until('done', seconds(30)));
  t.match(run.said(), "false\tbuffer overflow, can't enqueue all subscriptions\nfalse\t");
});
