/** What `http` says to its caller; requests on the wire are in the recordings and in test/proto/http-client.test.ts. */
import t from 'tap';
import { http } from '../../bindings/nodemcu/http.ts';
import { seconds } from '../../runtime/core/index.ts';
import { type Story, story, whenOnline } from '../helpers/story.ts';
import { Board } from './net-board.ts';

const board = (): Board => new Board({ modules: [http] });

t.test('only the address and the method are checked', async (t) => {
  const rows: readonly (readonly [string, string])[] = [
    ['http.get()', "bad argument #1 to 'get' (string expected, got no value)"],
    ['http.get({})', "bad argument #1 to 'get' (string expected, got table)"],
    ['http.post(nil)', "bad argument #1 to 'post' (string expected, got nil)"],
    ['http.put()', "bad argument #1 to 'put' (string expected, got no value)"],
    ['http.delete()', "bad argument #1 to 'delete' (string expected, got no value)"],
    ['http.request()', "bad argument #1 to 'request' (string expected, got no value)"],
    ['http.request("http://x/")', "bad argument #2 to 'request' (string expected, got no value)"],
    ['http.request("http://x/", nil)', "bad argument #2 to 'request' (string expected, got nil)"],
  ];
  const device = board();
  for (const [statement, message] of rows) t.equal(device.errorOf(statement), `t:1: ${message}`, statement);
});

t.test('the module has five functions and two constants, and returns nothing', async (t) => {
  const lines = board().lua(
    `local k = {}
     for n, v in pairs(http) do k[#k + 1] = n .. "=" .. (type(v) == "number" and v or type(v)) end
     table.sort(k) print(table.concat(k, " "))
     print(http.get("http://192.168.1.10/", {}, "x"))`,
  );
  t.equal(lines[0], 'ERROR=-1 OK=0 delete=function get=function post=function put=function request=function');
  t.equal(lines[1], '');
});

t.test(
  'addresses that cannot be used are told on the console, and the callback waits for the next request',
  async (t) => {
    const device = board();
    const lines = device.lua(
      `http.get("ftp://x/", nil, function(c) print("first", c) end)
     http.get("http://x:0/", nil)
     http.get("http://" .. ("a"):rep(128) .. "/", nil)
     http.get("http://:1/", nil)`,
    );
    t.same(lines, [
      'HTTP client: URL is not HTTP or HTTPS ftp://x/',
      'HTTP client: Port error x:0/',
      `HTTP client: hostname is too long ${'a'.repeat(128)}/`,
      'HTTP client: DNS arg error ',
      'HTTP client: DNS failed for ',
      'first\t-1',
    ]);
  },
);

t.test('the callback is let go before it runs', async (t) => {
  const device = board();
  const before = device.device.lua.refCount;
  device.lua('http.get("http://:1/", nil, function() http.get("http://:1/", nil, function(...) print(...) end) end)');
  t.equal(device.device.lua.refCount, before);
});

function online(body: string): Story {
  return story(
    `${whenOnline(body)}
     function show(code, data, headers)
       print(code, data, headers and headers["content-type"])
     end
     wifi.setmode(wifi.STATION) wifi.sta.config({ ssid = "home", pwd = "12345678" })`,
  );
}

t.test('every function asks with its method', async (t) => {
  const run = online(`
    local calls = {
      function(f) http.get("http://http.test/get", 5, f) end,
      function(f) http.post("http://http.test/post", nil, 42, f) end,
      function(f) http.put("http://http.test/post", "A: b\\r\\n", "new", f) end,
      function(f) http.delete("http://http.test/status/204", nil, nil, f) end,
      function(f) http.request("http://http.test/get", "HEAD", nil, nil, f) end,
    }
    local function go(n)
      if calls[n] then calls[n](function(code, data) print("answer", n, code, #data) go(n + 1) end)
      else print("done") end
    end
    go(1)`);
  t.ok(run.until('done', seconds(30)));
  const answers = run.said().match(/answer.*/g);
  t.match(answers, [/1\t200\t\d\d\d/, /2\t200\t2$/, /3\t200\t3$/, /4\t204\t0$/, /5\t200\t0$/]);
});

t.test('there is one callback: of two requests the first answer gets the second one', async (t) => {
  const run = online(`
    http.get("http://http.test/bytes/1", nil, function() print("first") end)
    http.get("http://http.test/delay/5", nil, function(_, data) print("second", #data) end)
    tmr.create():alarm(10000, tmr.ALARM_SINGLE, function() print("done") end)`);
  t.ok(run.until('done', seconds(30)));
  t.match(run.said(), /second\t1\n/);
  t.notMatch(run.said(), /first|second\t\d\d/);
});

t.test('an error in the callback goes to the handler of node.setonerror', async (t) => {
  const run = online(`
    node.setonerror(function(e) print("handled", (e:gsub("\\n.*", ""))) end)
    http.get("http://http.test/get", nil, function() error("boom") end)`);
  t.ok(run.until('boom', seconds(30)));
  t.match(run.said(), /handled\tinit\.lua:\d+: boom/);
});

t.test('a running request keeps the run alive, nothing does after it', async (t) => {
  const run = online('http.get("http://http.test/delay/20", nil, show)');
  run.world.runFor(seconds(10));
  t.ok(run.world.runUntilIdle(seconds(60)));
  t.match(run.said(), /200\t.*application\/json/s);
  t.ok(run.world.now < seconds(40));
});
