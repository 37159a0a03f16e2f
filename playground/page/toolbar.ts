/** The bar on top: what to run, how fast, and what time it is in there. */
import { bridgeUrl, homeUrl } from './bridge-place.ts';
import { h, icon, iconButton, setAttribute, setText } from './dom.ts';
import type { Example } from './examples.ts';
import { Menu } from './menu.ts';

export interface ToolbarEnv {
  run(): void;
  pause(): void;
  step(us: number): void;
  reset(): void;
  speed(rate: number): void;
  example(name: string): void;
  share(): void;
  settings(): void;
  keys(): void;
  /** Shows what ties the world to this computer. */
  readonly bridge: HTMLElement;
}

/** Virtual seconds per real second; 0 is as fast as it goes. */
const SPEEDS: readonly (readonly [rate: number, name: string, title: string])[] = [
  [1, '1×', 'Real time'],
  [10, '10×', 'Ten times as fast'],
  [0, 'max', 'As fast as it goes'],
];
const STEP_US = 10_000;

/** What is tied to something real cannot run ahead of it. */
const isPossible = (rate: number): boolean => rate !== 0 || bridgeUrl === undefined;

export class Toolbar {
  readonly element: HTMLElement;
  readonly #examples: Menu;
  readonly #pause: HTMLButtonElement;
  readonly #step: HTMLButtonElement;
  readonly #speeds: readonly HTMLButtonElement[];
  readonly #clock = h('span', { class: 'clock', role: 'timer', 'aria-label': 'Virtual time', title: 'Virtual time' });
  readonly #rate = h('span', { class: 'rate', title: 'Virtual seconds per second' });

  constructor(env: ToolbarEnv) {
    this.#examples = new Menu('Examples', 'Open an example', env.example);
    this.#examples.element.classList.add('examples');
    this.#pause = iconButton('pause', 'Pause', env.pause);
    this.#step = iconButton('step', 'Step: let 10 ms pass', () => env.step(STEP_US));
    this.#speeds = SPEEDS.map(([rate, name, title]) =>
      h(
        'button',
        {
          type: 'button',
          title: isPossible(rate) ? title : 'Not with a bridge: the real world does not wait',
          disabled: !isPossible(rate),
          'aria-pressed': 'false',
          'data-rate': rate,
          onclick: () => env.speed(rate),
        },
        name,
      ),
    );
    const run = iconButton('run', 'Run the file in the editor from power-on (Ctrl+Enter)', env.run, 'Run');
    run.classList.add('primary');
    this.element = h(
      'header',
      { class: 'toolbar' },
      h(
        'a',
        { class: 'brand', href: homeUrl, title: 'mcubox playground', 'aria-label': 'mcubox' },
        icon('chip'),
        h('span', { class: 'brand-name' }, 'mcubox'),
      ),
      this.#examples.element,
      h('div', { class: 'group' }, run, this.#pause, this.#step, iconButton('reset', 'Reset this device', env.reset)),
      h('div', { class: 'segments speeds', role: 'group', 'aria-label': 'Speed' }, ...this.#speeds),
      h('div', { class: 'time' }, this.#clock, this.#rate),
      h('span', { class: 'spring' }),
      env.bridge,
      iconButton('share', 'Copy a link to all of this', env.share, 'Share'),
      h('button', { type: 'button', class: 'quiet', title: 'Seed, firmware, Lua', onclick: env.settings }, 'World'),
      iconButton('keys', 'Keyboard help', env.keys),
      iconButton('theme', 'Light or dark', toggleTheme),
    );
  }

  setExamples(examples: readonly Example[]): void {
    this.#examples.setItems(examples.map(({ name, says }) => ({ value: name, name, says })));
  }

  /** Shows the speed, or the real one in place of one that cannot be; returns which. */
  setSpeed(wanted: number): number {
    const rate = isPossible(wanted) ? wanted : 1;
    for (const button of this.#speeds)
      setAttribute(button, 'aria-pressed', String(button.dataset.rate === String(rate)));
    return rate;
  }

  draw(now: number, paused: boolean, rate: number): void {
    const seconds = Math.floor(now / 1e6);
    const part = String(Math.floor(now / 1000) % 1000).padStart(3, '0');
    const minutes = String(Math.floor(seconds / 60)).padStart(2, '0');
    setText(this.#clock, `${minutes}:${String(seconds % 60).padStart(2, '0')}.${part}`);
    setText(
      this.#rate,
      paused ? 'paused' : rate === 0 ? '' : `${rate < 10 ? rate.toFixed(1) : Math.round(rate).toLocaleString('en')}×`,
    );
    if (this.#pause.dataset.paused === String(paused)) return;
    this.#pause.dataset.paused = String(paused);
    const label = paused ? 'Go on' : 'Pause';
    this.#pause.title = label;
    this.#pause.setAttribute('aria-label', label);
    this.#pause.replaceChildren(icon(paused ? 'run' : 'pause'));
  }
}

const THEME = 'theme';

/** As the system has it, until somebody chooses. */
export function restoreTheme(): void {
  const chosen = attempt(() => localStorage.getItem(THEME));
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
}

function toggleTheme(): void {
  const root = document.documentElement;
  const dark =
    root.dataset.theme === 'dark' ||
    (root.dataset.theme === undefined && matchMedia('(prefers-color-scheme: dark)').matches);
  root.dataset.theme = dark ? 'light' : 'dark';
  attempt(() => localStorage.setItem(THEME, root.dataset.theme ?? ''));
}

/** Storage may be forbidden. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
