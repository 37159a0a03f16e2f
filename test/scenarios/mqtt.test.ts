/** A device and a broker over bad air: nothing that was to be delivered is lost. */
import t from 'tap';
import { type MqttBroker, seconds, toLatin1 } from '../../runtime/index.ts';
import { story, whenOnline } from '../helpers/story.ts';

const COUNT = 1000;

/** Publishes 1 to COUNT with QoS 1, one after the other, and starts again where it was after every break. */
const SCRIPT = `
  local n = 1
  local m = mqtt.Client("counter", 20)
  local function go() m:connect("mqtt.test") end
  local function later() tmr.create():alarm(1000, tmr.ALARM_SINGLE, go) end
  local failed
  m:on("connect", function(c) failed = nil c:publish("count", n, 1, 0) end)
  m:on("puback", function(c)
    n = n + 1
    if n > ${COUNT} then print("all " .. ${COUNT}) else c:publish("count", n, 1, 0) end
  end)
  -- A break while connected calls connfail, then offline; a failed attempt only connfail.
  m:on("offline", function() if not failed then later() end failed = nil end)
  m:on("connfail", function(_, reason) failed = true later() end)
  ${whenOnline('go()')}
  wifi.setmode(wifi.STATION) wifi.sta.config({ ssid = "home", pwd = "12345678" })
`;

t.test('1,000 messages of QoS 1 arrive through 5 % loss and two restarts of the broker', async (t) => {
  const counts = new Map<string, number>();
  const { world, until, said } = story(SCRIPT, {
    prepare: (world) => {
      world.addFault({ effect: 'drop', probability: 0.05 });
    },
  });
  const broker = world.services.get('mqtt.test') as MqttBroker;
  let restarts = 0;
  broker.onMessage = ({ payload }) => {
    const text = toLatin1(payload);
    counts.set(text, (counts.get(text) ?? 0) + 1);
    if (counts.size === 300 + 400 * restarts && restarts < 2) {
      restarts++;
      world.clock.timer('restart', () => broker.restart()).arm(seconds(0.01));
    }
  };
  t.ok(until(`all ${COUNT}`, seconds(7200)), said());
  t.equal(restarts, 2);
  t.equal(counts.size, COUNT);
  for (let n = 1; n <= COUNT; n++) if (!counts.has(String(n))) t.fail(`${n} is missing`);
});

t.test('the will of a device that vanishes is published, that of one that closes is not', async (t) => {
  const seen: string[] = [];
  const { world, until, device } = story(
    `m = mqtt.Client("dev", 10) m:lwt("status", "gone", 1, 1)
     m:on("connect", function(c) c:publish("status", "here", 1, 1, function() print("here") end) end)
     ${whenOnline('m:connect("mqtt.test")')}
     wifi.setmode(wifi.STATION) wifi.sta.config({ ssid = "home", pwd = "12345678" })`,
  );
  const broker = world.services.get('mqtt.test') as MqttBroker;
  broker.onMessage = ({ topic, payload, retain }) => seen.push(`${topic}=${toLatin1(payload)}${retain ? ' kept' : ''}`);
  t.ok(until('here', seconds(30)));
  device.reset({ raw: 4, reason: 1 });
  device.flash.put('init.lua', new Uint8Array());
  world.runFor(seconds(20));
  t.same(seen, ['status=here kept', 'status=gone kept']);
});
