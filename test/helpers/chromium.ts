/** The playground in a real Chromium with a profile of its own: built and served by the test, every request noted. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Frame, type Page } from 'playwright-core';
import type { Test } from 'tap';
import { type PlayFiles, playServer } from '../../cli/play-server.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** A loaded computer is slow. */
const PATIENCE_MS = 30_000;

/** The page as `npm run build:playground` makes it, in a folder that goes with the test. */
export function built(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'playground-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  execFileSync(process.execPath, [join(ROOT, 'playground/build.mjs'), folder], { stdio: 'ignore' });
  return folder;
}

/** Serves a folder on a free port of the loopback, and what `flash` holds beside it; the URL ends in `/`. */
export async function served(t: Test, root: string, flash?: PlayFiles['flash']): Promise<string> {
  const server: Server = playServer({ root, flash });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://localhost:${(server.address() as { port: number }).port}/`;
}

/** A browser that nobody has used before. */
export class Visitor {
  readonly context: BrowserContext;
  /** Every URL that any page or frame asked the network for, in order. */
  readonly asked: string[] = [];
  /** What went wrong on the page, as its console has it. */
  readonly complaints: string[] = [];

  private constructor(context: BrowserContext) {
    this.context = context;
    context.setDefaultTimeout(PATIENCE_MS);
    context.on('request', (request) => this.asked.push(request.url()));
    context.on('weberror', (error) => this.complaints.push(error.error().message));
  }

  static async come(t: Test, options: Parameters<typeof chromium.launchPersistentContext>[1] = {}): Promise<Visitor> {
    const profile = mkdtempSync(join(tmpdir(), 'profile-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: '/usr/bin/chromium',
      headless: true,
      viewport: { width: 1440, height: 900 },
      args: FLAGS,
      ...options,
    });
    t.teardown(async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    });
    return new Visitor(context);
  }

  /** Opens a page. */
  async open(url: string): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(url);
    return page;
  }

  /** Requests that left the page's own origin. */
  strays(origin: string): string[] {
    return this.asked.filter((url) => !url.startsWith(origin) && !/^(blob|data):/.test(url));
  }
}

/** Waits for text on the console of the shown device, which its screen shows in rows. */
export async function printed(page: Page | Frame, text: string): Promise<void> {
  const rows = page.locator('.screen:not(.away) .xterm-rows > div');
  await rows.filter({ hasText: text }).first().waitFor({ state: 'attached' });
}

/** Pastes a script over what is in the editor and runs it from power-on. */
export async function runScript(page: Page, source: string): Promise<void> {
  await page.locator('.cm-content').click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.evaluate(`(() => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', ${JSON.stringify(source)});
    document.querySelector('.cm-content').dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  })()`);
  await page.getByRole('button', { name: /^Run the file/ }).click();
}
