/** The page answers while the world is busy: clicks are measured from the moment of the input to the next picture. */

import type { Page } from 'playwright-core';
import t from 'tap';
import { printed, runScript, stage } from '../helpers/chromium.ts';
import { missing } from '../helpers/programs.ts';

/**
 * What the page promises on a computer that has nothing else to do is 100 ms. This one is shared: the click in the middle
 * shows whether the page was there, and how late the latest was is told.
 */
const LIMIT_MS = 1000;
const CLICKS = 8;
/** What a line at 115200 baud carries in a second; the script keeps it busy. */
const BAUD_BYTES = 11_520;

/** Every click is noted: milliseconds from the input to the end of the picture that shows it. */
const MEASURE = `window.clicks = []; addEventListener('click', (event) => {
  requestAnimationFrame(() => setTimeout(() => clicks.push(performance.now() - event.timeStamp)));
}, true)`;

/** Clicks at the tabs for a while; the worst and the middle of the answers. */
async function clicked(page: Page): Promise<{ readonly worst: number; readonly middle: number }> {
  await page.evaluate('clicks.length = 0');
  for (let i = 0; i < CLICKS; i++) {
    await page.getByRole('tab', { name: i % 2 === 0 ? 'Board' : 'Air' }).click();
    await page.waitForTimeout(60);
  }
  const times = ((await page.evaluate('clicks')) as number[]).sort((a, b) => a - b);
  return { worst: Math.round(times.at(-1) ?? 0), middle: Math.round(times[times.length >> 1] ?? 0) };
}

/** Virtual seconds of the clock on the page. */
async function clock(page: Page): Promise<number> {
  const [minutes = 0, seconds = 0] = ((await page.locator('.clock').textContent()) ?? '').split(':').map(Number);
  return minutes * 60 + seconds;
}

const frames = async (page: Page): Promise<number> =>
  Number(((await page.locator('.count').textContent()) ?? '').replace(/\D/g, ''));

t.test('the page never freezes', { skip: missing('chromium') }, async (t) => {
  const { url, visitor } = await stage(t);
  const page = await visitor.open(url);
  await page.evaluate(MEASURE);
  await printed(page, 'listening');
  const calm = await clicked(page);
  t.comment(`nothing to do: a click is answered within ${calm.worst} ms, ${calm.middle} ms in the middle`);

  const story = async (name: string, script: string, shows: string, also?: () => Promise<string>): Promise<void> => {
    await t.test(name, async (t) => {
      await runScript(page, script);
      await printed(page, shows);
      const { worst, middle } = await clicked(page);
      t.comment(`a click is answered within ${worst} ms, ${middle} ms in the middle${await (also?.() ?? '')}`);
      t.ok(middle < LIMIT_MS, `${middle} ms`);
    });
  };

  await story(
    'an endless loop, which the watchdog ends',
    'print("for ever")\nwhile true do end',
    'for ever',
    async () => {
      await page.getByText('The watchdog reset the device').waitFor();
      return ', and the watchdog did its work';
    },
  );

  await page.getByRole('button', { name: 'max' }).click();
  const flood = `local s = ("flood "):rep(40)
tmr.create():alarm(1, tmr.ALARM_AUTO, function() print(s) end)`;
  await story('more than a megabyte of output a second', flood, 'flood', async () => {
    const [from, at] = [await clock(page), performance.now()];
    await page.waitForTimeout(1000);
    const rate = (((await clock(page)) - from) / (performance.now() - at)) * 1000;
    return `, at ${((rate * BAUD_BYTES) / 1e6).toFixed(1)} MB/s of console`;
  });

  await page.getByRole('button', { name: '1×' }).click();
  const storm = `local s = net.createUDPSocket()
local function send() s:send(7, "192.168.1.11", "x") end
wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
  print("storm")
  tmr.create():alarm(2, tmr.ALARM_AUTO, send)
end)`;
  await story('a thousand frames a second', storm, 'storm', async () => {
    const [from, at] = [await frames(page), performance.now()];
    await page.waitForTimeout(1000);
    return `, at ${Math.round((((await frames(page)) - from) / (performance.now() - at)) * 1000)} frames/s`;
  });

  const long = `${'-- …\n'.repeat(4990)}${'print("long")\n'.repeat(10)}`;
  await story('a script of 5,000 lines', long, 'long');
});
