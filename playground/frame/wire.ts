/** The port to the parent, and what takes the place of a browser's own network in the frame. */
import { closeLeaks } from './leaks.ts';
import { absolute, rewriteScript } from './rewrite.ts';

export interface Loaded {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  readonly url: string;
}

interface Asked {
  readonly resolve: (loaded: Loaded) => void;
  readonly reject: (error: Error) => void;
}

export class Wire {
  readonly #port: MessagePort;
  readonly #asked = new Map<number, Asked>();
  readonly #url: string;
  #lastId = 0;

  constructor(port: MessagePort, url: string) {
    this.#port = port;
    this.#url = url;
    port.onmessage = ({ data }) => {
      if (data.is === 'ping') {
        port.postMessage({ is: 'pong' });
        return;
      }
      const asked = this.#asked.get(data.id);
      this.#asked.delete(data.id);
      if (data.loaded !== undefined) asked?.resolve(data.loaded);
      else asked?.reject(new TypeError(`Failed to fetch: ${data.why}`));
    };
  }

  load(
    url: string,
    method = 'GET',
    headers: readonly (readonly [string, string])[] = [],
    body?: Uint8Array,
  ): Promise<Loaded> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#port.postMessage({ is: 'load', id, url: absolute(url, this.#url), method, headers, body });
    });
  }

  /** As a URL of the frame's own, for what the browser loads by itself. */
  async blob(url: string, type?: string): Promise<string> {
    const { body, headers } = await this.load(url);
    const own = headers.find(([name]) => name === 'content-type')?.[1] ?? 'application/octet-stream';
    return URL.createObjectURL(new Blob([body as BlobPart], { type: type ?? own }));
  }

  /** Leaves for another page. */
  go(url: string, method = 'GET', type?: string, body?: Uint8Array): void {
    this.#port.postMessage({ is: 'go', url: absolute(url, this.#url), method, type, body });
  }

  shown(title: string): void {
    this.#port.postMessage({ is: 'shown', title });
  }

  /** Puts the replacements in place, before the page's own scripts run. */
  install(): void {
    this.#installLocation();
    this.#installFetch();
    this.#installXhr();
    this.#installStorage();
    this.#installLinks();
    this.#installImages();
    closeLeaks();
  }

  /** Scripts were rewritten to use this in place of `location`, which cannot be replaced. */
  #installLocation(): void {
    const here = new URL(this.#url);
    const go = (url: string): void => this.go(url);
    const place = {
      assign: go,
      replace: go,
      reload: () => go(this.#url),
      toString: () => this.#url,
      get href() {
        return here.href;
      },
      set href(url: string) {
        go(url);
      },
      set search(text: string) {
        go(`${here.pathname}${text.startsWith('?') ? '' : '?'}${text}`);
      },
      get search() {
        return here.search;
      },
      set pathname(text: string) {
        go(text);
      },
      get pathname() {
        return here.pathname;
      },
      get hash() {
        return here.hash;
      },
      set hash(_text: string) {},
      host: here.host,
      hostname: here.hostname,
      port: here.port,
      origin: here.origin,
      protocol: here.protocol,
    };
    Object.defineProperty(globalThis, '__place', { value: place });
  }

  #installFetch(): void {
    const load = this.load.bind(this);
    globalThis.fetch = async (input, init = {}) => {
      const url = input instanceof Request ? input.url : String(input);
      const headers = [...new Headers(init.headers ?? {})] as [string, string][];
      const text = init.body === undefined || init.body === null ? undefined : new Response(init.body);
      const body = text === undefined ? undefined : new Uint8Array(await text.arrayBuffer());
      const type = text?.headers.get('content-type');
      if (type && !headers.some(([name]) => name === 'content-type')) headers.push(['content-type', type]);
      const loaded = await load(url, init.method ?? 'GET', headers, body);
      return new Response(nullBody(loaded.status) ? null : (loaded.body as BodyInit), {
        status: Math.max(200, loaded.status),
        statusText: loaded.reason,
        headers: loaded.headers as [string, string][],
      });
    };
  }

  #installXhr(): void {
    const load = this.load.bind(this);
    class Request extends EventTarget {
      readyState = 0;
      status = 0;
      statusText = '';
      responseText = '';
      response: unknown = '';
      responseType = '';
      timeout = 0;
      withCredentials = false;
      onreadystatechange: (() => void) | null = null;
      onload: (() => void) | null = null;
      onerror: (() => void) | null = null;
      onloadend: (() => void) | null = null;
      readonly upload = new EventTarget();
      #method = 'GET';
      #url = '';
      #headers: [string, string][] = [];
      #got: Loaded | undefined;
      #aborted = false;

      open(method: string, url: string): void {
        this.#method = method.toUpperCase();
        this.#url = String(url);
        this.#state(1);
      }
      setRequestHeader(name: string, value: string): void {
        this.#headers.push([name, value]);
      }
      overrideMimeType(): void {}
      abort(): void {
        this.#aborted = true;
      }
      getResponseHeader(name: string): string | null {
        return this.#got?.headers.find(([key]) => key === name.toLowerCase())?.[1] ?? null;
      }
      getAllResponseHeaders(): string {
        return (this.#got?.headers ?? []).map(([name, value]) => `${name}: ${value}\r\n`).join('');
      }
      send(body?: BodyInit | null): void {
        void this.#send(body ?? undefined);
      }
      async #send(body: BodyInit | undefined): Promise<void> {
        try {
          const given = body === undefined ? undefined : new Response(body);
          const bytes = given === undefined ? undefined : new Uint8Array(await given.arrayBuffer());
          this.#got = await load(this.#url, this.#method, this.#headers, bytes);
          if (this.#aborted) return;
          this.status = this.#got.status;
          this.statusText = this.#got.reason;
          const text = new TextDecoder().decode(this.#got.body);
          if (this.responseType === '' || this.responseType === 'text') this.responseText = text;
          this.response =
            this.responseType === 'json'
              ? JSON.parse(text)
              : this.responseType === 'arraybuffer'
                ? this.#got.body.slice().buffer
                : this.responseType === 'blob'
                  ? new Blob([this.#got.body as BlobPart])
                  : text;
          this.#state(4);
          this.#tell('load');
        } catch {
          this.#state(4);
          this.#tell('error');
        }
        this.#tell('loadend');
      }
      #state(state: number): void {
        this.readyState = state;
        this.#tell('readystatechange');
      }
      #tell(type: 'readystatechange' | 'load' | 'error' | 'loadend'): void {
        this[`on${type}`]?.();
        this.dispatchEvent(new Event(type));
      }
    }
    globalThis.XMLHttpRequest = Request as unknown as typeof XMLHttpRequest;
  }

  /** A sandboxed page has no storage; many pages expect one. It lives as long as the page. */
  #installStorage(): void {
    for (const name of ['localStorage', 'sessionStorage']) {
      const map = new Map<string, string>();
      const storage = {
        getItem: (key: string) => map.get(String(key)) ?? null,
        setItem: (key: string, value: string) => void map.set(String(key), String(value)),
        removeItem: (key: string) => void map.delete(String(key)),
        clear: () => map.clear(),
        key: (i: number) => [...map.keys()][i] ?? null,
        get length() {
          return map.size;
        },
      };
      Object.defineProperty(globalThis, name, { value: storage });
    }
  }

  #installLinks(): void {
    addEventListener('click', (event) => {
      const link = (event.target as Element | null)?.closest?.('a[href], area[href]');
      const href = link?.getAttribute('href');
      if (event.defaultPrevented || href === null || href === undefined) return;
      if (/^(javascript|data|blob):/i.test(href)) return;
      event.preventDefault();
      if (href.startsWith('#')) document.getElementById(href.slice(1))?.scrollIntoView();
      else this.go(href);
    });
    const send = (form: HTMLFormElement, submitter: HTMLElement | null): void => this.#submit(form, submitter);
    addEventListener('submit', (event) => {
      if (event.defaultPrevented) return;
      event.preventDefault();
      send(event.target as HTMLFormElement, (event as SubmitEvent).submitter);
    });
    HTMLFormElement.prototype.submit = function submit() {
      send(this, null);
    };
  }

  #submit(form: HTMLFormElement, submitter: HTMLElement | null): void {
    const data = new FormData(form, submitter);
    const action = submitter?.getAttribute('formaction') ?? form.getAttribute('action') ?? this.#url;
    const method = (submitter?.getAttribute('formmethod') ?? form.getAttribute('method') ?? 'get').toUpperCase();
    const pairs = [...data].map(([name, value]) => [name, typeof value === 'string' ? value : value.name]);
    const query = new URLSearchParams(pairs as [string, string][]).toString();
    if (method !== 'POST') this.go(`${absolute(action, this.#url).replace(/\?.*$/, '')}?${query}`);
    else if (form.enctype !== 'multipart/form-data')
      this.go(action, 'POST', 'application/x-www-form-urlencoded', new TextEncoder().encode(query));
    else void this.#submitParts(action, new Response(data));
  }

  async #submitParts(action: string, encoded: Response): Promise<void> {
    const body = new Uint8Array(await encoded.arrayBuffer());
    this.go(action, 'POST', encoded.headers.get('content-type') ?? '', body);
  }

  /** Pictures and scripts that the page's own scripts put in. */
  #installImages(): void {
    const reroute = (element: Element): void => {
      const src = element.getAttribute('src');
      if (src === null || /^(blob|data):/.test(src)) return;
      if (element instanceof HTMLImageElement)
        void this.blob(src).then((url) => element.setAttribute('src', url), noop);
      if (element instanceof HTMLScriptElement) void this.#runScript(element, src);
    };
    new MutationObserver((changes) => {
      for (const { target, addedNodes, type } of changes) {
        if (type === 'attributes') reroute(target as Element);
        for (const node of addedNodes)
          if (node instanceof Element) for (const one of [node, ...node.querySelectorAll('[src]')]) reroute(one);
      }
    }).observe(document, { subtree: true, childList: true, attributeFilter: ['src'] });
    const source = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'src');
    const blob = this.blob.bind(this);
    if (source === undefined) return;
    Object.defineProperty(HTMLImageElement.prototype, 'src', {
      ...source,
      set(url: string) {
        if (/^(blob|data):/.test(url)) source.set?.call(this, url);
        else
          void blob(url).then(
            (own) => source.set?.call(this, own),
            () => this.dispatchEvent(new Event('error')),
          );
      },
    });
  }

  async #runScript(element: HTMLScriptElement, src: string): Promise<void> {
    try {
      const { body } = await this.load(src);
      const script = document.createElement('script');
      script.textContent = rewriteScript(new TextDecoder().decode(body));
      element.replaceWith(script);
      element.dispatchEvent(new Event('load'));
    } catch {
      element.dispatchEvent(new Event('error'));
    }
  }
}

const noop = (): void => {};

/** Answers that must not have a body (Fetch standard). */
const nullBody = (status: number): boolean => status === 204 || status === 205 || status === 304;
