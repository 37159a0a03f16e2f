/** F6 goes around the parts of the page: in each, one element takes the focus. */

interface Part {
  /** The pane that a narrow screen must show for it. */
  readonly pane?: string;
  readonly within: string;
  readonly target: string;
}

const PARTS: readonly Part[] = [
  { within: '.toolbar', target: '.primary' },
  { pane: 'code', within: '.pane-code', target: '.cm-content' },
  { pane: 'console', within: '.pane-console', target: '.screen:not(.away) textarea' },
  { pane: 'side', within: '.pane-side', target: '[aria-selected=true]' },
  { pane: 'network', within: '.pane-network', target: '[aria-selected=true]' },
];

/** From where the focus is to the part after it, or before it. */
export function nextPart(root: HTMLElement, by: 1 | -1, showPane: (pane: string) => void): void {
  const at = PARTS.findIndex(({ within }) => root.querySelector(within)?.contains(document.activeElement));
  const part = PARTS.at((Math.max(at, 0) + by) % PARTS.length);
  if (part === undefined) return;
  if (part.pane !== undefined) showPane(part.pane);
  root.querySelector<HTMLElement>(`${part.within} ${part.target}`)?.focus();
}
