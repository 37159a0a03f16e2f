/** A device's page made ready for the frame: what it loads is fetched first and put in its place. */

/** What would be a window of its own. */
export const FRAMES = 'iframe, frame, object, embed, fencedframe, portal, template[shadowrootmode]';

/** What a page is fetched with. */
export interface Loader {
  load(url: string): Promise<{ readonly status: number; readonly body: Uint8Array }>;
  /** As a URL of the frame's own. */
  blob(url: string): Promise<string>;
  /** Leaves for another page. */
  go(url: string): void;
}

/** What `url` means on the page at `base`; what is no URL stays as it is. */
export function absolute(url: string, base: string): string {
  try {
    return new URL(url, base).href;
  } catch {
    return url;
  }
}

/** `location` cannot be replaced in a browser: scripts get a place of ours under another name. */
export const rewriteScript = (source: string): string =>
  source
    .replace(/(?<![\w$.'"])(?:(?:window|document|self|top|parent)\s*\.\s*)?location(?=\s*=(?!=))/g, '__place.href')
    .replace(/(?<![\w$.'"])(?:(?:window|document|self|top|parent)\s*\.\s*)?location(?=\s*\.\s*[a-z])/g, '__place');

/** The page with everything in it that it names. */
export async function rewriteHtml(html: string, url: string, wire: Loader): Promise<string> {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const base = page.querySelector('base')?.getAttribute('href');
  const here = base ? absolute(base, url) : url;
  const gone = `base, meta[http-equiv], ${FRAMES}`;
  const hints =
    'link[rel~=preconnect], link[rel~=dns-prefetch], link[rel~=prefetch], link[rel~=preload], link[rel~=modulepreload], link[rel~=prerender], link[rel~=manifest]';
  refresh(page, here, wire);
  for (const element of page.querySelectorAll(`${gone}, ${hints}`)) element.remove();
  await Promise.all([
    ...all(page, 'img[src], input[type=image][src], audio[src], video[src], source[src]', (element) =>
      inPlace(element, 'src', here, wire),
    ),
    ...all(page, 'link[rel~=icon][href]', (element) => element.remove()),
    ...all(page, 'link[rel~=stylesheet][href]', (element) => style(element, page, here, wire)),
    ...all(page, 'script[src]', (element) => script(element as HTMLScriptElement, here, wire)),
    ...all(page, 'style', async (element) => {
      element.textContent = await rewriteCss(element.textContent ?? '', here, wire);
    }),
  ]);
  for (const element of page.querySelectorAll<HTMLScriptElement>('script:not([src])'))
    element.textContent = rewriteScript(element.textContent ?? '');
  for (const element of page.querySelectorAll('*'))
    for (const { name, value } of element.attributes)
      if (name.startsWith('on')) element.setAttribute(name, rewriteScript(value));
  return `<!doctype html>${page.documentElement.outerHTML}`;
}

type Change = (element: Element) => unknown;

const all = (page: Document, selector: string, change: Change): Promise<unknown>[] =>
  [...page.querySelectorAll(selector)].map(async (element) => change(element));

/** `<meta http-equiv=refresh>`, which the frame's policy would not let go anywhere. */
function refresh(page: Document, base: string, wire: Loader): void {
  const content = page.querySelector('meta[http-equiv=refresh i]')?.getAttribute('content');
  const parts = /^\s*(\d+(?:\.\d+)?)\s*(?:[;,]\s*(?:url\s*=\s*)?['"]?([^'"]*))?/i.exec(content ?? '');
  if (parts !== null) setTimeout(() => wire.go(absolute(parts[2] || base, base)), Number(parts[1]) * 1000);
}

async function inPlace(element: Element, attribute: string, base: string, wire: Loader): Promise<void> {
  const url = element.getAttribute(attribute) ?? '';
  if (/^(data|blob):/i.test(url)) return;
  try {
    element.setAttribute(attribute, await wire.blob(absolute(url, base)));
  } catch {
    element.removeAttribute(attribute);
    element.setAttribute('data-missing', url);
  }
}

async function style(element: Element, page: Document, base: string, wire: Loader): Promise<void> {
  const url = absolute(element.getAttribute('href') ?? '', base);
  const sheet = page.createElement('style');
  const media = element.getAttribute('media');
  if (media !== null) sheet.media = media;
  try {
    sheet.textContent = await rewriteCss(new TextDecoder().decode((await wire.load(url)).body), url, wire);
  } catch {
    sheet.setAttribute('data-missing', url);
  }
  element.replaceWith(sheet);
}

async function script(element: HTMLScriptElement, base: string, wire: Loader): Promise<void> {
  const url = absolute(element.getAttribute('src') ?? '', base);
  element.removeAttribute('src');
  try {
    const { status, body } = await wire.load(url);
    if (status < 400)
      element.textContent = rewriteScript(new TextDecoder().decode(body)).replaceAll('</script', '<\\/script');
  } catch {
    element.setAttribute('data-missing', url);
  }
}

/** Pictures and fonts of a style sheet as data of its own. */
async function rewriteCss(css: string, base: string, wire: Loader): Promise<string> {
  const urls = new Set([...css.matchAll(/url\(\s*['"]?([^'")]+)['"]?\s*\)/g)].map(([, url = '']) => url));
  let out = css.replace(/@import[^;]*;/g, '');
  for (const url of urls) {
    if (/^(data|blob):/i.test(url)) continue;
    try {
      out = out.replaceAll(url, await wire.blob(absolute(url, base)));
    } catch {
      // Stays unreachable; the policy stops the browser from asking elsewhere.
    }
  }
  return out;
}
