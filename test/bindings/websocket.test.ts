import t from 'tap';
import { seconds } from '../../runtime/core/index.ts';
import type { WebsocketEcho } from '../../runtime/world/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';
import { home } from '../helpers/joined.ts';
import { story, whenOnline } from '../helpers/story.ts';

const WATCH = [
  'ws = websocket.createClient()',
  'ws:on("connection", function(w) print("connection", w == ws) end)',
  'ws:on("receive", function(w, m, op) print("receive", w == ws, m, op) end)',
  'ws:on("close", function(w, code) print("close", w == ws, code) end)',
];

/** A device with an address and a client that prints what it is told. */
function online() {
  const { world, esp } = home();
  esp.run(5000);
  esp.lua(...WATCH);
  return { esp, server: world.services.get('ws.test') as WebsocketEcho };
}

t.test('arguments', async (t) => {
  const ws = 'websocket.createClient()';
  errorRows(t, [
    [`${ws}:on("nope", print)`, "bad argument #1 to 'on' (invalid option 'nope')"],
    [`${ws}:on("close", 1)`, "bad argument #2 to 'on' (function or nil)"],
    [`${ws}:on("close")`, "bad argument #2 to 'on' (function or nil)"],
    [`${ws}:on("close", nil)`, 'no error'],
    [`${ws}:config()`, "bad argument #1 to 'config' (table expected, got no value)"],
    [`${ws}:config({headers = 1})`, 'no error'],
    [`${ws}:send("x")`, "Websocket isn't connected."],
    [`${ws}:close()`, 'no error'],
    [`${ws}:connect()`, "bad argument #1 to 'connect' (string expected, got no value)"],
    [`${ws}.close(1)`, "bad argument #1 to 'close' (websocket.client expected, got number)"],
  ]);
});

t.test('messages go there and come back', async (t) => {
  const { esp } = online();
  esp.lua('ws:connect("ws://ws.test/")');
  t.same(esp.run(1000).lines(), ['connection\ttrue']);
  t.same(esp.lua('print(ws:send("hello"))'), ['']);
  t.same(esp.run(500).lines(), ['receive\ttrue\thello\t1']);
  esp.lua('ws:send("bin", 2)');
  t.same(esp.run(500).lines(), ['receive\ttrue\tbin\t2']);
  esp.lua('ws:send("text", 2, 3)');
  t.same(esp.run(500).lines(), ['receive\ttrue\ttext\t1'], 'with four arguments the opcode is not looked at');
  t.match(esp.error('ws:connect("ws://ws.test/")'), /^Websocket already connecting or connected\./);
  esp.lua('ws:close()');
  t.same(esp.run(6000).lines(), ['close\ttrue\t-99']);
});

t.test('headers are sent as they are set', async (t) => {
  const { esp, server } = online();
  server.faults.refuse = 400;
  esp.lua('ws:config({headers = {["User-Agent"] = 7, Host = "x"}}) ws:config({}) ws:connect("ws://ws.test/")');
  t.same(esp.run(1000).lines(), ['close\ttrue\t-17']);
  esp.lua('ws:config({headers = {a = {}}})');
  t.match(esp.events.join(), /websocket: a header is no text/);
});

t.test('addresses that are none call close inside connect', async (t) => {
  const { esp } = online();
  t.same(esp.lua('ws:connect("http://x") print("after") ws:connect("ws://:1")'), [
    'close\ttrue\t-1',
    'after',
    'close\ttrue\t-4',
  ]);
});

t.test('the ways to an end', async (t) => {
  const lost = online();
  lost.server.faults.dropAfter = 0;
  lost.esp.lua('ws:connect("ws://ws.test/")');
  lost.esp.run(1000).take();
  lost.esp.lua('ws:send("x")');
  t.same(lost.esp.run(1000).lines(), ['close\ttrue\t-109']);
  const mute = online();
  mute.server.faults.noPong = true;
  mute.esp.lua('ws:connect("ws://ws.test/")');
  t.same(mute.esp.run(95_000).lines(), ['connection\ttrue', 'close\ttrue\t-19']);
  const unknown = online();
  unknown.esp.lua('ws:connect("ws://nowhere.test/")');
  t.same(unknown.esp.run(10_000).lines(), ['close\ttrue\t-5']);
});

t.test('a handler that is taken away is not called', async (t) => {
  const { esp } = online();
  esp.lua('ws:on("connection", nil) ws:connect("ws://ws.test/")');
  t.same(esp.run(1000).lines(), []);
});

t.test('a connected client lives without any reference; a collected one says -100', async (t) => {
  const { esp } = online();
  esp.lua(
    'do local w = websocket.createClient() w:on("connection", function(self) self:send("alive") end)',
    'w:on("receive", function(_, m) print(m) end) w:connect("ws://ws.test/") end collectgarbage() collectgarbage()',
  );
  t.same(esp.run(1000).lines(), ['alive']);
  t.same(new Esp().lua(...WATCH, 'ws = nil collectgarbage() collectgarbage()'), ['close\tfalse\tnil'], 'one argument');
});

t.test('errors in handlers are told, and the connection goes on', async (t) => {
  const { esp } = online();
  esp.lua('node.setonerror(function(e) print((e:match("[^\\n]+"))) end)');
  esp.lua('ws:on("connection", function() error("boom") end) ws:connect("ws://ws.test/")');
  t.same(esp.run(1000).lines(), ['t:1: boom']);
  esp.lua('ws:send("x")');
  t.same(esp.run(1000).lines(), ['receive\ttrue\tx\t1']);
});

t.test('wss is a WebSocket over TLS', async (t) => {
  const s = story(
    whenOnline(
      `local ws = websocket.createClient()
       ws:on("connection", function(ws) ws:send("hello") end)
       ws:on("receive", function(ws, text, opcode) print("got", text, opcode) ws:close() end)
       ws:on("close", function(_, code) print("closed", code) end)
       ws:connect("wss://ws.test/echo")`,
    ),
  );
  t.ok(s.until('closed', seconds(30)));
  t.match(s.said(), 'got\thello\t1');
});
