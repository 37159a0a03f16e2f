/** The tabs over the editor: the files of a device's flash. Italic ones were written by the device itself. */
import { h, icon, iconButton } from './dom.ts';
import { choose, focusChosen, renew, tabKeys } from './tabs.ts';

/** The firmware's names are at most so long (SPIFFS_OBJ_NAME_LEN - 1). */
const LONGEST_NAME = 31;

export interface FilesEnv {
  open(name: string): void;
  add(name: string): void;
  rename(from: string, to: string): void;
  remove(name: string): void;
}

export interface FileTab {
  readonly name: string;
  readonly written: boolean;
}

export class FilesBar {
  readonly element = h('div', { class: 'file-bar' });
  readonly #env: FilesEnv;
  readonly #tabs = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Files on the flash' });
  #names: readonly string[] = [];

  constructor(env: FilesEnv) {
    this.#env = env;
    this.element.append(
      this.#tabs,
      iconButton('plus', 'New file', () => this.#ask(undefined)),
    );
    tabKeys(this.#tabs);
    this.#tabs.addEventListener('keydown', (event) => this.#onKey(event));
  }

  show(files: readonly FileTab[], active: string): void {
    this.#names = files.map(({ name }) => name);
    renew(
      this.#tabs,
      files.map((file) => this.#tab(file, file.name === active)),
    );
    this.#tabs.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  #tab({ name, written }: FileTab, active: boolean): HTMLElement {
    const tab = h(
      'button',
      {
        type: 'button',
        role: 'tab',
        class: written ? 'tab written' : 'tab',
        title: written ? `${name}, written by the device` : `${name} (double-click or F2 renames)`,
        onclick: () => this.#env.open(name),
        ondblclick: () => !written && this.#ask(name),
      },
      name,
    );
    choose(tab, active);
    if (!active || written || this.#names.length < 2) return tab;
    const close = h('button', {
      type: 'button',
      class: 'tab-close',
      title: `Delete ${name}`,
      'aria-label': `Delete ${name}`,
      onclick: () => this.#env.remove(name),
    });
    close.append(icon('close'));
    return h('span', { class: 'tab-group', role: 'presentation' }, tab, close);
  }

  #onKey({ key, target }: KeyboardEvent): void {
    const tab = target as HTMLElement;
    const name = tab.textContent ?? '';
    if (tab.role !== 'tab' || tab.classList.contains('written')) return;
    if (key === 'F2') this.#ask(name);
    if (key === 'Delete' && this.#names.length > 1) this.#env.remove(name);
  }

  /** A small field beside the tabs; Enter takes the name. */
  #ask(old: string | undefined): void {
    const input = h('input', {
      type: 'text',
      class: 'name-input',
      'aria-label': old === undefined ? 'Name of the new file' : `New name of ${old}`,
      placeholder: 'name.lua',
      spellcheck: 'false',
      maxlength: LONGEST_NAME,
      value: old ?? '',
    });
    let over = false;
    const end = (take: boolean): void => {
      if (over) return;
      over = true;
      const focused = document.activeElement === input;
      input.remove();
      const name = input.value.trim();
      if (focused) focusChosen(this.#tabs);
      if (!take || name === '' || name === old) return;
      if (this.#names.includes(name)) this.#env.open(name);
      else if (old === undefined) this.#env.add(name);
      else this.#env.rename(old, name);
    };
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') end(true);
      if (event.key === 'Escape') end(false);
      event.stopPropagation();
    });
    input.addEventListener('blur', () => end(true));
    this.#tabs.after(input);
    input.focus();
  }
}
