import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { outcomeOf, told } from './bench.ts';

const PAIR = `
function instance0()
  srv = net.createServer(30)
  srv:listen(5000, function(c)
    c:on("receive", function(c, text)
      print("got " .. text)
      c:send(text:upper())
    end)
  end)
  multitest.wait("done", function() print("closing") srv:close() end)
  wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function(e)
    multitest.globals { IP = e.IP }
    multitest.next()
  end)
end
function instance1()
  local c = net.createConnection()
  c:on("connection", function(c) c:send("hello") end)
  c:on("receive", function(c, text)
    print(text)
    c:close()
    multitest.broadcast("done")
  end)
  c:connect(5000, IP)
end
`;
const EXPECTED = `--- instance0 ---
> dofile("multi_pair.lua")
> instance0()
> got hello
closing
--- instance1 ---
> dofile("multi_pair.lua")
> instance1()
> HELLO
`;

t.test('two devices in one file take turns, share globals and talk over the network', async (t) => {
  const files = { 'multi_pair.lua': PAIR, 'multi_pair.expect': EXPECTED };
  t.same(told(outcomeOf(t, 'multi', files)), []);
  const wrong = outcomeOf(t, 'multi', { ...files, 'multi_pair.expect': EXPECTED.replace('HELLO', 'hello') });
  t.match(told(wrong), [/^what the devices print is not as multi_pair\.expect says/]);
  t.match(wrong.failures[0]?.difference, /- > hello\n\+ > HELLO/);
  t.match(wrong.failures[0]?.lua?.instance1, /multi_pair\.lua:\d+, called at/);
  const updated = outcomeOf(t, 'multi', { 'multi_pair.lua': PAIR }, { update: true });
  t.equal(readFileSync(join(updated.folder, 'multi_pair.expect'), 'utf8'), EXPECTED);
});

t.test('who never has their turn, waits in vain or fails, fails the test', async (t) => {
  const run = (source: string) => told(outcomeOf(t, 'multi', { 'multi_x.lua': source }));
  t.same(run('function instance0() end\nfunction instance1() end'), [
    'instance1 never began: nobody has called multitest.next()',
  ]);
  t.same(run('function instance0() multitest.wait("x", function() end) end'), ["instance0 waited for 'x' in vain"]);
  t.match(run('function instance0() error("boom") end'), [/^instance0: multi_x\.lua:1: boom/]);
  t.same(run('print(1)'), ['the file has no function instance0']);
  t.same(
    run(
      'function instance0() multitest.broadcast("x") multitest.next() end\nfunction instance1()\n  multitest.wait("x", function() print("late") end)\nend',
    ),
    [],
  );
});
