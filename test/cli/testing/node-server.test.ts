/** A user's own web application, as he would write it with Express, answers a device inside the world. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import t from 'tap';
import { WebSocketServer } from 'ws';
import { placeServer, waitWithNode, world } from '../../../cli/testing/index.ts';

type Handler = (request: IncomingMessage & { body: string }, response: ServerResponse) => void;

/** The part of Express that small applications use: routes by method and path, the body read beforehand. */
function express(): RequestListener & Record<'get' | 'post', (path: string, handler: Handler) => void> {
  const routes = new Map<string, Handler>();
  const app: RequestListener = (request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => {
      body += data.toString();
    });
    request.on('end', () => {
      const handler = routes.get(`${request.method} ${request.url}`);
      if (handler === undefined) response.writeHead(404).end('no such page');
      else handler(Object.assign(request, { body }), response);
    });
  };
  const route = (method: string) => (path: string, handler: Handler) => void routes.set(`${method} ${path}`, handler);
  return Object.assign(app, { get: route('GET'), post: route('POST') });
}

t.test('an application with routes gets the readings of a device and answers', async (t) => {
  const app = express();
  const readings: number[] = [];
  app.post('/readings', ({ body }, response) => {
    readings.push(JSON.parse(body).celsius);
    setImmediate(() => response.writeHead(201, { 'Content-Type': 'application/json' }).end('{"next":2}'));
  });
  const net = world();
  placeServer(net, createServer(app), { name: 'api.test' });
  const esp = net.device({
    files: {
      'init.lua': `
        wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
          http.post("http://api.test/readings", "Content-Type: application/json\\r\\n", sjson.encode({ celsius = 21.5 }),
            function(code, data)
              print("answer " .. code, sjson.decode(data).next)
              http.get("http://api.test/other", nil, function(code, data) print("answer " .. code, data) end)
            end)
        end)
        wifi.setmode(wifi.STATION) wifi.sta.config({ ssid = "home", pwd = "12345678" })`,
    },
  });
  await waitWithNode(net, () => esp.output.includes('answer 404'));
  t.match(esp.output, 'answer 201\t2\n');
  t.match(esp.output, 'answer 404\tno such page\n');
  t.same(readings, [21.5]);
});

t.test("Node's ws serves the device's websocket module", async (t) => {
  const web = createServer();
  const sockets = new WebSocketServer({ server: web });
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`you said ${data}`)));
  const net = world();
  placeServer(net, web, { name: 'chat.test', port: 8080 });
  const esp = net.device({
    files: {
      'init.lua': `
        local w = websocket.createClient()
        w:on("connection", function(w) w:send("hello") end)
        w:on("receive", function(_, message) print(message) end)
        wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function() w:connect("ws://chat.test:8080/") end)
        wifi.setmode(wifi.STATION) wifi.sta.config({ ssid = "home", pwd = "12345678" })`,
    },
  });
  await waitWithNode(net, () => esp.output.includes('you said hello'));
  t.pass('answered');
});

t.test('what never happens is told', async (t) => {
  await t.rejects(
    waitWithNode(world(), () => false, '1s'),
    { message: 'it did not happen within 1 s' },
  );
});
