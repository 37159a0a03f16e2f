import t from 'tap';
import { world } from '../../cli/testing/index.ts';
import { describeFrame } from '../../runtime/index.ts';

const SCRIPT = `
srv = net.createServer(30)
srv:listen(80, function(c)
  c:on("receive", function(c, r)
    c:send("HTTP/1.0 200 OK\\r\\n\\r\\nyes")
  end)
  c:on("sent", function(c) c:close() end)
end)
wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
  http.get("http://http.test/get", nil,
    function(code) print("code", code) end)
  tmr.create():alarm(3000, 0, function()
    local u = net.createUDPSocket()
    u:send(9, "192.168.1.12", "x")
  end)
end)
print("ready")
`;

function run() {
  const net = world();
  const esp = net.device({ files: { 's.lua': SCRIPT }, run: 's.lua' });
  esp.waitSerial('ready');
  return { net, esp };
}

t.test('a frame has the line that sent it, and that line the frame that woke it', async (t) => {
  const { net, esp } = run();
  net.host().http(esp.waitAddress());
  const { frames } = net.log;
  const answer = frames.find(({ cause }) => cause?.line === 's.lua:5');
  t.match(answer?.cause, { device: 'esp1', line: 's.lua:5' });
  const waker = frames[answer?.cause?.wokenBy as number];
  t.match(describeFrame(waker?.frame as Uint8Array), /192\.168\.1\.20.* > 192\.168\.1\.50\.80: .*length 57/);
  t.match(net.lastFrames().join('\n'), /Flags \[FA\].* <- s\.lua:7/);
  t.match(net.lastLua().esp1, /^the function at s\.lua:\d+, called at \d+\.\d{6} s by /);
});

t.test('what the firmware sends later has the line that asked for it: a lookup, a connection, a request', async (t) => {
  const { net, esp } = run();
  esp.waitSerial('code');
  const said = net.lastFrames(1000).filter((line) => line.endsWith('<- s.lua:10'));
  t.match(said.join('\n'), /ARP, Request who-has.*A\? http\.test.*Flags \[S\].*Flags \[PA\]/s);
});

t.test('a timer wakes too, a segment sent again keeps its line, and acknowledgements have none', async (t) => {
  const { net, esp } = run();
  const address = esp.waitAddress();
  net.run('5s');
  const datagram = net.log.frames.find(({ cause }) => cause?.line === 's.lua:14');
  t.equal(datagram?.cause?.wokenBy, 'tmr');
  net.fault({ effect: 'drop', match: { direction: 'from-ap', etherType: 0x800 }, limit: 1, from: net.world.now });
  const before = net.log.frames.length;
  net.host().http(address);
  const rest = net.log.frames.slice(before);
  t.ok(rest.filter(({ cause }) => cause?.line === 's.lua:5').length >= 1);
  const acks = rest.filter(({ frame }) => /192\.168\.1\.50\.80 > .*Flags \[A\],.*length 0$/.test(describeFrame(frame)));
  t.notOk(acks.some(({ cause }) => cause !== undefined));
});

t.test('without following nothing is looked up', async (t) => {
  const net = world();
  net.world.trace.following = false;
  const esp = net.device({ files: { 's.lua': SCRIPT }, run: 's.lua' });
  net.host().http(esp.waitAddress());
  t.notOk(net.log.frames.some(({ cause }) => cause !== undefined));
});
