/** Elements in one expression. */

type Attributes = Readonly<Record<string, string | number | boolean | undefined | ((event: Event) => void)>>;
type Child = Node | string | undefined | false;

/** `h('button', { class: 'quiet', onclick: run }, 'Run')`; functions become listeners, `false` and undefined stay out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  apply(element, attributes);
  element.append(...children.filter((child) => child !== undefined && child !== false));
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/** The same for SVG. */
export function s(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): SVGElement {
  const element = document.createElementNS(SVG, tag);
  apply(element, attributes);
  element.append(...children.filter((child) => child !== undefined && child !== false));
  return element;
}

function apply(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.replace(/^on/, ''), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
}

/** Writes only what differs: what does not change costs no layout. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Hands bytes to the user as a file. */
export function download(name: string, bytes: Uint8Array, type: string): void {
  const url = URL.createObjectURL(new Blob([bytes as BlobPart], { type }));
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** The drawing of a button, 16 by 16. */
const ICONS: Readonly<Record<string, string>> = {
  run: 'M5 3.200v9.600L12.500 8z',
  pause: 'M5 3.500v9M11 3.500v9',
  step: 'M4 3.500v9L9.500 8zM12.500 3.500v9',
  reset: 'M12.700 8a4.700 4.700 0 1 1-1.500-3.400M12.800 2.500v2.800H10',
  share: 'M8 9.500v-7M5.200 5 8 2.200 10.800 5M3.500 8.500v4.800h9V8.500',
  plus: 'M8 3.500v9M3.500 8h9',
  close: 'M4.500 4.500l7 7M11.500 4.500l-7 7',
  download: 'M8 2.500v7M5.200 7 8 9.800 10.800 7M3.500 13h9',
  back: 'M9.800 3.500 5.300 8l4.500 4.500',
  chip: 'M4.500 4.500h7v7h-7zM6.500 4.500V2M9.500 4.500V2M6.500 14v-2.500M9.500 14v-2.500M4.500 6.500H2M4.500 9.500H2M14 6.500h-2.500M14 9.500h-2.500',
  keys: 'M2 4.500h12v7H2zM4.500 7h.1M7 7h.1M9.500 7h.1M11.900 7h.1M5.500 9.500h5',
  theme: 'M8 2.500a5.500 5.500 0 1 0 0 11zM8 2.500a5.500 5.500 0 0 1 0 11',
  clear: 'M3 4.500h10M6 4.500V3h4v1.500M4.500 4.500l.6 8.500h5.800l.6-8.500',
};

export function icon(name: keyof typeof ICONS | string): SVGElement {
  return s(
    'svg',
    { class: `icon icon-${name}`, viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    s('path', { d: ICONS[name] ?? '' }),
  );
}

/** A button with a drawing; `label` is what it says to a screen reader and as a tooltip. */
export function iconButton(name: string, label: string, onclick: () => void, text = ''): HTMLButtonElement {
  return h(
    'button',
    {
      type: 'button',
      class: text === '' ? 'icon-button' : 'icon-button with-text',
      title: label,
      'aria-label': label,
      onclick,
    },
    icon(name) as unknown as Node,
    text !== '' && h('span', {}, text),
  );
}
