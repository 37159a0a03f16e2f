/** Bytes over TCP between a script and a host: how they are cut, and that they arrive whatever the air does. */
import t from 'tap';
import { type Device, fromLatin1, ipv4, ms, seconds } from '../../runtime/index.ts';
import { sinkModule, story, whenOnline } from '../helpers/story.ts';

/** 1,048,576 bytes of /bytes/N as http.test defines them. */
const MEBIBYTE = 1_048_576;

t.test('a reply of 5,000 bytes fires receive with 1460, 1460, 1460 and 620', async (t) => {
  const { until, said } = story(
    whenOnline(`
      local s = net.createConnection()
      s:on("connection", function(c) c:send("go") end)
      s:on("receive", function(_, d) print("receive " .. #d) end)
      s:on("disconnection", function() print("done") end)
      s:connect(5000, "192.168.1.20")`),
    {
      prepare: (world) =>
        world.addHost('peer.test', ipv4(192, 168, 1, 20)).listen(5000, (stream) => {
          stream.handler = {
            onData: () => {
              stream.write(new Uint8Array(5000));
              stream.end();
            },
          };
        }),
    },
  );
  t.ok(until('done', seconds(30)), said());
  t.same(said().match(/receive \d+/g), ['receive 1460', 'receive 1460', 'receive 1460', 'receive 620']);
});

/** Downloads a mebibyte through a bad air; answers the time it took, or what went wrong. */
function badDownload(seed: number): { readonly seconds: number } | string {
  let received = 0;
  let wrong = 0;
  const { world, until } = story(
    whenOnline(`
      local head = true
      local s = net.createConnection()
      s:on("connection", function(c) c:send("GET /bytes/${MEBIBYTE} HTTP/1.0\\r\\n\\r\\n") end)
      s:on("receive", function(_, d)
        if head then
          local _, e = d:find("\\r\\n\\r\\n", 1, true)
          if not e then return end
          head, d = false, d:sub(e + 1)
        end
        sink.put(d)
      end)
      s:on("disconnection", function(_, code) print("over " .. code) end)
      s:connect(80, "http.test")`),
    {
      seed,
      modules: [
        sinkModule((bytes) => {
          for (const byte of bytes) if (byte !== received++ % 251) wrong++;
        }),
      ],
      prepare: (world) => {
        world.addFault({ effect: 'drop', probability: 0.1 });
        world.addFault({ effect: 'reorder', probability: 0.05, time: ms(5) });
        world.addFault({ effect: 'duplicate', probability: 0.05, time: ms(5) });
        // Of TCP, protocol 6: a wrong bit in ARP, which has no checksum, rightly sends a whole connection astray.
        const match = { frame: (frame: Uint8Array) => frame[12] === 8 && frame[13] === 0 && frame[23] === 6 };
        world.addFault({ effect: 'corrupt', probability: 0.02, match });
      },
    },
  );
  if (!until('over', seconds(3600))) return `seed ${seed}: not over after an hour, ${received} bytes`;
  if (received !== MEBIBYTE || wrong > 0) return `seed ${seed}: ${received} bytes, ${wrong} of them wrong`;
  return { seconds: world.now / 1e6 };
}

for (let seed = 1; seed <= 20; seed++) {
  t.test(`a mebibyte arrives whole over a bad air with seed ${seed}`, async (t) => {
    const result = badDownload(seed);
    t.type(result, 'object', String(result));
  });
}

t.test('an upload and its echo are the same bytes', async (t) => {
  let received = '';
  const { until, said } = story(
    whenOnline(`
      local sent, total = 0, 30000
      local s = net.createConnection()
      local function more(c)
        if sent < total then
          local n = math.min(1400, total - sent)
          c:send(string.rep(string.char(65 + sent % 26), n))
          sent = sent + n
        end
      end
      s:on("connection", function(c)
        c:send("POST /post HTTP/1.0\\r\\nContent-Length: " .. total .. "\\r\\n\\r\\n")
      end)
      s:on("sent", more)
      s:on("receive", function(_, d) sink.put(d) end)
      s:on("disconnection", function() print("over") end)
      s:connect(80, "http.test")`),
    {
      modules: [
        sinkModule((bytes) => {
          received += String.fromCharCode(...bytes);
        }),
      ],
    },
  );
  t.ok(until('over', seconds(120)), said());
  const body = received.slice(received.indexOf('\r\n\r\n') + 4);
  let expected = '';
  for (let sent = 0; sent < 30_000; sent = expected.length)
    expected += String.fromCharCode(65 + (sent % 26)).repeat(Math.min(1400, 30_000 - sent));
  t.equal(body.length, 30_000);
  t.ok(body === expected);
});

t.test('a host can open a connection to a server on the device', async (t) => {
  const { world, device, until } = story(
    whenOnline(`
      net.createServer(30):listen(7000, function(c)
        c:on("receive", function(s, d) s:send(d:upper()) end)
      end)
      print("ready")`),
  );
  const host = world.addHost('pc.test', ipv4(192, 168, 1, 30));
  t.ok(until('ready', seconds(30)));
  let reply = '';
  const stream = host.connect(addressOf(device), 7000, {
    onData: (bytes) => {
      reply += String.fromCharCode(...bytes);
    },
  });
  stream.write(fromLatin1('hello'));
  world.runFor(seconds(2));
  t.equal(reply, 'HELLO');
});

const addressOf = (device: Device) => device.stack.netifs[0]?.addr ?? ipv4(0, 0, 0, 0);
