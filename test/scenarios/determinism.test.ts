/** Same seed, same bytes: of the console and of the capture. */
import { createHash } from 'node:crypto';
import t from 'tap';
import { ipv4, seconds, type World } from '../../runtime/index.ts';
import { story, whenOnline } from '../helpers/story.ts';

const SCRIPT = whenOnline(`
  print(t.IP, tmr.now())
  local s = net.createConnection()
  s:on("connection", function(c) c:send("GET /bytes/20000 HTTP/1.0\\r\\n\\r\\n") end)
  s:on("receive", function(_, d) print(tmr.now(), #d) end)
  s:on("disconnection", function() print("over", s:getaddr(), node.random(1, 1000000)) end)
  s:connect(80, "http.test")
  net.ping("echo.test", 3, function(_, ip, seq, rtt) print("ping", ip, seq, rtt) end)`);

function run(seed: number, prepare?: (world: World) => void): { readonly console: string; readonly capture: string } {
  const hash = createHash('sha256');
  const { world, console } = story(SCRIPT, {
    seed,
    prepare: (world) => {
      world.addFault({ effect: 'drop', probability: 0.05 });
      world.lan.tap((at, frame) => hash.update(`${at}:`).update(frame));
      prepare?.(world);
    },
  });
  world.runFor(seconds(60));
  return { console: console(), capture: hash.digest('hex') };
}

t.test('the same seed gives the same console and the same capture, byte for byte', async (t) => {
  const first = run(7);
  t.match(first.console, /over/);
  t.strictSame(run(7), first);
});

t.test('another seed gives another world', async (t) => {
  t.not(run(7).console, run(8).console);
  t.not(run(7).capture, run(8).capture);
});

t.test('an idle host changes nothing the device prints', async (t) => {
  const alone = run(7).console;
  t.equal(run(7, (world) => world.addHost('idle.test', ipv4(192, 168, 1, 40))).console, alone);
});
