/** A browser for the servers of the virtual network. Its pages are strangers: they live in a sandboxed frame of an opaque origin
 * and reach nothing but the one port that this file answers on. */
import type { WebReply, WebRequest } from '../world/protocol.ts';
import { h, iconButton, setText } from './dom.ts';

/** Redirects in a row before it is a circle. */
const REDIRECTS = 10;
/** A page that has not answered for so long is gone: the frame was sent elsewhere. */
const SILENCE_MS = 3000;

interface Place {
  readonly url: string;
  readonly method: string;
  readonly type?: string | undefined;
  readonly body?: Uint8Array | undefined;
}

/** What the frame says; it is not to be trusted. */
interface FromFrame {
  readonly is?: unknown;
  readonly id?: unknown;
  readonly url?: unknown;
  readonly method?: unknown;
  readonly headers?: unknown;
  readonly body?: unknown;
  readonly type?: unknown;
  readonly title?: unknown;
}

export interface BrowserEnv {
  fetch(request: WebRequest): Promise<WebReply>;
}

export class BrowserView {
  readonly element: HTMLElement;
  readonly #env: BrowserEnv;
  readonly #address = h('input', {
    type: 'text',
    class: 'address',
    'aria-label': 'Address',
    placeholder: 'http://192.168.1.50/',
    spellcheck: 'false',
    autocomplete: 'off',
    inputmode: 'url',
    onfocus: () => this.#address.select(),
  });
  readonly #status = h('output', { class: 'browser-status', 'aria-live': 'polite' });
  readonly #offer = h('button', {
    type: 'button',
    class: 'quiet offer',
    hidden: true,
    onclick: () => this.open(this.#address.value),
  });
  readonly #pane = h('div', { class: 'pane' });
  readonly #history: Place[] = [];
  /** Of cookies by host, as pairs; they live as long as the world. */
  readonly #cookies = new Map<string, Map<string, string>>();
  /** Answers to an older page are late. */
  #visit = 0;

  constructor(env: BrowserEnv) {
    this.#env = env;
    const form = h(
      'form',
      {
        class: 'bar',
        onsubmit: (event) => {
          event.preventDefault();
          this.open(this.#address.value);
        },
      },
      iconButton('back', 'Back', () => this.#back()),
      iconButton('reset', 'Reload', () => this.#reload()),
      this.#address,
      h('button', { type: 'submit', class: 'quiet' }, 'Go'),
    );
    this.element = h('section', { class: 'browser', 'aria-label': 'Browser' }, form, this.#pane, this.#status);
    this.#blank();
  }

  /** What the address bar offers while nothing is open. */
  suggest(address: string | undefined): void {
    if (this.#history.length > 0 || document.activeElement === this.#address) return;
    const url = address === undefined ? '' : `http://${address}/`;
    if (this.#address.value === url) return;
    this.#address.value = url;
    this.#offer.hidden = url === '';
    setText(this.#offer, `Open ${url}`);
  }

  /** A new world: nothing is open. */
  restart(): void {
    this.#history.length = 0;
    this.#cookies.clear();
    this.#visit++;
    this.#address.value = '';
    this.#offer.hidden = true;
    this.#blank();
  }

  open(typed: string): void {
    const text = typed.trim();
    if (text === '') return;
    const url = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
    this.#go({ url: url.replace(/^(http:\/\/[^/]+)$/, '$1/'), method: 'GET' });
  }

  #go(place: Place, remember = true): void {
    if (remember) this.#history.push(place);
    void this.#load(place);
  }

  #back(): void {
    if (this.#history.length < 2) return;
    this.#history.pop();
    const place = this.#history.at(-1);
    if (place !== undefined) this.#go(place, false);
  }

  #reload(): void {
    const place = this.#history.at(-1);
    if (place !== undefined) this.#go(place, false);
    else this.open(this.#address.value);
  }

  async #load(place: Place): Promise<void> {
    const visit = ++this.#visit;
    this.#address.value = place.url;
    this.element.setAttribute('aria-busy', 'true');
    setText(this.#status, `Waiting for ${hostOf(place.url)} …`);
    try {
      const { reply, url } = await this.#ask(place);
      if (visit !== this.#visit) return;
      this.#address.value = url;
      this.#show(url, reply, visit);
    } catch (error) {
      if (visit === this.#visit) this.#failed((error as Error).message);
    } finally {
      if (visit === this.#visit) this.element.removeAttribute('aria-busy');
    }
  }

  /** Follows redirects. */
  async #ask(place: Place): Promise<{ readonly reply: WebReply; readonly url: string }> {
    let { url, method, body } = place;
    const headers: [string, string][] = place.type === undefined ? [] : [['Content-Type', place.type]];
    for (let i = 0; i < REDIRECTS; i++) {
      const reply = await this.#fetch({ url, method, headers, ...(body === undefined ? {} : { body }) });
      const to = reply.headers.find(([name]) => name === 'location')?.[1];
      if (to === undefined || reply.status < 300 || reply.status > 399) return { reply, url };
      url = new URL(to, url).href;
      if (reply.status !== 307 && reply.status !== 308) {
        method = 'GET';
        body = undefined;
      }
    }
    throw new Error('The device redirects in a circle.');
  }

  /** With the cookies of that host. */
  async #fetch(request: WebRequest): Promise<WebReply> {
    const host = hostOf(request.url);
    const jar = this.#cookies.get(host);
    const cookie = [...(jar ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = cookie === '' ? request.headers : [...request.headers, ['Cookie', cookie] as const];
    const reply = await this.#env.fetch({ ...request, headers });
    for (const [name, value] of reply.headers) {
      const pair = name === 'set-cookie' ? /^([^=;]+)=([^;]*)/.exec(value) : null;
      if (pair === null) continue;
      const mine = this.#cookies.get(host) ?? new Map<string, string>();
      this.#cookies.set(host, mine.set(pair[1] ?? '', pair[2] ?? ''));
    }
    return reply;
  }

  #show(url: string, reply: WebReply, visit: number): void {
    const type = reply.headers.find(([name]) => name === 'content-type')?.[1] ?? guess(reply.body);
    const size = `${reply.body.length.toLocaleString('en')} bytes`;
    setText(this.#status, `${reply.status} ${reply.reason}, ${size}`.replace(' ,', ','));
    const frame = h('iframe', {
      sandbox: 'allow-scripts allow-forms',
      src: 'frame.html',
      title: `Page of ${hostOf(url)}`,
      referrerpolicy: 'no-referrer',
      allow: '',
    });
    const { port1, port2 } = new MessageChannel();
    let answered = false;
    port1.onmessage = ({ data }) => {
      answered = true;
      if (visit === this.#visit && typeof data === 'object' && data !== null)
        void this.#answer(port1, data as FromFrame);
    };
    let loads = 0;
    frame.addEventListener('load', () => {
      if (loads++ === 0) frame.contentWindow?.postMessage({ is: 'show', url, type, body: reply.body }, '*', [port2]);
      // Loaded once more: written anew by its page, or sent somewhere else, where nobody answers.
      answered = false;
      port1.postMessage({ is: 'ping' });
      setTimeout(() => {
        if (!answered && visit === this.#visit) this.#failed('The page tried to leave the virtual network');
      }, SILENCE_MS);
    });
    this.#fill(frame);
  }

  async #answer(port: MessagePort, { is, id, url, method, headers, body, type }: FromFrame): Promise<void> {
    if (typeof url !== 'string') return;
    const how = typeof method === 'string' && /^[A-Z]{1,16}$/.test(method) ? method : 'GET';
    const bytes = body instanceof Uint8Array ? body : undefined;
    if (is === 'go') {
      const mime = typeof type === 'string' ? type.replace(/[\r\n]/g, '') : undefined;
      return this.#go({ url, method: how, type: mime, body: bytes });
    }
    if (is !== 'load' || typeof id !== 'number') return;
    try {
      const request = {
        url,
        method: how,
        headers: cleanHeaders(headers),
        ...(bytes === undefined ? {} : { body: bytes }),
      };
      const reply = await this.#fetch(request);
      port.postMessage({ id, loaded: { ...reply, url } });
    } catch (error) {
      port.postMessage({ id, why: (error as Error).message });
    }
  }

  #failed(why: string): void {
    setText(this.#status, '');
    const sentence = `${why.charAt(0).toUpperCase()}${why.slice(1)}${why.endsWith('.') ? '' : '.'}`;
    this.#fill(
      h(
        'div',
        { class: 'empty failed', tabindex: -1, role: 'alert' },
        h('strong', {}, 'No page'),
        h('p', {}, sentence),
      ),
    );
  }

  /** What had the focus goes; what comes has it then. */
  #fill(content: HTMLElement): void {
    const within = this.#pane.contains(document.activeElement);
    this.#pane.replaceChildren(content);
    if (within) content.focus();
  }

  #blank(): void {
    setText(this.#status, '');
    this.#fill(
      h(
        'div',
        { class: 'empty' },
        h('p', {}, 'A browser inside the virtual network. When a script serves a web page, open it here.'),
        this.#offer,
      ),
    );
  }
}

/** Header lines that cannot break out of their line. */
function cleanHeaders(given: unknown): (readonly [string, string])[] {
  if (!Array.isArray(given)) return [];
  return given.flatMap((pair) => {
    const [name, value] = Array.isArray(pair) ? pair : [];
    const fine =
      typeof name === 'string' && typeof value === 'string' && /^[\w-]+$/.test(name) && !/[\r\n]/.test(value);
    return fine && !/^(cookie|host|content-length|connection)$/i.test(name) ? [[name, value] as const] : [];
  });
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}

/** The type of what came without one. */
const guess = (body: Uint8Array): string =>
  /^\s*<(!doctype|html|head|body|h\d|p|div|form|title|a|b|pre|center|meta)\b/i.test(
    String.fromCharCode(...body.subarray(0, 200)),
  )
    ? 'text/html'
    : 'text/plain';
