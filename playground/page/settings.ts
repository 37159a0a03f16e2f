/** What holds for the whole world: its seed, and whose firmware runs on the devices. */
import { h } from './dom.ts';
import type { Project } from './project.ts';

export class Settings {
  readonly element: HTMLDialogElement;
  readonly #seed = h('input', { type: 'number', min: 0, max: 4294967295, step: 1, id: 'seed', required: true });
  readonly #firmware = select('firmware', [
    ['3.0', '3.0-release, 2024'],
    ['2.2', '2.2.1-master, 2018'],
    ['1.5', '1.5.4.1, 2016'],
  ]);
  readonly #lua = select('lua', [
    ['5.1', 'Lua 5.1'],
    ['5.3', 'Lua 5.3'],
    ['5.3-64', 'Lua 5.3, 64-bit numbers'],
  ]);

  readonly #ssid = h('input', { type: 'text', id: 'ssid', maxlength: 32, placeholder: 'any name and password' });
  readonly #password = h('input', { type: 'text', id: 'password', minlength: 8, maxlength: 64, placeholder: 'none' });
  #others: Project['accessPoints'] = [];

  constructor(changed: (change: Pick<Project, 'seed' | 'firmware' | 'lua' | 'accessPoints'>) => void) {
    const row = (name: string, control: HTMLElement, hint: string): HTMLElement =>
      h('div', { class: 'setting' }, h('label', { for: control.id }, name), control, h('p', { class: 'hint' }, hint));
    const form = h(
      'form',
      { method: 'dialog' },
      h('h2', {}, 'World'),
      row('Seed', this.#seed, 'Decides every chance; the same seed gives the same bytes, here and with mcubox run.'),
      row('Network', this.#ssid, 'Name of the access point; empty, it answers to any name and password.'),
      row('Password', this.#password, 'Of that access point, 8 characters or more.'),
      row('Firmware', this.#firmware, 'Whose functions and behaviour.'),
      row('Language', this.#lua, 'The firmware is built with one of them.'),
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'button', class: 'quiet', onclick: () => this.element.close() }, 'Cancel'),
        h('button', { type: 'submit', class: 'primary' }, 'Run anew'),
      ),
    );
    form.addEventListener('submit', () =>
      changed({
        seed: Number(this.#seed.value) >>> 0,
        firmware: this.#firmware.value as Project['firmware'],
        lua: this.#lua.value as Project['lua'],
        accessPoints: this.#accessPoints(),
      }),
    );
    this.element = h('dialog', { class: 'settings', 'aria-label': 'World' }, form);
  }

  #accessPoints(): Project['accessPoints'] {
    const [ssid, password] = [this.#ssid.value, this.#password.value];
    if (ssid === '') return [];
    return [{ ssid, ...(password === '' ? {} : { password }) }, ...this.#others];
  }

  open({ seed, firmware, lua, accessPoints }: Project): void {
    const [first, ...others] = accessPoints;
    this.#ssid.value = first?.ssid ?? '';
    this.#password.value = first?.password ?? '';
    this.#others = others;
    this.#seed.value = String(seed);
    this.#firmware.value = firmware;
    this.#lua.value = lua;
    this.element.showModal();
  }
}

function select(id: string, options: readonly (readonly [string, string])[]): HTMLSelectElement {
  return h('select', { id }, ...options.map(([value, name]) => h('option', { value }, name)));
}
