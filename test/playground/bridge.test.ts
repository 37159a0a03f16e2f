/** The local bridge, from a script in a real Chromium to a server of this computer and from curl to the script's own. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { printed, runScript, stage } from '../helpers/chromium.ts';
import { missing, run } from '../helpers/programs.ts';

const MEGABYTE = 1 << 20;
const BODY = 'mcubox! '.repeat(MEGABYTE / 8);
const SUM = createHash('sha1').update(BODY).digest('hex');
const FORWARD = { protocol: 'tcp', at: { host: '127.0.0.1', port: 0 }, guestPort: 80 } as const;
const GATEWAY = { gateway: { restrict: false, allow: [] }, forwards: [FORWARD], ports: [], dhcp: true };

/** A server of this computer: a short answer, a megabyte, and it says how much it was sent. */
async function served(t: Test): Promise<number> {
  const server = createServer(async (request, response) => {
    let got = 0;
    for await (const piece of request) got += (piece as Buffer).length;
    response.end(request.url === '/big' ? BODY : request.url === '/sent' ? `got ${got}` : 'hello from outside');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const ONLINE = (script: string): string =>
  `wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()\n${script}\nend)`;

/** Fetches one after the other; prints what a short answer is, how much came, and its sum. */
const FETCHES = (port: number): string => `
local function get(host, port, path, next)
  local s, n, body, sum = net.createConnection(), 0, false, crypto.new_hash("SHA1")
  s:on("connection", function(c) c:send("GET " .. path .. " HTTP/1.0\\r\\nHost: x\\r\\n\\r\\n") end)
  s:on("receive", function(_, d)
    if not body then
      local _, e = d:find("\\r\\n\\r\\n")
      if not e then return end
      body, d = true, d:sub(e + 1)
    end
    if #d < 100 then print("<" .. d .. ">") end
    sum:update(d)
    n = n + #d
  end)
  s:on("disconnection", function(_, code)
    print(path .. " closed " .. code .. ", " .. n .. " bytes " .. encoder.toHex(sum:finalize()))
    if next then next() end
  end)
  s:connect(port, host)
end
get("host.mcubox.test", ${port}, "/", function()
  get("host.mcubox.test", ${port}, "/big", function()
    get("10.0.0.1", 1, "/denied")
  end)
end)`;

/** As many bytes as are asked for, and what arrives is counted. */
const SERVER = `
local piece = ("mcubox! "):rep(128)
net.createServer(net.TCP, 30):listen(80, function(c)
  local left, got = 0, 0
  local function more(c)
    if left <= 0 then c:close() return end
    left = left - #piece
    c:send(piece)
  end
  c:on("sent", more)
  c:on("receive", function(c, d)
    local path = d:match("^GET /(%d+)")
    if path then
      left = tonumber(path)
      c:send("HTTP/1.0 200 OK\\r\\n\\r\\n")
      return
    end
    local wanted = d:match("^PUT /(%d+)")
    if wanted then
      left, got = -tonumber(wanted), -select(2, d:find("\\r\\n\\r\\n"))
    end
    got = got + #d
    if left < 0 and got >= -left then
      c:send("HTTP/1.0 200 OK\\r\\n\\r\\ngot " .. got)
      left = 0
    end
  end)
end)
print("serving")`;

/** Waits for a line of the bridge's dialog, which stays there. */
const said = (page: Page, text: string) =>
  page
    .getByRole('log', { name: 'What the bridge has said', includeHidden: true })
    .getByText(text)
    .first()
    .waitFor({ state: 'attached' });

/** Notices go after a while: what they were is kept. */
const KEEP_NOTICES = `window.noticed = []; new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const { textContent } of addedNodes) noticed.push(textContent);
}).observe(document.querySelector('.notices'), { childList: true })`;

t.test('the bridge of mcubox play', { skip: missing('chromium', 'curl') }, async (t) => {
  const outside = await served(t);
  const { url, entry, forwards, visitor, end } = await stage(t, {}, { bridge: GATEWAY });
  const port = forwards[0]?.at.port ?? 0;
  const page = await visitor.open(`${entry}&example=blink`);

  await t.test('the page says what is there', async (t) => {
    await page.getByRole('button', { name: 'Bridge' }).click();
    const dialog = page.getByRole('dialog', { name: 'Bridge' });
    await dialog.getByText('This world is tied to the computer it runs on').waitFor();
    const facts = await dialog.getByRole('listitem').allTextContents();
    t.match(facts[0], 'Scripts reach the Internet, and this computer by the name host.mcubox.test.');
    t.equal(facts[1], `Port ${port} of this computer (tcp, 127.0.0.1) leads to port 80 of the device.`);
    t.match(await dialog.getByRole('log').textContent(), `tcp 127.0.0.1:${port} leads to port 80 of the device`);
    await dialog.getByRole('button', { name: 'Close' }).click();
    t.ok(await page.getByRole('button', { name: 'max' }).isDisabled(), 'the world goes by the wall clock');
  });

  await t.test('a script fetches from a server of this computer, a megabyte too', async (t) => {
    await runScript(page, ONLINE(`${FETCHES(outside)}\n${SERVER}`));
    await printed(page, '<hello from outside>');
    await printed(page, `/big closed 0, ${MEGABYTE} bytes ${SUM}`);
    t.pass('and it came whole');
  });

  await t.test('what policy denies is told in the words of mcubox run', async (t) => {
    await printed(page, '/denied closed -');
    const line = 'tcp 192.168.1.50 -> 10.0.0.1:1: refused, a private address (allow=10.0.0.1:1 lets it through)';
    await said(page, line);
    t.pass('and stays to be read');
  });

  await t.test('curl reaches the server of the script, a megabyte both ways', async (t) => {
    await printed(page, 'serving');
    const at = `http://127.0.0.1:${port}`;
    t.equal((await run('curl', '-sS', `${at}/${MEGABYTE}`)) === BODY, true);
    const file = `${t.testdir({ body: BODY })}/body`;
    const put = ['-X', 'PUT', '-H', 'Expect:', '--data-binary', `@${file}`, `${at}/${MEGABYTE}`];
    t.equal(await run('curl', '-sS', ...put), `got ${MEGABYTE}`);
  });

  await t.test('a page without the secret has no bridge, and says nothing of one', async (t) => {
    const other = await visitor.open(`${url}?example=blink`);
    await other.getByRole('button', { name: /^Run the file/ }).waitFor();
    t.notOk(await other.getByRole('button', { name: 'Bridge' }).isVisible());
    t.ok(await other.getByRole('button', { name: 'max' }).isEnabled());
    await other.getByRole('button', { name: 'max' }).click();
    const ask = 'net.dns.resolve("host.mcubox.test", function(_, ip) print("it is " .. tostring(ip)) end)';
    await runScript(other, ONLINE(ask));
    await printed(other, 'it is nil');
    await other.close();
  });

  await t.test('the last world that was started has the bridge', async (t) => {
    const second = await visitor.open(`${entry}&example=blink`);
    await said(page, 'The bridge went to a world that was started in another tab.');
    await second.close();
    await page.getByRole('button', { name: 'Bridge lost' }).waitFor();
    await page.getByRole('button', { name: /^Run the file/ }).click();
    await page.getByRole('button', { name: 'Bridge', exact: true }).waitFor();
    t.pass('and running anew gets it back');
  });

  await t.test('when the server ends, connections break off, and one message says why', async (t) => {
    const hold = `s = net.createConnection()
s:on("connection", function() print("holding") end)
s:on("disconnection", function(_, code) print("broken " .. code) end)
s:connect(${outside}, "host.mcubox.test")`;
    await runScript(page, ONLINE(hold));
    await printed(page, 'holding');
    await page.evaluate(KEEP_NOTICES);
    end();
    await printed(page, 'broken -');
    await said(page, 'The bridge to this computer is lost');
    const noticed = (await page.evaluate('noticed')) as string[];
    t.match(noticed[0], /^The bridge to this computer is lost/);
    t.equal(noticed.length, 1, 'one message for all');
    await page.getByRole('button', { name: 'Bridge lost' }).waitFor();
    await runScript(page, 'print("on its own")');
    await printed(page, 'on its own');
    await said(page, 'There is no bridge to this computer');
  });

  t.same(visitor.complaints, [], 'nothing went wrong on the page');
});
