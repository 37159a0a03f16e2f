/** Who says what to whom, as a sequence diagram of the latest frames in the list. */
import { frameFacts } from '../../runtime/index.ts';
import type { FrameRecord } from '../world/protocol.ts';
import { h, s } from './dom.ts';
import { endsOf, type Names, rowOf, timeOf } from './frame-facts.ts';

/** More arrows than this are no picture any more. */
const ARROWS = 200;
const STEP = 30;
const TOP = 24;
const HEAD = 28;
const TIME_WIDTH = 92;
const COLUMN = 180;

export class Sequence {
  readonly element = h('div', { class: 'sequence', role: 'region', 'aria-label': 'Sequence diagram', tabindex: 0 });
  readonly #names: Names;
  readonly #select: (n: number) => void;
  #drawn = '';

  constructor(names: Names, select: (n: number) => void) {
    this.#names = names;
    this.#select = select;
  }

  draw(frames: readonly FrameRecord[], selected: number | undefined): void {
    const shown = frames
      .slice(-2 * ARROWS)
      .filter(isTalk)
      .slice(-ARROWS);
    const width = this.element.clientWidth;
    const key = `${width}-${this.#names.revision}-${shown[0]?.n}-${shown.at(-1)?.n}-${shown.length}-${selected}`;
    if (key === this.#drawn) return;
    this.#drawn = key;
    if (shown.length === 0) {
      this.element.replaceChildren(
        h('p', { class: 'empty' }, 'No frames to draw. Run a script that uses the network.'),
      );
      return;
    }
    const atEnd = this.element.scrollTop + this.element.clientHeight >= this.element.scrollHeight - STEP;
    this.element.replaceChildren(...this.#picture(shown, selected));
    if (atEnd) this.element.scrollTop = this.element.scrollHeight;
  }

  #picture(frames: readonly FrameRecord[], selected: number | undefined): Node[] {
    const ends = frames.map(({ bytes }) => {
      const facts = frameFacts(bytes);
      return facts === undefined ? (['?', '?'] as const) : endsOf(facts, this.#names);
    });
    const people = [...new Set(ends.flat())].sort(inOrder);
    // Few columns fill the pane, many are scrolled to.
    const column = Math.max(COLUMN, (this.element.clientWidth - TIME_WIDTH - 8) / people.length);
    const x = (name: string): number => TIME_WIDTH + column / 2 + people.indexOf(name) * column;
    const height = TOP + frames.length * STEP + 16;
    const width = TIME_WIDTH + people.length * column;
    const heads = s(
      'svg',
      { width, height: HEAD, class: 'people', 'aria-hidden': 'true' },
      ...people.map((name) => s('text', { class: 'person', x: x(name), y: 18 }, name)),
    );
    const picture = s(
      'svg',
      { width, height, role: 'img', 'aria-label': `${frames.length} frames between ${people.join(', ')}` },
      ...people.map((name) => s('line', { class: 'life', x1: x(name), x2: x(name), y1: 0, y2: height })),
      ...frames.map((frame, i) => this.#arrow(frame, ends[i] ?? ['?', '?'], x, TOP + i * STEP, selected)),
    );
    return [heads, picture];
  }

  #arrow(
    frame: FrameRecord,
    [from, to]: readonly [string, string],
    x: (name: string) => number,
    y: number,
    selected: number | undefined,
  ): SVGElement {
    const { protocol, summary } = rowOf(frame, this.#names);
    const [start, end] = [x(from), x(to)];
    const way = end < start ? -1 : 1;
    const room = Math.abs(end - start) - 16;
    const says = summary.replace(/^\d+ → \d+ {2}/, '');
    const text = says.startsWith(protocol) ? says : `${protocol}  ${says}`;
    const most = Math.floor(room / 6.2);
    return s(
      'g',
      {
        class: `arrow${frame.n === selected ? ' selected' : ''}`,
        'data-protocol': protocol,
        onclick: () => this.#select(frame.n),
      },
      s('title', {}, `${timeOf(frame.at)} s  ${text}`),
      s('text', { class: 'time', x: 8, y: y + 4 }, timeOf(frame.at)),
      s(
        'text',
        { class: 'says', x: (start + end) / 2, y: y - 5 },
        text.length > most ? `${text.slice(0, most - 1)}…` : text,
      ),
      s('line', { class: 'shaft', x1: start, x2: end, y1: y, y2: y }),
      s('path', { class: 'head', d: `M${end} ${y}l${-7 * way} -3.500v7z` }),
    );
  }
}

/** Not what machines announce to nobody in particular: ARP to all, group memberships. */
function isTalk({ bytes }: FrameRecord): boolean {
  const facts = frameFacts(bytes);
  return facts !== undefined && !(isArp(facts.etherType) && facts.dstMac === ALL) && facts.protocol !== IGMP;
}

const isArp = (etherType: number): boolean => etherType === 0x0806;
const ALL = 0xffffffffffff;
const IGMP = 2;

/** By rank, devices by name, the others as they appear. */
const inOrder = (a: string, b: string): number => rank(a) - rank(b) || (rank(a) === 0 ? (a < b ? -1 : 1) : 0);

/** Devices left, computers right, groups at the end. */
const rank = (name: string): number => (/^esp/.test(name) ? 0 : /^(everybody|2[2-5]\d\.|255\.)/.test(name) ? 2 : 1);
