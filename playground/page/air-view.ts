/** Trouble on purpose: lost and late frames, a weak signal, an access point that goes down, a name server that says nothing. */
import { type AirSpec, CALM } from '../world/protocol.ts';
import { h, setText } from './dom.ts';

export interface AirEnv {
  changed(air: AirSpec): void;
  deauth(): void;
}

interface Slider {
  readonly key: 'loss' | 'delayUs' | 'rssi';
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly hint: string;
  readonly scale: number;
  readonly says: (value: number) => string;
}

const SLIDERS: readonly Slider[] = [
  {
    key: 'loss',
    label: 'Loss',
    min: 0,
    max: 50,
    step: 1,
    scale: 0.01,
    hint: 'Frames that get lost on the air',
    says: (v) => `${v} %`,
  },
  {
    key: 'delayUs',
    label: 'Delay',
    min: 0,
    max: 500,
    step: 5,
    scale: 1000,
    hint: 'Added to every frame',
    says: (v) => `${v} ms`,
  },
  {
    key: 'rssi',
    label: 'Signal',
    min: -100,
    max: -30,
    step: 1,
    scale: 1,
    hint: 'Of the access point at the devices; below −91 dBm nothing is heard',
    says: (v) => `${String(v).replace('-', '−')} dBm`,
  },
];

export class AirView {
  readonly element: HTMLElement;
  readonly #env: AirEnv;
  readonly #draws: (() => void)[] = [];
  #air: AirSpec = CALM;

  constructor(env: AirEnv) {
    this.#env = env;
    this.element = h(
      'section',
      { class: 'air', 'aria-label': 'Air' },
      ...SLIDERS.map((slider) => this.#slider(slider)),
      h(
        'div',
        { class: 'switches' },
        this.#switch('Access point', 'up', 'down', 'apUp', true),
        this.#switch('Name server', 'answers', 'silent', 'dnsSilent', false),
        h(
          'button',
          {
            type: 'button',
            class: 'quiet',
            title: 'The access point sends every station away once',
            onclick: env.deauth,
          },
          'Deauthenticate',
        ),
        h('button', { type: 'button', class: 'quiet', onclick: () => this.#set(CALM) }, 'Calm again'),
      ),
    );
    this.show(CALM);
  }

  show(air: AirSpec): void {
    this.#air = air;
    for (const draw of this.#draws) draw();
  }

  #set(change: Partial<AirSpec>): void {
    this.show({ ...this.#air, ...change });
    this.#env.changed(this.#air);
  }

  #slider({ key, label, min, max, step, scale, hint, says }: Slider): HTMLElement {
    const value = h('span', { class: 'number' });
    const input = h('input', {
      type: 'range',
      min,
      max,
      step,
      'aria-label': `${label}: ${hint}`,
      oninput: () => this.#set({ [key]: Number(input.value) * scale }),
    });
    this.#draws.push(() => {
      const shown = Math.round(this.#air[key] / scale);
      input.value = String(shown);
      input.setAttribute('aria-valuetext', says(shown));
      setText(value, says(shown));
    });
    return h(
      'label',
      { class: 'slider' },
      h('span', { class: 'label' }, label),
      input,
      value,
      h('span', { class: 'hint' }, hint),
    );
  }

  /** `good` is the value of the flag while all is well. */
  #switch(label: string, well: string, ill: string, key: 'apUp' | 'dnsSilent', good: boolean): HTMLElement {
    const state = h('span', { class: 'switch-state' });
    const button = h(
      'button',
      { type: 'button', class: 'switch', role: 'switch', onclick: () => this.#set({ [key]: !this.#air[key] }) },
      h('span', { class: 'knob' }),
      h('span', {}, label),
      state,
    );
    this.#draws.push(() => {
      const fine = this.#air[key] === good;
      button.setAttribute('aria-checked', String(fine));
      setText(state, fine ? well : ill);
    });
    return button;
  }
}
