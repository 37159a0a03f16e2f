/** The tabs over the editor: the files of a device's flash. Italic ones were written by the device itself. */
import { h, icon, iconButton } from './dom.ts';

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
    this.#tabs.addEventListener('keydown', (event) => this.#onKey(event));
  }

  show(files: readonly FileTab[], active: string): void {
    this.#names = files.map(({ name }) => name);
    this.#tabs.replaceChildren(...files.map((file) => this.#tab(file, file.name === active)));
    this.#tabs.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  #tab({ name, written }: FileTab, active: boolean): HTMLElement {
    const tab = h(
      'button',
      {
        type: 'button',
        role: 'tab',
        class: written ? 'tab written' : 'tab',
        'aria-selected': String(active),
        tabindex: active ? 0 : -1,
        title: written ? `${name}, written by the device` : `${name} (double-click to rename)`,
        onclick: () => this.#env.open(name),
        ondblclick: () => !written && this.#ask(name),
      },
      name,
    );
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

  #onKey(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = this.#names.indexOf((event.target as HTMLElement).textContent ?? '');
    const next = step === undefined ? undefined : this.#names[at + step];
    if (next === undefined) return;
    event.preventDefault();
    this.#env.open(next);
    this.#tabs.querySelector<HTMLElement>('[aria-selected=true]')?.focus();
  }

  /** A small field in place of the tab; Enter takes the name. */
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
      input.remove();
      const name = input.value.trim();
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
    this.#tabs.append(input);
    input.focus();
  }
}
