/** A script is a stranger, too: it gets at nothing of the page, neither through Lua's globals nor through what it shows. */
import t from 'tap';
import { printed, runScript, stage } from '../helpers/chromium.ts';
import { missing } from '../helpers/programs.ts';

const MARKUP = '<img src=x onerror=document.title=1><script>document.title=2</script>';

const HOSTILE = `
for _, name in ipairs { "js", "window", "document", "self", "globalThis", "fetch", "require_js", "os", "io", "process" } do
  if _G[name] ~= nil then print("HAS " .. name) end
end
print("REQUIRE", (pcall(require, "js")), (pcall(require, "fs")))
-- Markup wherever the page shows words of a script: console, file names, host name, frames, errors.
print([[${MARKUP}]])
print("\\27]0;title of the terminal\\7\\27]8;;http://evil.test/\\7link\\27]8;;\\7\\27]52;c;c2VjcmV0\\7")
file.putcontents("<b onclick=x>.lua", [[${MARKUP}]])
wifi.sta.sethostname("img-src-x")
local u = net.createUDPSocket()
wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
  u:send(7, "192.168.1.1", [[${MARKUP}]])
  net.dns.resolve("<img src=x>.evil.test", function(_, ip) print("NAME", ip) print("DONE") end)
end)
print("HOSTILE")`;

t.test('a hostile script', { skip: missing('chromium') }, async (t) => {
  const { url, visitor } = await stage(t);
  const page = await visitor.open(url);
  await page.getByRole('button', { name: '10×' }).click();
  const title = await page.title();
  await page.evaluate(`localStorage.setItem('secret', 'keep')`);
  await runScript(page, HOSTILE);
  await printed(page, 'DONE');
  const rows = await page.locator('.screen:not(.away) .xterm-rows > div').allTextContents();
  const shown = rows.map((row) => row.trimEnd()).join('\n');

  t.notMatch(shown, /HAS /, 'no global of the page');
  t.match(shown, /REQUIRE\s+false\s+false/, 'no module but those of the device');
  t.match(shown, /NAME\s+nil/, 'the name stayed in the virtual network');
  t.equal(await page.title(), title, 'no markup of the script was taken for the page');
  t.equal(await page.locator('img[src=x]').count(), 0, 'nor made into an element');
  t.equal(await page.evaluate(`localStorage.getItem('secret')`), 'keep');
  t.same(visitor.strays(url), [], 'nothing was asked of anybody outside');
  t.equal(visitor.context.pages().length, 1, 'no window was opened');
  t.same(visitor.complaints, [], 'the page has nothing to complain about');
});
