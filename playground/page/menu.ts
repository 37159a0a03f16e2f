/** A button with a list to choose from: arrows, Home, End and first letters move, Enter chooses, Escape leaves. */
import { h } from './dom.ts';

export interface MenuItem {
  readonly value: string;
  readonly name: string;
  readonly says?: string;
}

/** Between the button and the list, and the list and the edge of the window, in pixels. */
const GAP = 6;

export class Menu {
  readonly element: HTMLElement;
  readonly #button: HTMLButtonElement;
  readonly #list: HTMLElement;
  readonly #choose: (value: string) => void;

  constructor(text: string, label: string, choose: (value: string) => void) {
    this.#choose = choose;
    this.#list = h('div', {
      class: 'menu',
      popover: 'auto',
      role: 'menu',
      'aria-label': label,
      onkeydown: (event) => this.#onKey(event as KeyboardEvent),
    });
    this.#button = h('button', { type: 'button', class: 'menu-button', 'aria-haspopup': 'menu', title: label }, text);
    this.#button.popoverTargetElement = this.#list;
    // Opened here and now: a key that follows at once is for the list already.
    this.#button.addEventListener('click', (event) => {
      event.preventDefault();
      if (this.#list.matches(':popover-open')) this.#list.hidePopover();
      else this.#open();
    });
    this.#button.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowDown' || this.#list.matches(':popover-open')) return;
      event.preventDefault();
      this.#open();
    });
    this.element = h('div', { class: 'menu-place' }, this.#button, this.#list);
  }

  setItems(items: readonly MenuItem[]): void {
    this.#list.replaceChildren(
      ...items.map(({ value, name, says = '' }) =>
        h(
          'button',
          { type: 'button', role: 'menuitem', tabindex: -1, 'data-name': name, onclick: () => this.#take(value) },
          h('span', { class: 'menu-name' }, name),
          says !== '' && h('span', { class: 'hint' }, says),
        ),
      ),
    );
  }

  focus(): void {
    this.#button.focus();
  }

  #take(value: string): void {
    this.#list.hidePopover();
    this.focus();
    this.#choose(value);
  }

  /** Under its button, as far as the window goes. */
  #open(): void {
    this.#list.showPopover();
    const { left, bottom } = this.#button.getBoundingClientRect();
    const { style } = this.#list;
    style.maxHeight = `${innerHeight - bottom - 2 * GAP}px`;
    style.top = `${bottom + GAP}px`;
    style.left = `${Math.max(GAP, Math.min(left, innerWidth - this.#list.offsetWidth - GAP))}px`;
    this.#items[0]?.focus();
  }

  get #items(): HTMLElement[] {
    return [...this.#list.querySelectorAll<HTMLElement>('[role=menuitem]')];
  }

  #onKey(event: KeyboardEvent): void {
    const items = this.#items;
    const at = items.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === 'Tab') this.#list.hidePopover();
    else if (to !== undefined) items.at(to % items.length)?.focus();
    else if (/^[\w-]$/.test(event.key) && !event.ctrlKey && !event.metaKey) {
      const begins = (item: HTMLElement): boolean => item.dataset.name?.toLowerCase().startsWith(event.key) === true;
      [...items.slice(at + 1), ...items].find(begins)?.focus();
    } else return;
    if (event.key !== 'Tab') event.preventDefault();
  }
}
