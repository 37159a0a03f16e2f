/** Short sentences that come and go, and what only a screen reader hears. */
import { h } from './dom.ts';

const GOOD_MS = 4000;
const BAD_MS = 12_000;

/** `stays`: until it is dismissed. */
export type Tone = 'good' | 'bad' | 'stays';

export class Notices {
  readonly element: HTMLElement;
  readonly #notices = h('div', { class: 'notices', role: 'status', 'aria-live': 'polite' });
  readonly #state = h('div', { role: 'status', 'aria-label': 'State' });
  readonly #errors = h('div', { role: 'alert', 'aria-label': 'Errors' });

  constructor() {
    this.element = h('div', {}, this.#notices, h('div', { class: 'unseen' }, this.#state, this.#errors));
  }

  say(text: string, tone: Tone): void {
    if ([...this.#notices.children].some((child) => child.textContent === text)) return;
    let before: EventTarget | null = null;
    const notice = h(
      'button',
      {
        type: 'button',
        class: `notice ${tone}`,
        title: 'Dismiss',
        onfocus: (event) => {
          before = (event as FocusEvent).relatedTarget;
        },
        onclick: () => {
          notice.remove();
          if (before instanceof HTMLElement) before.focus();
        },
      },
      text,
    );
    this.#notices.append(notice);
    if (tone === 'stays') return;
    // A notice in use does not go.
    const end = (): unknown => (notice.matches(':focus, :hover') ? setTimeout(end, GOOD_MS) : notice.remove());
    setTimeout(end, tone === 'good' ? GOOD_MS : BAD_MS);
  }

  /** For those who do not see the page: what the world does now. */
  tell(text: string): void {
    this.#state.replaceChildren(h('p', {}, text));
  }

  /** For those who do not see the page: what went wrong. */
  warn(text: string): void {
    this.#errors.replaceChildren(h('p', {}, text));
  }
}
