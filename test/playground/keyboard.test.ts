/** The playground for those who have no mouse, and for those who do not see it: no pointer is used here. */
import type { Locator, Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { printed, stage, type Visitor } from '../helpers/chromium.ts';
import { missing } from '../helpers/programs.ts';

/** Roles that a user can do something with. */
const CONTROLS = new Set(
  'button checkbox combobox link listbox menuitem option searchbox slider spinbutton splitter switch tab textbox'.split(
    ' ',
  ),
);
/** A small one. */
const PHONE = { width: 360, height: 740 };
/** More than the page has stops for Tab. */
const STOPS = 120;

interface Stop {
  readonly name: string;
  readonly visible: boolean;
}

/** What has the focus, and whether one sees that. */
const focused = (page: Page): Promise<Stop> =>
  page.evaluate(`(() => {
    const element = document.activeElement;
    const ring = getComputedStyle(element).outlineStyle !== 'none';
    const name = element.getAttribute('aria-label') ?? element.title ?? '';
    const text = element.closest('.code, .console');
    const frame = text !== null && getComputedStyle(text, '::after').borderTopStyle === 'solid';
    const filled = element.matches('.splitter') && getComputedStyle(element).backgroundColor !== 'rgba(0, 0, 0, 0)';
    return { name: element === document.body ? '' : element.tagName + ' ' + (name || element.textContent), visible: ring || frame || filled };
  })()`) as Promise<Stop>;

/** On to the next stop; out of the editor, whose own key Tab is, by the way that it describes. */
async function tab(page: Page): Promise<void> {
  if ((await focused(page)).name === 'DIV Source code') await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
}

/** Presses Tab until the focus is there. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let i = 0; i < STOPS; i++) {
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return;
    await tab(page);
  }
  throw new Error(`Tab never comes to ${target}`);
}

interface AxNode {
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
}

/** Controls without a name, as a screen reader gets them; there must be so many controls. */
async function nameless(page: Page, atLeast: number): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = (await session.send('Accessibility.getFullAXTree')) as { nodes: AxNode[] };
  const controls = nodes.filter(({ ignored, role }) => !ignored && CONTROLS.has(role?.value ?? ''));
  if (controls.length < atLeast) throw new Error(`only ${controls.length} controls are seen`);
  return controls.filter(({ name }) => (name?.value ?? '').trim() === '').map(({ role }) => role?.value ?? '');
}

t.test('the playground without a mouse', { skip: missing('chromium') }, async (t) => {
  const { url, visitor } = await stage(t, { permissions: ['clipboard-read', 'clipboard-write'] });
  // One after the other: two pages would take the focus from each other.
  await t.test('a script is written, run, stopped and shared', (t) => writing(t, visitor, url));
  await t.test('the rest of the page is reached', (t) => around(t, visitor, url));
  t.same(visitor.complaints, [], 'nothing went wrong on the page');
});

async function writing(t: Test, visitor: Visitor, url: string): Promise<void> {
  const page = await visitor.open(url);
  const button = (name: string | RegExp): Locator => page.getByRole('button', { name });
  const state = page.getByRole('status', { name: 'State' });

  await t.test('an example is chosen from a menu', async (t) => {
    await tabTo(page, button('Examples'));
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('b');
    const chosen = await page.evaluate('document.activeElement.dataset.name');
    t.match(chosen, /^b/, 'a first letter goes there');
    await page.keyboard.press('Escape');
    t.ok(await page.locator('.examples > button:focus').isVisible(), 'Escape leads back');
    await page.keyboard.press('ArrowDown');
    for (let i = 0; i < 10; i++) {
      await page.keyboard.press('b');
      if ((await page.evaluate('document.activeElement.dataset.name')) === 'blink') break;
    }
    await page.keyboard.press('Enter');
    await page.getByText('Running blink.lua on esp1').waitFor({ state: 'attached' });
    t.equal(await page.locator('.file-bar [role=tab]').textContent(), 'blink.lua');
  });

  await t.test('a script is written and run', async (t) => {
    await tabTo(page, page.getByRole('textbox', { name: 'Source code' }));
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('print("by " .. "hand")\n');
    await page.keyboard.press('Tab');
    await page.keyboard.type('-- indented');
    await page.keyboard.press('Control+Enter');
    await printed(page, 'by hand');
    const text = await page.locator('.cm-content .cm-line').allTextContents();
    t.same(
      text,
      ['print("by hand")'.replace('by hand', 'by " .. "hand'), '  -- indented'],
      'Tab indents, Ctrl+Enter writes nothing',
    );
  });

  await t.test('Escape and Tab lead out of the editor, forwards and back', async (t) => {
    const inEditor = (): Promise<boolean> => page.locator('.cm-content:focus').isVisible();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    t.notOk(await inEditor());
    await page.keyboard.press('Shift+Tab');
    t.ok(await inEditor());
    await page.keyboard.press('Escape');
    await page.keyboard.press('Shift+Tab');
    t.notOk(await inEditor());
  });

  await t.test('Lua is typed at the console', async (t) => {
    while ((await focused(page)).name !== 'TEXTAREA Serial console: type Lua here') await page.keyboard.press('F6');
    await page.keyboard.type('print(6 * 7 .. " is typed")\n');
    await printed(page, '42 is typed');
    const heard = page.locator('.xterm-accessibility [role=listitem]').filter({ hasText: '42 is typed' });
    await heard.first().waitFor({ state: 'attached' });
    t.pass('and its answer can be read aloud');
  });

  await t.test('the world is stopped and goes on, and says so', async (t) => {
    await tabTo(page, button('Pause'));
    await page.keyboard.press('Enter');
    await state.getByText('Paused').waitFor({ state: 'attached' });
    await page.keyboard.press('Enter');
    await state.getByText('Running').waitFor({ state: 'attached' });
    t.equal((await focused(page)).name, 'BUTTON Pause', 'the button stays where it is');
  });

  await t.test('an error is said', async (t) => {
    while ((await focused(page)).name !== 'DIV Source code') await page.keyboard.press('F6');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('tmr.create():alarm(5, tmr.ALARM_SINGLE, function() nothing() end)');
    await page.keyboard.press('Control+Enter');
    const said = page.getByRole('alert', { name: 'Errors' });
    await said.getByText(/^Error on esp1: blink.lua:1: .*'nothing'/).waitFor({ state: 'attached' });
    t.pass('with its place');
  });

  await t.test('the link to it is copied', async (t) => {
    await tabTo(page, button('Copy a link'));
    await page.keyboard.press('Enter');
    await page.getByText('The link is copied').waitFor();
    t.match(await page.evaluate('navigator.clipboard.readText()'), '#p1');
  });
}

async function around(t: Test, visitor: Visitor, url: string): Promise<void> {
  const page = await visitor.open(`${url}?example=blink`);
  const button = (name: string | RegExp): Locator => page.getByRole('button', { name });
  await printed(page, 'dofile("blink.lua")');

  await t.test('a file is added, renamed and deleted', async (t) => {
    await tabTo(page, button('New file'));
    await page.keyboard.press('Enter');
    await page.keyboard.type('two.lua\n');
    const file = (name: string): Locator => page.getByRole('tab', { name, exact: true });
    await page.keyboard.press('Escape');
    await tabTo(page, file('two.lua'));
    await page.keyboard.press('F2');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('zwei.lua\n');
    await page.keyboard.press('Escape');
    await tabTo(page, file('zwei.lua'));
    await page.keyboard.press('ArrowLeft');
    t.equal(await file('blink.lua').getAttribute('aria-selected'), 'true');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Delete');
    t.same(await page.locator('.file-bar [role=tab]').allTextContents(), ['blink.lua']);
  });

  await t.test('a frame is chosen and left', async (t) => {
    await tabTo(page, page.getByRole('listbox', { name: 'Frames' }));
    await page.keyboard.press('Home');
    const detail = page.getByRole('region', { name: 'Chosen frame' });
    await detail.waitFor();
    // The list has still to scroll there.
    const active = await page.locator('[aria-activedescendant^="frame-"]').getAttribute('aria-activedescendant');
    t.equal(await page.locator(`#${active}`).getAttribute('aria-selected'), 'true');
    await tabTo(page, detail.getByRole('button', { name: 'Close' }));
    await page.keyboard.press('Enter');
    await detail.waitFor({ state: 'hidden' });
    t.match((await focused(page)).name, /^DIV Frames/, 'the focus is back on the list');
  });

  await t.test('every control has a name, in every pane and dialog', async (t) => {
    for (const name of ['Browser', 'Board', 'Air']) {
      await tabTo(page, page.locator('.side-tabs [aria-selected=true]'));
      while ((await page.locator('.side-tabs [aria-selected=true]').textContent()) !== name)
        await page.keyboard.press(name === 'Browser' ? 'Home' : 'ArrowRight');
      t.same(await nameless(page, 25), [], name);
    }
    for (const name of ['World', 'Keyboard help']) {
      await tabTo(page, button(name));
      await page.keyboard.press('Enter');
      t.same(await nameless(page, name === 'World' ? 7 : 1), [], name);
      await page.keyboard.press('Escape');
      t.match(
        (await focused(page)).name,
        name === 'World' ? /^BUTTON .*(World|Seed)/ : /^BUTTON Keyboard/,
        'Escape leads back',
      );
    }
  });

  await t.test(
    'Tab goes around the whole page: nothing holds it, nothing loses it, and one sees where it is',
    async (t) => {
      const stops: Stop[] = [];
      await page.keyboard.press('F6');
      for (let i = 0; i < STOPS; i++) {
        const stop = await focused(page);
        if (stop.name === stops[0]?.name && stops.length > 1) break;
        stops.push(stop);
        await tab(page);
      }
      t.comment(`${stops.length} stops`);
      t.ok(stops.length > 25 && stops.length < STOPS, String(stops.length));
      // Between the last and the first it is the browser's.
      t.ok(stops.filter(({ name }) => name === '').length <= 1, 'the page does not lose it');
      t.same(
        stops.filter(({ name, visible }) => name !== '' && !visible),
        [],
        'the focus is seen at each',
      );
    },
  );

  await t.test('on a phone nothing is wider than the screen', async (t) => {
    await page.setViewportSize(PHONE);
    for (const name of ['Code', 'Console', 'Board', 'Network']) {
      await page.locator('.phone-bar').getByRole('button', { name }).focus();
      await page.keyboard.press('Enter');
      const outside =
        await page.evaluate(`[...document.querySelectorAll('button, input, select, a, [tabindex="0"]:not(textarea)')]
        .filter((element) => element.checkVisibility())
        .filter((element) => { const { left, right } = element.getBoundingClientRect(); return left < 0 || right > innerWidth; })
        .map((element) => element.outerHTML)`);
      t.same(outside, [], name);
      t.equal(await page.evaluate('document.documentElement.scrollWidth'), PHONE.width);
    }
  });
}
