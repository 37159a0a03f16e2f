/** The device's `websocket` module against the servers of Python and Node, on the loopback. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { WebSocketServer } from 'ws';
import { GATEWAY, liveStory } from '../helpers/live-story.ts';
import { freePort, missingPython, PATIENCE_MS, Program, PYTHON, until } from '../helpers/programs.ts';

const HOST = 'host.mcubox.test';

/** Says what it gets; sends texts of both length forms and bytes, one after the other, then closes. */
const client = (port: number): string => `
  local w = websocket.createClient()
  w:config({ headers = { ["X-Mine"] = "yes" } })
  w:on("connection", function(w) print("open") w:send("hello") end)
  local n = 0
  w:on("receive", function(w, message, opcode)
    n = n + 1
    print("got " .. #message .. " " .. opcode .. " " .. message:sub(1, 20):gsub("%c", "."))
    if n == 2 then w:send(("x"):rep(300)) elseif n == 3 then w:send("\\1\\2\\3", 2) elseif n == 4 then w:close() end
  end)
  w:on("close", function(_, status) print("closed " .. status) end)
  w:connect("ws://${HOST}:${port}/chat")`;

const HEARD = ['got 3 1 yes', 'got 5 1 hello', 'got 300 1 xxxxxxxxxxxxxxxxxxxx', 'got 3 2 ...'];

const SERVER = `
import asyncio, sys, websockets
async def talk(ws, path=None):
    await ws.send(ws.request_headers["X-Mine"])
    try:
        async for message in ws:
            await ws.send(message)
    finally:
        print("closed", ws.close_code, flush=True)
async def main():
    async with websockets.serve(talk, "127.0.0.1", int(sys.argv[1])):
        print("serving", flush=True)
        await asyncio.Future()
asyncio.run(main())
`;

t.test('websockets of Python', { skip: missingPython('websockets') }, async (t) => {
  const port = await freePort();
  const server = new Program(t, PYTHON, ['-c', SERVER, String(port)]);
  await server.said('serving');
  const s = await liveStory(t, client(port), GATEWAY);
  for (const line of HEARD) await s.shown(line);
  await s.shown(/closed -?\d+/);
  await server.said(/closed 100\d/);
  t.pass('all messages came back');
});

t.test('ws of Node', async (t) => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  t.teardown(() => server.close());
  await once(server, 'listening');
  let code: number | undefined;
  server.on('connection', (socket, request) => {
    socket.send(String(request.headers['x-mine']));
    socket.ping();
    socket.on('message', (data, binary) => socket.send(data, { binary }));
    socket.on('close', (given) => {
      code = given;
    });
  });
  const s = await liveStory(t, client((server.address() as AddressInfo).port), GATEWAY);
  for (const line of HEARD) await s.shown(line);
  await s.shown(/closed -?\d+/);
  // RFC 6455 section 7.1.5: the device's close frame has no status.
  t.equal(await until(() => code, PATIENCE_MS), 1005);
});
