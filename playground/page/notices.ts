/** Short sentences that come and go. */
import { h } from './dom.ts';

const GOOD_MS = 4000;
const BAD_MS = 12_000;

export class Notices {
  readonly element = h('div', { class: 'notices', role: 'status', 'aria-live': 'polite' });

  say(text: string, tone: 'good' | 'bad'): void {
    if ([...this.element.children].some((child) => child.textContent === text)) return;
    const notice = h(
      'button',
      { type: 'button', class: `notice ${tone}`, title: 'Dismiss', onclick: () => notice.remove() },
      text,
    );
    this.element.append(notice);
    setTimeout(() => notice.remove(), tone === 'good' ? GOOD_MS : BAD_MS);
  }
}
