/** The serial consoles of the devices: one terminal each, of which one is shown. What is typed goes to the device as it is. */
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import { h } from './dom.ts';

/** Lines that can be scrolled back to. */
const SCROLLBACK = 5000;
/** As many characters as the embedding page and tests may ask for. */
const KEPT = 256 * 1024;

interface Screen {
  readonly terminal: Terminal;
  readonly fit: FitAddon;
  readonly element: HTMLElement;
  text: string;
}

export class ConsoleView {
  readonly element = h('div', { class: 'console', role: 'region', 'aria-label': 'Serial console' });
  onTyped: ((device: number, bytes: Uint8Array) => void) | undefined;
  #screens: Screen[] = [];
  #shown = 0;

  constructor() {
    new ResizeObserver(() => this.#fit()).observe(this.element);
    new MutationObserver(() => this.recolor()).observe(document.documentElement, { attributeFilter: ['data-theme'] });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.recolor());
  }

  /** Empty screens for so many devices. */
  restart(devices: number): void {
    while (this.#screens.length > devices) {
      const screen = this.#screens.pop();
      screen?.terminal.dispose();
      screen?.element.remove();
    }
    for (const screen of this.#screens) {
      screen.terminal.reset();
      screen.text = '';
    }
    while (this.#screens.length < devices) this.#add();
    this.show(Math.min(this.#shown, devices - 1));
  }

  show(device: number): void {
    this.#shown = device;
    // Out of sight, but there: a terminal that is not laid out does not draw what it is told.
    for (const [i, { element }] of this.#screens.entries()) element.classList.toggle('away', i !== device);
    this.#fit();
  }

  write(device: number, bytes: Uint8Array, skipped: number): void {
    const screen = this.#screens[device];
    if (screen === undefined) return;
    if (skipped > 0) screen.terminal.write(`\r\n\x1b[2m… ${skipped.toLocaleString('en')} bytes not shown\x1b[0m\r\n`);
    if (bytes.length === 0) return;
    screen.terminal.write(bytes);
    screen.text = (screen.text + latin1(bytes)).slice(-KEPT);
  }

  /** What the device has printed, one character a byte. */
  text(device: number): string {
    return this.#screens[device]?.text ?? '';
  }

  clear(): void {
    this.#screens[this.#shown]?.terminal.clear();
  }

  focus(): void {
    this.#screens[this.#shown]?.terminal.focus();
  }

  recolor(): void {
    for (const { terminal } of this.#screens) terminal.options.theme = colors();
  }

  #add(): void {
    const device = this.#screens.length;
    const element = h('div', { class: 'screen' });
    this.element.append(element);
    const terminal = new Terminal({
      fontFamily: cssValue('--mono'),
      fontSize: 13,
      lineHeight: 1.3,
      scrollback: SCROLLBACK,
      cursorBlink: false,
      theme: colors(),
      minimumContrastRatio: 4.5,
      screenReaderMode: true,
      // A script must not make links out of the page.
      linkHandler: { activate: () => {} },
    });
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    terminal.open(element);
    terminal.onData((text) => this.onTyped?.(device, new TextEncoder().encode(text)));
    terminal.textarea?.setAttribute('aria-label', 'Serial console: type Lua here');
    // Tab leaves the console, F6 and Ctrl+Enter are the page's: the keyboard must reach everything.
    terminal.attachCustomKeyEventHandler(
      ({ key, ctrlKey }) => key !== 'Tab' && key !== 'F6' && !(ctrlKey && key === 'Enter'),
    );
    this.#screens.push({ terminal, fit, element, text: '' });
  }

  #fit(): void {
    if (this.element.clientHeight > 20) for (const { fit } of this.#screens) fit.fit();
  }
}

const cssValue = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const colors = () => ({
  background: color('--panel'),
  foreground: color('--text'),
  cursor: color('--accent'),
  cursorAccent: color('--panel'),
  selectionBackground: color('--selection'),
});

/** As it is now: the property itself stands for light and for dark. */
function color(name: string): string {
  const probe = h('i', { style: `color: var(${name})` });
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}
