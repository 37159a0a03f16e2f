/** The playground in a real Chromium with a profile of its own: built and served by the test, every request noted. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Frame,
  type Page,
} from 'playwright-core';
import type { Test } from 'tap';
import type { BridgeSpec } from '../../bridge/index.ts';
import { PlayBridge, tryOut } from '../../cli/play-bridge.ts';
import { type PlayFiles, playServer } from '../../cli/play-server.ts';
import { PATIENCE_MS } from './programs.ts';

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

/** The page as `npm run build:playground` makes it, in a folder that goes with the test. `npm test` has built it already. */
async function built(t: Test): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'playground-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  if (process.env.MCUBOX_BUILT === undefined)
    await promisify(execFile)(process.execPath, [join(ROOT, 'playground/build.mjs'), folder]);
  else cpSync(join(ROOT, 'dist/playground'), folder, { recursive: true });
  return folder;
}

/** What stands beside the page on its server. */
export interface Beside {
  readonly flash?: PlayFiles['flash'];
  /** Files by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** What a page that is opened by {@link Stage.entry} is tied to. */
  readonly bridge?: BridgeSpec;
}

interface Served {
  /** Of the server; ends in `/`. */
  readonly url: string;
  /** The address that lets a page have the bridge. */
  readonly entry: string;
  /** What is bound, in numbers. */
  readonly forwards: BridgeSpec['forwards'];
  /** The server ends, as it does by Ctrl-C. */
  readonly end: () => void;
}

export interface Stage extends Served {
  readonly visitor: Visitor;
}

const NO_BRIDGE: BridgeSpec = { forwards: [], ports: [], dhcp: true };

/** Builds the page and serves it on a free port of the loopback. */
async function served(t: Test, { flash, files = {}, bridge: wanted = NO_BRIDGE }: Beside): Promise<Served> {
  const root = await built(t);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  const server: Server = playServer({ root, flash });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { spec } = await tryOut(wanted);
  const bridge = new PlayBridge(spec);
  if (wanted !== NO_BRIDGE) bridge.attach(server);
  const end = (): void => {
    bridge.close();
    server.closeAllConnections();
    server.close();
  };
  t.teardown(end);
  const url = `http://localhost:${(server.address() as { port: number }).port}/`;
  return { url, entry: `${url}?bridge=${bridge.token}`, forwards: spec.forwards, end };
}

/** The page on its server, and a browser to open it in. */
export async function stage(t: Test, options: VisitorOptions = {}, beside: Beside = {}): Promise<Stage> {
  const [there, visitor] = await Promise.all([served(t, beside), Visitor.come(t, options)]);
  return { ...there, visitor };
}

export interface VisitorOptions {
  readonly permissions?: string[];
  /** More arguments of Chromium. */
  readonly args?: readonly string[];
}

/** Somebody who has never been here. */
export class Visitor {
  readonly context: BrowserContext;
  /** Every URL that any page or frame asked the network for, in order. */
  readonly asked: string[] = [];
  /** What went wrong on the page, as its console has it. */
  readonly complaints: string[] = [];

  readonly #browser: Browser;

  private constructor(browser: Browser, context: BrowserContext) {
    this.#browser = browser;
    this.context = context;
    context.setDefaultTimeout(PATIENCE_MS);
    context.on('request', (request) => this.asked.push(request.url()));
    context.on('weberror', (error) => this.complaints.push(error.error().message));
  }

  /** Starts a browser. */
  static async come(t: Test, { permissions, args = [] }: VisitorOptions = {}): Promise<Visitor> {
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      headless: true,
      args: [...FLAGS, ...args],
    });
    t.teardown(() => browser.close());
    return Visitor.#of(browser, permissions === undefined ? {} : { permissions });
  }

  /** Somebody else, in the same browser with a profile of their own. */
  another(): Promise<Visitor> {
    return Visitor.#of(this.#browser, {});
  }

  static async #of(browser: Browser, options: BrowserContextOptions): Promise<Visitor> {
    return new Visitor(browser, await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options }));
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
