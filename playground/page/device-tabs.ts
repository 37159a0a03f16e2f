/** The devices of the world; with one alone, hardly anything to see. */
import type { DeviceView } from '../world/protocol.ts';
import { h, icon, iconButton, setAttribute, setText } from './dom.ts';
import { choose, renew, tabKeys } from './tabs.ts';

export interface DevicesEnv {
  show(index: number): void;
  add(): void;
  remove(index: number): void;
}

export class DeviceTabs {
  readonly element = h('div', { class: 'device-bar' });
  readonly #env: DevicesEnv;
  readonly #tabs = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Devices' });
  readonly #add: HTMLButtonElement;
  #addresses: HTMLElement[] = [];
  #lights: HTMLElement[] = [];

  constructor(env: DevicesEnv) {
    this.#env = env;
    this.#add = iconButton('plus', 'Another device', () => env.add(), 'Device');
    tabKeys(this.#tabs);
    this.element.append(this.#tabs, this.#add);
  }

  show(names: readonly string[], shown: number, most: number): void {
    this.#addresses = names.map(() => h('span', { class: 'device-address' }));
    this.#lights = names.map(() => h('span', { class: 'device-light' }));
    const tabs = names.map((name, i) => this.#tab(name, i, i === shown, names.length > 1));
    renew(this.#tabs, tabs);
    this.#add.hidden = names.length >= most;
    this.element.classList.toggle('several', names.length > 1);
  }

  draw(devices: readonly DeviceView[]): void {
    for (const [i, { ip, off, asleep }] of devices.entries()) {
      const [address, light] = [this.#addresses[i], this.#lights[i]];
      if (address !== undefined) setText(address, asleep ? 'asleep' : (ip ?? ''));
      if (light !== undefined) setAttribute(light, 'data-state', asleep ? 'asleep' : off ? 'off' : 'on');
    }
  }

  #tab(name: string, index: number, active: boolean, several: boolean): HTMLElement {
    const tab = h(
      'button',
      {
        type: 'button',
        role: 'tab',
        class: 'tab',
        onclick: () => this.#env.show(index),
      },
      this.#lights[index],
      h('span', {}, name),
      this.#addresses[index],
    );
    choose(tab, active);
    if (!active || !several) return tab;
    const close = h('button', {
      type: 'button',
      class: 'tab-close',
      title: `Remove ${name}`,
      'aria-label': `Remove ${name}`,
      onclick: () => this.#env.remove(index),
    });
    close.append(icon('close'));
    return h('span', { class: 'tab-group', role: 'presentation' }, tab, close);
  }
}
