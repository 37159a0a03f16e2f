/** Where things stand: two columns of two panes with movable borders; on a narrow screen one pane at a time. */
import { h } from './dom.ts';
import { choose, panelOf, tabKeys } from './tabs.ts';

export interface Panes {
  readonly code: HTMLElement;
  readonly console: HTMLElement;
  /** Shown in one place, by tabs. */
  readonly side: readonly { readonly name: string; readonly element: HTMLElement }[];
  readonly network: HTMLElement;
}

const KEY_STEP = 0.03;
/** Share of the page that a pane keeps. */
const LEAST = 0.12;
/** Where the borders are at first, in percent, as the style has it. */
const FIRST: Readonly<Record<string, number>> = { columns: 50, left: 64, right: 50 };

export class Layout {
  readonly element: HTMLElement;
  readonly #sideTabs: readonly HTMLButtonElement[];
  readonly #side: Panes['side'];

  constructor({ code, console, side, network }: Panes) {
    this.#side = side;
    this.#sideTabs = side.map(({ name }) =>
      h('button', { type: 'button', role: 'tab', class: 'tab', onclick: () => this.showSide(name) }, name),
    );
    const names = side.map(({ name }) => name).join(', ');
    const tabs = h('div', { class: 'tabs side-tabs', role: 'tablist', 'aria-label': names }, ...this.#sideTabs);
    tabKeys(tabs);
    for (const [i, tab] of this.#sideTabs.entries()) {
      const { name, element } = side[i] ?? {};
      if (name !== undefined && element !== undefined) panelOf(tab, element, name.toLowerCase());
    }
    const right = h('div', { class: 'pane-side' }, tabs, ...side.map(({ element }) => element));
    this.element = h(
      'main',
      { class: 'panes', 'data-pane': 'code' },
      h('div', { class: 'pane-code' }, code),
      this.#splitter('row', 'left', 'Border between code and console'),
      h('div', { class: 'pane-console' }, console),
      this.#splitter('column', 'columns', 'Border between left and right'),
      right,
      this.#splitter('row', 'right', 'Border between board and network'),
      h('div', { class: 'pane-network' }, network),
      this.#phoneBar(),
    );
    this.showSide(side[0]?.name ?? '');
  }

  showSide(name: string): void {
    for (const [i, one] of this.#side.entries()) {
      one.element.hidden = one.name !== name;
      const tab = this.#sideTabs[i];
      if (tab !== undefined) choose(tab, one.name === name);
    }
  }

  /** On a narrow screen, which pane fills it. */
  showPane(pane: string): void {
    this.element.dataset.pane = pane;
    for (const button of this.element.querySelectorAll('.phone-bar button'))
      button.setAttribute('aria-pressed', String((button as HTMLElement).dataset.pane === pane));
  }

  #phoneBar(): HTMLElement {
    const names = [
      ['code', 'Code'],
      ['console', 'Console'],
      ['side', 'Board'],
      ['network', 'Network'],
    ] as const;
    return h(
      'nav',
      { class: 'phone-bar', 'aria-label': 'Parts of the playground' },
      ...names.map(([pane, name]) =>
        h(
          'button',
          {
            type: 'button',
            'data-pane': pane,
            'aria-pressed': String(pane === 'code'),
            onclick: () => this.showPane(pane),
          },
          name,
        ),
      ),
    );
  }

  /** Drags with the pointer, moves with the arrow keys; the share of the first side stands in a style property. */
  #splitter(direction: 'row' | 'column', name: string, label: string): HTMLElement {
    const along = direction === 'row' ? 'clientY' : 'clientX';
    const splitter = h('div', {
      class: `splitter splitter-${name}`,
      role: 'separator',
      tabindex: 0,
      'aria-label': label,
      'aria-orientation': direction === 'row' ? 'horizontal' : 'vertical',
      'aria-valuemin': LEAST * 100,
      'aria-valuemax': 100 - LEAST * 100,
      'aria-valuenow': FIRST[name],
    });
    const set = (share: number): void => {
      const value = Math.max(LEAST, Math.min(1 - LEAST, share));
      this.element.style.setProperty(`--${name}`, `${(value * 100).toFixed(2)}%`);
      splitter.setAttribute('aria-valuenow', String(Math.round(value * 100)));
    };
    const shareAt = (place: number): number => {
      const { top, left, height, width } = this.element.getBoundingClientRect();
      return direction === 'row' ? (place - top) / height : (place - left) / width;
    };
    splitter.addEventListener('pointerdown', (event) => {
      splitter.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    splitter.addEventListener('pointermove', (event) => {
      if (splitter.hasPointerCapture(event.pointerId)) set(shareAt(event[along]));
    });
    splitter.addEventListener('keydown', (event) => {
      const step = { ArrowUp: -KEY_STEP, ArrowLeft: -KEY_STEP, ArrowDown: KEY_STEP, ArrowRight: KEY_STEP }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const { top, left } = splitter.getBoundingClientRect();
      set(shareAt(direction === 'row' ? top : left) + step);
    });
    return splitter;
  }
}
