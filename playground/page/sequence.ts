/** Who says what to whom, as a sequence diagram of the latest frames in the list. */
import { frameFacts } from '../../runtime/index.ts';
import type { FrameRecord } from '../world/protocol.ts';
import { h, s } from './dom.ts';
import { endsOf, type Names, rowOf, timeOf } from './frame-facts.ts';

/** More arrows than this are no picture any more. */
const ARROWS = 200;
const STEP = 30;
const TOP = 40;
const TIME_WIDTH = 92;
const COLUMN = 210;

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
    const shown = frames.slice(-ARROWS);
    const key = `${shown[0]?.n}-${shown.at(-1)?.n}-${shown.length}-${selected}`;
    if (key === this.#drawn) return;
    this.#drawn = key;
    if (shown.length === 0) {
      this.element.replaceChildren(
        h('p', { class: 'empty' }, 'No frames to draw. Run a script that uses the network.'),
      );
      return;
    }
    const atEnd = this.element.scrollTop + this.element.clientHeight >= this.element.scrollHeight - STEP;
    this.element.replaceChildren(this.#picture(shown, selected) as unknown as Node);
    if (atEnd) this.element.scrollTop = this.element.scrollHeight;
  }

  #picture(frames: readonly FrameRecord[], selected: number | undefined): SVGElement {
    const ends = frames.map(({ bytes }) => {
      const facts = frameFacts(bytes);
      return facts === undefined ? (['?', '?'] as const) : endsOf(facts, this.#names);
    });
    const people = [...new Set(ends.flat())].sort((a, b) => rank(a) - rank(b));
    const x = (name: string): number => TIME_WIDTH + COLUMN / 2 + people.indexOf(name) * COLUMN;
    const height = TOP + frames.length * STEP + 16;
    const width = TIME_WIDTH + people.length * COLUMN;
    return s(
      'svg',
      {
        width,
        height,
        viewBox: `0 0 ${width} ${height}`,
        role: 'img',
        'aria-label': `${frames.length} frames between ${people.join(', ')}`,
      },
      ...people.flatMap((name) => [
        s('line', { class: 'life', x1: x(name), x2: x(name), y1: TOP - 8, y2: height }) as unknown as Node,
        s('text', { class: 'person', x: x(name), y: 20 }, name) as unknown as Node,
      ]),
      ...frames.map(
        (frame, i) => this.#arrow(frame, ends[i] ?? ['?', '?'], x, TOP + i * STEP + 20, selected) as unknown as Node,
      ),
    );
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
    const room = Math.max(COLUMN, Math.abs(end - start)) - 24;
    const text = `${protocol}  ${summary.replace(/^\d+ → \d+ {2}/, '')}`;
    const most = Math.floor(room / 6.2);
    return s(
      'g',
      {
        class: `arrow${frame.n === selected ? ' selected' : ''}`,
        'data-protocol': protocol,
        onclick: () => this.#select(frame.n),
      },
      s('title', {}, `${timeOf(frame.at)} s  ${text}`) as unknown as Node,
      s('text', { class: 'time', x: 8, y: y + 4 }, timeOf(frame.at)) as unknown as Node,
      s(
        'text',
        { class: 'says', x: (start + end) / 2, y: y - 5 },
        text.length > most ? `${text.slice(0, most - 1)}…` : text,
      ) as unknown as Node,
      s('line', { class: 'shaft', x1: start, x2: end, y1: y, y2: y }) as unknown as Node,
      s('path', { class: 'head', d: `M${end} ${y}l${-7 * way} -3.500v7z` }) as unknown as Node,
    );
  }
}

/** Devices left, computers right, groups at the end. */
const rank = (name: string): number => (/^esp/.test(name) ? 0 : /^(everybody|2[2-5]\d\.|255\.)/.test(name) ? 2 : 1);
