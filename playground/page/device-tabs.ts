/** The devices of the world; with one alone, hardly anything to see. */
import type { DeviceView } from '../world/protocol.ts';
import { h, icon, iconButton, setAttribute, setText } from './dom.ts';

export interface DevicesEnv {
  show(index: number): void;
  add(): void;
  remove(index: number): void;
}

export class DeviceTabs {
  readonly element = h('div', { class: 'device-bar' });
  readonly #env: DevicesEnv;
  #addresses: HTMLElement[] = [];
  #lights: HTMLElement[] = [];

  constructor(env: DevicesEnv) {
    this.#env = env;
  }

  show(names: readonly string[], shown: number, most: number): void {
    this.#addresses = names.map(() => h('span', { class: 'device-address' }));
    this.#lights = names.map(() => h('span', { class: 'device-light' }));
    const tabs = names.map((name, i) => this.#tab(name, i, i === shown, names.length > 1));
    const add = iconButton('plus', 'Another device', () => this.#env.add(), names.length === 1 ? 'Device' : '');
    this.element.replaceChildren(
      h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Devices' }, ...tabs),
      ...(names.length < most ? [add] : []),
    );
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
        'aria-selected': String(active),
        onclick: () => this.#env.show(index),
      },
      this.#lights[index],
      h('span', {}, name),
      this.#addresses[index],
    );
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
