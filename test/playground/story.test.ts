/** The lesson that a newcomer is given, in a real Chromium: a script, its page in the inner browser, the pin, the frames. */
import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { printed, stage } from '../helpers/chromium.ts';
import { missing, run } from '../helpers/programs.ts';

const skip = missing('chromium', 'tshark');

t.test('the playground in Chromium', { skip }, async (t) => {
  const { url, visitor } = await stage(t);
  const started = performance.now();
  const page = await visitor.open(url);

  await t.test('a script runs as soon as the page is open', async (t) => {
    await printed(page, 'listening on port 80');
    t.comment(`from the first request to a running script: ${((performance.now() - started) / 1000).toFixed(1)} s`);
    t.match(await page.locator('.device-address').textContent(), /^(192\.168\.1\.50)?$/);
  });

  await t.test('its web page is shown, and a click on its button changes the pin', async (t) => {
    const pin = page.locator('.pin[data-pin="4"]');
    await page.getByRole('button', { name: 'Open http://192.168.1.50/' }).click();
    const inner = page.frameLocator('.browser iframe');
    await inner.getByRole('button', { name: 'Switch on' }).click();
    await inner.getByRole('button', { name: 'Switch off' }).waitFor();
    await page.getByRole('tab', { name: 'Board' }).click();
    t.equal(await pin.getAttribute('aria-label'), 'D4, output, low');
    await printed(page, '/led');
  });

  await t.test('its frames are listed, can be filtered, and taken apart', async (t) => {
    const rows = page.locator('.frames .frame-row');
    await page.getByLabel('Filter frames').fill('tcp port 80 and contains "POST /led"');
    await rows.filter({ hasText: 'POST /led' }).click();
    const detail = page.getByRole('region', { name: 'Chosen frame' });
    t.match(await detail.textContent(), 'Transmission Control Protocol');
    t.match(await detail.textContent(), 'POST /led HTTP/1.1');
    await page.getByLabel('Filter frames').fill('tcp prot 80');
    t.match(await page.getByLabel('Filter frames').getAttribute('class'), 'wrong');
    await page.getByLabel('Filter frames').fill('');
    await page.getByRole('tab', { name: 'Sequence' }).click();
    await page.locator('.sequence').filter({ hasText: 'POST /led' }).waitFor();
    await page.getByRole('tab', { name: 'Frames' }).click();
  });

  await t.test('the capture downloads and tshark reads it', async (t) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: /^Download the capture/ }).click(),
    ]);
    const file = `${t.testdir()}/page.pcap`;
    writeFileSync(file, readFileSync(await download.path()));
    const [requests = '', wrong] = await Promise.all([
      run('tshark', '-r', file, '-Y', 'http.request', '-T', 'fields', '-e', 'http.request.uri'),
      run('tshark', '-r', file, '-Y', '_ws.malformed or tcp.checksum.status == 0'),
    ]);
    t.same(requests.trim().split('\n'), ['/', '/led', '/']);
    t.equal(wrong, '');
  });

  await t.test('what is typed at the console goes to the device', async (t) => {
    await page.getByLabel('Serial console: type Lua here').focus();
    await page.keyboard.type('print(6 * 7 .. " is typed")\n');
    await printed(page, '42 is typed');
    t.pass('the REPL answers');
  });

  await t.test('the editor knows the names of the firmware', async (t) => {
    await page
      .locator('.cm-line')
      .filter({ hasText: 'gpio.mode(' })
      .first()
      .hover({ position: { x: 50, y: 8 } });
    await page.locator('.api-note').filter({ hasText: 'gpio.mode()works as in the firmware' }).waitFor();
    await page.locator('.cm-content').click();
    await page.keyboard.press('ControlOrMeta+End');
    await page.keyboard.type('tmr.ALARM_S');
    await page.getByRole('option', { name: 'ALARM_SINGLE= 0' }).waitFor();
    t.match(await page.locator('[role=option]').allTextContents(), ['ALARM_SEMI= 2', 'ALARM_SINGLE= 0']);
    // A list that has just appeared takes no keys for 75 ms, so that nobody chooses by accident.
    await page.waitForTimeout(100);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    t.equal(await page.locator('.cm-line').last().textContent(), 'tmr.ALARM_SINGLE');
  });

  t.same(visitor.strays(url), [], 'no request leaves the origin of the page');
  t.same(visitor.complaints, [], 'nothing went wrong on the page');
});
