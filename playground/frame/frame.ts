/**
 * Inside the sandboxed frame: shows a page of a device. Everything a page loads (images, scripts, styles, fetch, XMLHttpRequest,
 * forms, links) is asked of the parent over one port, which asks the virtual network. The frame's own policy forbids all network.
 */
import { rewriteHtml } from './rewrite.ts';
import { Wire } from './wire.ts';

/** What the parent sends to show: a page, or a text or picture that is none. */
interface Show {
  readonly is: 'show';
  readonly url: string;
  readonly type: string;
  readonly body: Uint8Array;
}

addEventListener(
  'message',
  (event) => {
    const [port] = event.ports;
    // Only the first message, and only of the page around: what comes later is the device's own business.
    if (event.source !== parent || port === undefined) return;
    event.stopImmediatePropagation();
    void show(event.data as Show, new Wire(port, (event.data as Show).url));
  },
  { once: true },
);

async function show({ url, type, body }: Show, wire: Wire): Promise<void> {
  if (/^image\//.test(type)) {
    write(`<body style="margin:0"><img alt="" src="${URL.createObjectURL(new Blob([body as BlobPart], { type }))}">`);
    return wire.shown(url);
  }
  const text = decode(body, type);
  if (!/html/i.test(type)) {
    write('<body><pre style="white-space:pre-wrap;word-break:break-word"></pre>');
    const pre = document.querySelector('pre');
    if (pre !== null) pre.textContent = text;
    return wire.shown(url);
  }
  const html = await rewriteHtml(text, url, wire);
  write(html, () => wire.install());
  wire.shown(document.title);
}

/** `opened` runs in the empty document: opening it has taken all listeners away. */
function write(html: string, opened = (): void => {}): void {
  document.open();
  opened();
  document.write(html);
  document.close();
}

function decode(body: Uint8Array, type: string): string {
  const charset = /charset=["']?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}
