/** The frames of the network: a live list of which only the rows in sight exist, a filter, and what a frame is made of. */
import { FILTER_WORDS, type FrameFilter, parseFilter, parseIpv4 } from '../../runtime/index.ts';
import type { FrameRecord } from '../world/protocol.ts';
import { h, iconButton, setAttribute, setText } from './dom.ts';
import { FrameDetail } from './frame-detail.ts';
import { Names, rowOf, timeOf } from './frame-facts.ts';
import { Sequence } from './sequence.ts';
import { choose, panelOf, tabKeys } from './tabs.ts';

/** Frames the page keeps; the file has more. */
const KEPT = 20_000;
const ROW_HEIGHT = 24;
/** Rows above and below those in sight, so that fast scrolling shows no holes. */
const MARGIN = 8;

export interface NetworkEnv {
  download(): void;
  /** Shows where a device's script stood: `init.lua:12`. */
  showLine(device: string, place: string): void;
}

export class NetworkView {
  readonly element: HTMLElement;
  readonly names = new Names();
  readonly #detail: FrameDetail;
  readonly #sequence: Sequence;
  readonly #filterInput = h('input', {
    type: 'text',
    class: 'filter',
    placeholder: 'Filter: tcp port 80, arp, host 192.168.1.1 …',
    'aria-label': 'Filter frames',
    'aria-describedby': 'frame-count',
    spellcheck: 'false',
    autocomplete: 'off',
    oninput: () => this.#refilter(),
  });
  readonly #status = h('span', { class: 'count', id: 'frame-count' });
  readonly #rows = h('div', { class: 'rows' });
  readonly #space = h('div', { class: 'space' }, this.#rows);
  readonly #scroller = h(
    'div',
    {
      class: 'frames',
      role: 'listbox',
      tabindex: 0,
      'aria-label': 'Frames',
      onscroll: () => this.#onScroll(),
      onkeydown: (event) => this.#onKey(event as KeyboardEvent),
    },
    this.#space,
  );
  readonly #empty = h(
    'p',
    { class: 'empty' },
    'No frames yet. Run a script that uses the network, and every frame appears here.',
  );
  #frames: FrameRecord[] = [];
  #shown: FrameRecord[] = [];
  #filter: FrameFilter | undefined;
  #line: { readonly device: string; readonly place: string } | undefined;
  readonly #chip = h('button', {
    type: 'button',
    class: 'quiet line-chip',
    hidden: true,
    title: 'Show all frames again',
    onclick: () => {
      this.showOnly(undefined, undefined);
      this.#scroller.focus();
    },
  });
  readonly #list: HTMLElement;
  readonly #modes: readonly { readonly pane: HTMLElement; readonly button: HTMLElement }[];
  #count = 0;
  #selected: number | undefined;
  /** The list stays at its end while frames arrive, until the user scrolls away. */
  #following = true;
  #stale = false;
  #namesKnown = 0;

  constructor(env: NetworkEnv) {
    this.#detail = new FrameDetail(this.names, { showLine: env.showLine, select: (n) => this.select(n) });
    this.#sequence = new Sequence(this.names, (n) => this.select(n));
    this.#list = h('div', { class: 'list-pane' }, this.#heads(), this.#empty, this.#scroller, this.#detail.element);
    this.#modes = [
      ['Frames', this.#list],
      ['Sequence', this.#sequence.element],
    ].map(([name, pane]) => this.#mode(name as string, pane as HTMLElement));
    const modes = h(
      'div',
      { class: 'segments', role: 'tablist', 'aria-label': 'View of the network' },
      ...this.#modes.map(({ button }) => button),
    );
    tabKeys(modes);
    this.element = h(
      'section',
      { class: 'network', 'aria-label': 'Network' },
      h(
        'div',
        { class: 'bar' },
        modes,
        this.#filterInput,
        this.#chip,
        this.#status,
        iconButton('clear', 'Clear the list', () => this.clear()),
        iconButton('download', 'Download the capture for Wireshark', env.download, 'pcap'),
      ),
      this.#list,
      this.#sequence.element,
    );
    this.#choose(this.#list);
    new ResizeObserver(() => this.#draw()).observe(this.#scroller);
  }

  /** A new world. */
  restart(): void {
    this.#line = undefined;
    this.#chip.hidden = true;
    this.clear();
    this.#count = 0;
  }

  clear(): void {
    this.#frames = [];
    this.#shown = [];
    this.select(undefined);
    this.#following = true;
    this.#draw();
  }

  add(frames: readonly FrameRecord[], count: number): void {
    this.#count = count;
    if (this.#namesKnown !== this.names.revision) this.#draw();
    this.#namesKnown = this.names.revision;
    if (frames.length === 0) return;
    this.#frames.push(...frames);
    this.#shown.push(...frames.filter((frame) => this.#wanted(frame)));
    if (this.#frames.length > KEPT) {
      this.#frames = this.#frames.slice(-KEPT);
      const oldest = this.#frames[0]?.n ?? 0;
      this.#shown = this.#shown.filter(({ n }) => n >= oldest);
    }
    this.#draw();
  }

  /** The frame with that number; undefined closes the detail. */
  select(n: number | undefined): void {
    this.#selected = n;
    const frame = this.#frames.find((one) => one.n === n);
    const within = this.#detail.element.contains(document.activeElement);
    this.#detail.show(frame);
    if (within) this.#scroller.focus();
    if (frame !== undefined) this.#following = false;
    this.#draw();
    if (n !== undefined) this.#reveal(n);
  }

  /** Shows only what one line of a script has sent; undefined shows all again. */
  showOnly(device: string | undefined, place: string | undefined): void {
    this.#line = device === undefined || place === undefined ? undefined : { device, place };
    this.#chip.hidden = this.#line === undefined;
    setText(this.#chip, `${place} ×`);
    this.#choose(this.#list);
    this.#sift();
  }

  #heads(): HTMLElement {
    const heads = ['Time', 'From', 'To', 'Protocol', 'Summary'];
    return h('div', { class: 'frame-row heads', 'aria-hidden': 'true' }, ...heads.map((head) => h('span', {}, head)));
  }

  #mode(name: string, pane: HTMLElement): { readonly pane: HTMLElement; readonly button: HTMLElement } {
    const button = h('button', { type: 'button', role: 'tab', onclick: () => this.#choose(pane) }, name);
    panelOf(button, pane, name.toLowerCase());
    return { pane, button };
  }

  #choose(pane: HTMLElement): void {
    for (const mode of this.#modes) {
      mode.pane.hidden = mode.pane !== pane;
      choose(mode.button, mode.pane === pane);
    }
    this.#draw();
  }

  #refilter(): void {
    const text = this.#filterInput.value.trim();
    const parsed = text === '' ? undefined : parseFilter(text, (name) => parseIpv4(this.names.addressOf(name)));
    const wrong = parsed?.ok === false ? parsed.error.message : '';
    this.#filterInput.setCustomValidity(wrong);
    this.#filterInput.setAttribute('aria-invalid', String(wrong !== ''));
    this.#filterInput.title = wrong === '' ? `Words of tcpdump: ${FILTER_WORDS.join(' ')}` : wrong;
    this.#filterInput.classList.toggle('wrong', wrong !== '');
    if (wrong !== '') {
      setText(this.#status, wrong);
      return;
    }
    this.#filter = parsed?.ok ? parsed.value : undefined;
    this.#sift();
  }

  #sift(): void {
    this.#shown = this.#frames.filter((frame) => this.#wanted(frame));
    this.#following = true;
    this.#draw();
  }

  #wanted({ bytes, device, line }: FrameRecord): boolean {
    if (this.#line !== undefined && (device !== this.#line.device || line !== this.#line.place)) return false;
    return this.#filter === undefined || this.#filter(bytes);
  }

  #onScroll(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    this.#following = scrollTop + clientHeight >= scrollHeight - ROW_HEIGHT;
    this.#draw();
  }

  #onKey(event: KeyboardEvent): void {
    const at = this.#shown.findIndex(({ n }) => n === this.#selected);
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / ROW_HEIGHT) - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? this.#shown.length - 1 : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: this.#shown.length - 1,
    };
    if (event.key === 'Escape') this.select(undefined);
    const to = moves[event.key];
    if (to === undefined || this.#shown.length === 0) return;
    event.preventDefault();
    this.select(this.#shown[Math.max(0, Math.min(to, this.#shown.length - 1))]?.n);
  }

  #reveal(n: number): void {
    const at = this.#shown.findIndex((frame) => frame.n === n);
    if (at < 0) return;
    const top = at * ROW_HEIGHT;
    const { scrollTop, clientHeight } = this.#scroller;
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (top + ROW_HEIGHT > scrollTop + clientHeight) this.#scroller.scrollTop = top + ROW_HEIGHT - clientHeight;
    this.#draw();
  }

  /** Once per picture, however often it is asked for. */
  #draw(): void {
    if (this.#stale) return;
    this.#stale = true;
    requestAnimationFrame(() => {
      this.#stale = false;
      this.#drawNow();
    });
  }

  #drawNow(): void {
    const shown = this.#shown.length.toLocaleString('en');
    if (!this.#filterInput.classList.contains('wrong'))
      setText(
        this.#status,
        this.#filter === undefined && this.#line === undefined
          ? `${this.#count.toLocaleString('en')} frames`
          : `${shown} of ${this.#count.toLocaleString('en')}`,
      );
    this.#empty.hidden = this.#frames.length > 0;
    if (!this.#sequence.element.hidden) this.#sequence.draw(this.#shown, this.#selected);
    if (this.#scroller.clientHeight === 0) return;
    this.#space.style.height = `${this.#shown.length * ROW_HEIGHT}px`;
    if (this.#following) this.#scroller.scrollTop = this.#scroller.scrollHeight;
    const first = Math.max(0, Math.floor(this.#scroller.scrollTop / ROW_HEIGHT) - MARGIN);
    const last = Math.ceil((this.#scroller.scrollTop + this.#scroller.clientHeight) / ROW_HEIGHT) + MARGIN;
    this.#rows.style.transform = `translateY(${first * ROW_HEIGHT}px)`;
    const rows = this.#shown.slice(first, last);
    this.#rows.replaceChildren(...rows.map((frame, i) => this.#row(frame, first + i)));
    const chosen = rows.some(({ n }) => n === this.#selected);
    setAttribute(this.#scroller, 'aria-activedescendant', chosen ? `frame-${this.#selected}` : '');
  }

  #row(frame: FrameRecord, place: number): HTMLElement {
    const { from, to, protocol, summary } = rowOf(frame, this.names);
    return h(
      'div',
      {
        class: 'frame-row',
        role: 'option',
        id: `frame-${frame.n}`,
        'aria-posinset': place + 1,
        'aria-setsize': this.#shown.length,
        'data-protocol': protocol,
        'aria-selected': String(frame.n === this.#selected),
        onclick: () => this.select(frame.n),
      },
      h('span', { class: 'number' }, timeOf(frame.at)),
      h('span', {}, from),
      h('span', {}, to),
      h('span', { class: 'protocol' }, protocol),
      h('span', { class: 'summary', title: summary }, summary),
    );
  }
}
