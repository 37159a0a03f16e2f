/** The board of one device: its light, its pins, its memory and what is wired to it. Pins that the script reads can be pulled down. */
import type { DeviceView, PinView } from '../world/protocol.ts';
import { h, icon, setAttribute, setText } from './dom.ts';
import { Menu } from './menu.ts';

/** GPIO of the chip behind NodeMCU's pin numbers D0 … D12. */
const GPIO = [16, 5, 4, 0, 2, 14, 12, 13, 15, 3, 1, 9, 10];
const NAMES: Readonly<Record<number, string>> = { 0: 'LED', 3: 'FLASH', 4: 'LED', 9: 'RX', 10: 'TX' };
const MODES = { in: 'input', out: 'output', int: 'interrupt', od: 'open drain' } as const;
/** Free heap of a device that runs nothing. */
const HEAP = 45_000;
/** What can be wired with one choice. */
const PARTS: readonly (readonly [text: string, name: string])[] = [
  ['led:pin=1', 'LED at D1'],
  ['button:pin=3', 'Button at D3'],
  ['dht22:pin=2,temperature=23.5,humidity=45', 'DHT22 at D2'],
  ['ds18b20:pin=3,temperature=21', 'DS18B20 at D3'],
  ['bme280', 'BME280 (I2C)'],
  ['ssd1306', 'SSD1306 display (I2C)'],
  ['pcf8574', 'PCF8574 (I2C)'],
  ['ws2812:leds=8', 'WS2812 strip, 8 LEDs'],
];

export interface BoardEnv {
  /** The world pulls a pin down or lets it go. */
  hold(pin: number, level: 0 | 1): void;
  setParts(parts: readonly string[]): void;
}

interface PinElements {
  readonly button: HTMLButtonElement;
  readonly mode: HTMLElement;
}

export class BoardView {
  readonly element: HTMLElement;
  readonly #env: BoardEnv;
  readonly #pins: readonly PinElements[];
  readonly #held: (0 | 1)[] = GPIO.map(() => 1);
  readonly #heap = h('meter', { min: 0, max: HEAP, low: 8000, optimum: HEAP, 'aria-label': 'Free heap' });
  readonly #heapText = h('span', { class: 'number' });
  readonly #address = h('span', { class: 'number' });
  readonly #boots = h('span', { class: 'number' });
  readonly #state = h('span', { class: 'number' });
  readonly #parts = h('ul', { class: 'parts' });
  readonly #add = new Menu('Add a part…', 'Wire a part to the board', (part) =>
    this.#env.setParts([...this.#partSpecs, part]),
  );
  #partSpecs: readonly string[] = [];

  constructor(env: BoardEnv) {
    this.#env = env;
    this.#pins = GPIO.map((gpio, pin) => this.#pinElements(gpio, pin));
    const fact = (name: string, ...value: Node[]) =>
      h('div', { class: 'fact' }, h('span', { class: 'label' }, name), ...value);
    this.#add.setItems(PARTS.map(([value, name]) => ({ value, name })));
    this.element = h(
      'div',
      { class: 'board' },
      h(
        'div',
        { class: 'facts' },
        fact('State', this.#state),
        fact('Address', this.#address),
        fact('Free heap', this.#heapText, this.#heap),
        fact('Boots', this.#boots),
      ),
      h('div', { class: 'pins', role: 'group', 'aria-label': 'Pins' }, ...this.#pins.map(({ button }) => button)),
      h('p', { class: 'hint' }, 'Click a pin to pull it to ground, as a button does; click again to let it go.'),
      h('div', { class: 'parts-head' }, h('h3', {}, 'Parts'), this.#add.element),
      this.#parts,
    );
  }

  draw(view: DeviceView): void {
    setText(this.#state, view.asleep ? 'deep sleep' : view.off ? 'starting' : 'running');
    setText(this.#address, view.ip ?? 'none');
    setText(this.#heapText, view.off ? '–' : `${view.freeHeap.toLocaleString('en')} bytes`);
    this.#heap.value = view.freeHeap;
    setText(this.#boots, String(view.boots));
    for (const [pin, state] of view.pins.entries()) this.#drawPin(pin, state);
    this.#drawParts(view.parts);
  }

  setParts(parts: readonly string[]): void {
    this.#partSpecs = parts;
    if (parts.length === 0) this.#parts.replaceChildren(h('li', { class: 'empty' }, 'Nothing is wired to this board.'));
    else this.#parts.replaceChildren(...parts.map((part, i) => this.#partRow(part, i)));
  }

  #pinElements(gpio: number, pin: number): PinElements {
    const mode = h('span', { class: 'pin-mode' }, 'input');
    const button = h(
      'button',
      { type: 'button', class: 'pin', 'data-pin': pin, 'aria-pressed': 'false', onclick: () => this.#toggle(pin) },
      h('span', { class: 'pin-light' }),
      h('span', { class: 'pin-name' }, `D${pin}`),
      h('span', { class: 'pin-gpio' }, NAMES[pin] ?? `GPIO${gpio}`),
      mode,
    );
    return { button, mode };
  }

  #toggle(pin: number): void {
    this.#env.hold(pin, this.#held[pin] === 0 ? 1 : 0);
  }

  #drawPin(pin: number, { level, mode, held, duty }: PinView): void {
    const elements = this.#pins[pin];
    if (elements === undefined) return;
    this.#held[pin] = held;
    const { button } = elements;
    const driven = mode === 'out' || mode === 'od' || duty !== undefined;
    setAttribute(button, 'data-level', String(level));
    setAttribute(button, 'data-driven', String(driven));
    setAttribute(button, 'aria-pressed', String(held === 0));
    // The lights of the board shine while their pin is low.
    const bright = pin === 0 || pin === 4 ? (driven ? 1 - (duty ?? level) : 0) : 0;
    setAttribute(button, 'style', `--glow: ${bright.toFixed(2)}`);
    const says = duty === undefined ? MODES[mode] : `${Math.round(duty * 100)} %`;
    setText(elements.mode, says);
    setAttribute(
      button,
      'aria-label',
      `D${pin}, ${says}, ${level === 1 ? 'high' : 'low'}${held === 0 ? ', pulled down' : ''}`,
    );
  }

  #partRow(text: string, index: number): HTMLElement {
    const remove = h('button', {
      type: 'button',
      class: 'icon-button small',
      title: 'Remove',
      'aria-label': `Remove ${text}`,
      onclick: () => {
        this.#env.setParts(this.#partSpecs.filter((_, i) => i !== index));
        this.#add.focus();
      },
    });
    remove.append(icon('close'));
    return h('li', {}, h('code', {}, text), h('span', { class: 'look' }), remove);
  }

  #drawParts(parts: DeviceView['parts']): void {
    for (const [i, { look, pixels }] of parts.entries()) {
      const place = this.#parts.children[i]?.querySelector('.look');
      if (!(place instanceof HTMLElement)) continue;
      if (pixels !== undefined) drawPicture(place, pixels);
      else if (/^(#[0-9a-f]{6} ?)+$/.test(look)) drawColors(place, look.trim().split(' '));
      else setText(place, /^[\d.]+$/.test(look) ? brightness(Number(look)) : look);
    }
  }
}

const brightness = (value: number): string =>
  value === 0 ? 'off' : value === 1 ? 'on' : `on at ${Math.round(value * 100)} %`;

function drawColors(place: HTMLElement, colors: readonly string[]): void {
  while (place.children.length < colors.length) place.append(h('i', { class: 'pixel' }));
  for (const [i, color] of colors.entries()) setAttribute(place.children[i] as Element, 'style', `background:${color}`);
}

function drawPicture(place: HTMLElement, png: Uint8Array): void {
  const sum = png.subarray(-16, -12).join();
  if (place.dataset.sum === sum) return;
  place.dataset.sum = sum;
  const image = h('img', { class: 'oled', alt: 'Picture on the display' });
  image.src = URL.createObjectURL(new Blob([png as BlobPart], { type: 'image/png' }));
  image.onload = () => URL.revokeObjectURL(image.src);
  place.replaceChildren(image);
}
