/** Headless Chromium opens a page of the device: HTML, a script, a style sheet and pictures over parallel connections. */
import t from 'tap';
import { Visitor } from '../helpers/chromium.ts';
import { FORWARD, liveStory } from '../helpers/live-story.ts';
import { missing, until } from '../helpers/programs.ts';

const TYPES = 'html = "text/html", js = "text/javascript", css = "text/css", bmp = "image/bmp"';
/** Serves the flash, in pieces of what one segment holds; /count counts what the page posts. */
const SERVER = `
local TYPES, posts = { ${TYPES} }, 0
local function serve(socket)
  local name, at = nil, 0
  local function piece(c)
    local f = file.open(name)
    f:seek("set", at)
    local data = f:read(1400)
    f:close()
    at = at + (data and #data or 0)
    if data then c:send(data) else c:close() end
  end
  local function answer(c, status, kind, body)
    c:send("HTTP/1.1 " .. status .. "\\r\\nConnection: close\\r\\nContent-Type: " .. kind .. "\\r\\n\\r\\n" .. (body or ""))
  end
  socket:on("receive", function(c, request)
    local method, path = request:match("^(%u+) /(%S*) HTTP")
    if method == "POST" then
      posts = posts + 1
      return answer(c, "200 OK", "text/plain", tostring(posts))
    end
    if path == "" then path = "index.html" end
    if not file.exists(path) then return answer(c, "404 Not Found", "text/plain", path) end
    name = path
    answer(c, "200 OK", TYPES[path:match("%w+$")])
  end)
  socket:on("sent", function(c) if name then piece(c) else c:close() end end)
end
net.createServer(30):listen(80, serve)
print("ready")`;

const PICTURES = 8;
const PAGE = `<!doctype html><title>before</title><link rel="stylesheet" href="style.css"><link rel="icon" href="0.bmp">
<body>${Array.from({ length: PICTURES }, (_, i) => `<img src="${i}.bmp">`).join('')}<script src="app.js"></script>`;
const APP = `fetch('/count', { method: 'POST' }).then((r) => r.text()).then((n) => { document.title = 'posted ' + n; });`;

t.test('a browser shows a page with pictures and a script', { skip: missing('chromium') }, async (t) => {
  const s = await liveStory(t, SERVER, FORWARD);
  const put = (name: string, data: Uint8Array | string): boolean => s.device.flash.put(name, Buffer.from(data));
  put('index.html', PAGE);
  put('app.js', APP);
  put('style.css', 'img { width: 32px; height: 32px }');
  for (let i = 0; i < PICTURES; i++) put(`${i}.bmp`, bitmap(48, i));
  await s.shown('ready');
  const visitor = await Visitor.come(t);
  const page = await visitor.context.newPage();
  const failures: string[] = [];
  page.on('requestfailed', (request) => failures.push(`${request.url()} ${request.failure()?.errorText}`));
  let most = 0;
  const look = setInterval(() => {
    most = Math.max(most, s.device.stack.tcp.active.length);
  }, 1);
  const start = performance.now();
  const response = await page.goto(`http://127.0.0.1:${s.port}/`, { waitUntil: 'load' });
  await page.waitForFunction("document.title === 'posted 1'");
  clearInterval(look);
  t.comment(`${Math.round(performance.now() - start)} ms, ${most} connections at a time`);
  t.equal(response?.status(), 200);
  const widths = await page.evaluate(
    "[...document.images].map((i) => i.naturalWidth + ' ' + i.complete + ' ' + i.width)",
  );
  t.same(widths, Array(PICTURES).fill('48 true 32'), 'every picture is whole, and styled');
  t.ok(most > 1, 'several connections at a time');
  t.same([visitor.complaints, failures, visitor.strays(`http://127.0.0.1:${s.port}/`)], [[], [], []]);
  await page.reload();
  await page.waitForFunction("document.title === 'posted 2'");
  await visitor.context.close();
  await until(
    () => s.lines.size === 1 && s.door.size === 1,
    10_000,
    () => `${s.lines.size} sockets stay open`,
  );
  t.equal(s.device.boots, 1);
});

/** A picture of `size` by `size` points, 24 bits each (Windows bitmap); `size` is a multiple of four, so rows need no filling. */
function bitmap(size: number, seed: number): Buffer {
  const head = 54;
  const points = Uint8Array.from({ length: 3 * size * size }, (_, i) => (i * 31 + seed * 77 + (i >> 8)) & 255);
  const out = Buffer.alloc(head + points.length);
  out.write('BM', 'latin1');
  out.writeUInt32LE(out.length, 2);
  out.writeUInt32LE(head, 10);
  out.writeUInt32LE(40, 14); // length of the rest of the header
  out.writeInt32LE(size, 18);
  out.writeInt32LE(size, 22);
  out.writeUInt16LE(1, 26); // planes
  out.writeUInt16LE(24, 28);
  out.set(points, head);
  return out;
}
