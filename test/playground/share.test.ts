/** What the user has made comes back: by a link in another browser, by a reload in the same one; and several devices at once. */

import type { Page } from 'playwright-core';
import t from 'tap';
import { printed, runScript, stage } from '../helpers/chromium.ts';
import { missing } from '../helpers/programs.ts';

/** Resolves when the database of the page has what was added. */
const KEPT = `new Promise((resolve) => {
  const look = () => {
    indexedDB.open('mcubox').onsuccess = ({ target: { result: database } }) => {
      database.transaction('projects').objectStore('projects').get('current').onsuccess = ({ target: { result } }) => {
        database.close();
        if (JSON.stringify(result).includes('added later')) resolve();
        else setTimeout(look, 20);
      };
    };
  };
  look();
})`;

const source = (page: Page): Promise<string | null> => page.locator('.cm-content').textContent();

/** The device that makes a network, and the one that joins it and talks to it. */
const MAKES = `wifi.setmode(wifi.SOFTAP)
wifi.ap.config({ ssid = "lesson", pwd = "12345678" })
net.createServer(30):listen(80, function(c) c:on("receive", function(s, r) s:send("hello " .. r) end) end)
print("network made")`;
const JOINS = `wifi.setmode(wifi.STATION)
wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function(t)
  local c = net.createConnection(net.TCP)
  c:on("connection", function() c:send("from the other") end)
  c:on("receive", function(_, r) print("GOT " .. r) end)
  c:connect(80, "192.168.4.1")
end)
tmr.create():alarm(3000, tmr.ALARM_SINGLE, function() wifi.sta.config({ ssid = "lesson", pwd = "12345678" }) end)`;

/** What `mcubox test --save-capsule` writes, as far as the page reads it. */
const CAPSULE = {
  format: 'mcubox capsule',
  version: 1,
  test: { kind: 'scenario', file: 'lamp.scenario.yaml', seed: 41, libraries: [] },
  world: {
    accessPoints: [{ ssid: 'home', password: 'secret123' }],
    hosts: [],
    devices: [
      { name: 'lamp', lua: '5.1', firmware: '3.0', flash: { 'lamp.lua': 'print("lamp")' }, run: 'lamp.lua', type: [] },
    ],
  },
  faults: [{}],
  expected: { status: 'fail', message: 'nobody answered', at: 1, hash: '' },
};

t.test('what the user has made', { skip: missing('chromium') }, async (t) => {
  const init = { name: 'init.lua', bytes: new Uint8Array(Buffer.from('print("from a folder")')), host: 'init.lua' };
  const { url, visitor } = await stage(
    t,
    { permissions: ['clipboard-read', 'clipboard-write'] },
    { flash: [init], files: { 'found.capsule.json': JSON.stringify(CAPSULE) } },
  );
  const stranger = await visitor.another();
  const page = await visitor.open(url);
  let link = '';

  await t.test('one device makes a network, another joins it and talks to it', async (t) => {
    await page.getByRole('button', { name: '10×' }).click();
    await runScript(page, MAKES);
    await printed(page, 'network made');
    await page.getByRole('button', { name: 'Another device' }).click();
    await runScript(page, JOINS);
    await page.getByRole('button', { name: 'New file' }).click();
    await page.getByLabel('Name of the new file').fill('second.lua');
    await page.keyboard.press('Enter');
    await page.keyboard.insertText('print("the second file")');
    await page.getByRole('tab', { name: 'init.lua' }).click();
    await printed(page, 'GOT hello from the other');
    await page.getByLabel('Filter frames').fill('contains "hello from"');
    const row = page.locator('.frames .frame-row').first();
    await row.waitFor();
    t.match(await row.textContent(), 'esp1 AP', 'the frame that never reached the switch is in the list');
    t.match(await row.textContent(), 'esp2');
  });

  await t.test('the link restores everything in a browser that has never been here', async (t) => {
    await page.getByRole('button', { name: 'Copy a link' }).click();
    await page.getByText('The link is copied').waitFor();
    link = (await page.evaluate('navigator.clipboard.readText()')) as string;
    t.comment(`${link.length} characters`);
    const other = await stranger.open(link);
    await other.getByRole('tab', { name: 'esp2' }).click();
    t.same(await other.locator('.file-bar [role=tab]').allTextContents(), ['init.lua', 'second.lua']);
    t.match(await source(other), 'from the other');
    t.equal(await other.getByRole('button', { name: '10×' }).getAttribute('aria-pressed'), 'true');
    await printed(other, 'GOT hello from the other');
  });

  await t.test('a damaged link says so', async (t) => {
    for (const damaged of [link.slice(0, -30), link.replace(/(#p1.{60})./, '$1_')]) {
      const other = await stranger.open(damaged);
      await other.getByText('This link is damaged').waitFor();
      await other.close();
    }
    t.pass('said');
  });

  await t.test('a reload brings back what was there', async (t) => {
    await page.getByRole('tab', { name: 'esp1' }).click();
    await page.locator('.cm-content').click();
    await page.keyboard.press('ControlOrMeta+End');
    await page.keyboard.insertText('\nprint("added later")');
    await page.evaluate(KEPT);
    await page.goto(url);
    await printed(page, 'added later');
    t.match(await source(page), 'added later');
  });

  t.jobs = 3;
  const example = t.test('an example is opened by its name', async (t) => {
    const other = await stranger.open(`${url}?example=blink`);
    await other.getByRole('button', { name: '10×' }).click();
    await printed(other, '1 s');
    t.match(await source(other), 'Blinks a LED');
  });

  const capsule = t.test('a capsule brings its devices and says what it leaves out', async (t) => {
    const other = await stranger.open(`${url}?capsule=found.capsule.json`);
    t.equal(await other.locator('.file-bar [role=tab]').textContent(), 'lamp.lua');
    const note = other.locator('.notice.stays');
    t.match(await note.textContent(), /Not in here: the steps of the test and 1 fault; mcubox replay runs all of it/);
    await note.click();
    t.equal(await note.count(), 0, 'it stays until it is dismissed');
  });

  const files = t.test('the files of mcubox play DIR are the flash', async (t) => {
    const other = await stranger.open(`${url}?files=flash.json`);
    await printed(other, 'from a folder');
    await other.goto(`${url}?files=https://elsewhere.test/flash.json`);
    await other.getByText('Files come from the page’s own server only').waitFor();
    t.pass('of no other server');
  });
  await Promise.all([example, capsule, files]);
});
