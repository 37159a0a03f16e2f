/** One frame: its fields as a tree beside its bytes; a field chosen lights up its bytes. */
import { dissectFrame, type Field } from '../../runtime/index.ts';
import type { FrameRecord } from '../world/protocol.ts';
import { h, iconButton } from './dom.ts';
import { type Names, timeOf } from './frame-facts.ts';

const PER_LINE = 16;
const OPEN_LAYERS = 2;

export interface DetailEnv {
  /** Shows where the script stood: `init.lua:12`. */
  showLine(device: string, place: string): void;
  select(n: number | undefined): void;
}

export class FrameDetail {
  readonly element = h('div', { class: 'frame-detail', hidden: true, role: 'region', 'aria-label': 'Chosen frame' });
  readonly #names: Names;
  readonly #env: DetailEnv;
  #bytes: readonly HTMLElement[] = [];

  constructor(names: Names, env: DetailEnv) {
    this.#names = names;
    this.#env = env;
  }

  show(frame: FrameRecord | undefined): void {
    this.element.hidden = frame === undefined;
    if (frame === undefined) return;
    const layers = dissectFrame(frame.bytes);
    // What the frame is about stands innermost.
    const fields = layers.map((field, i) => this.#field(field, i >= layers.length - OPEN_LAYERS));
    const tree = h('div', { class: 'tree' }, ...fields);
    this.element.replaceChildren(
      h(
        'div',
        { class: 'detail-head' },
        h('span', { class: 'number' }, `Frame ${frame.n}, ${timeOf(frame.at)} s, ${frame.bytes.length} bytes`),
        ...this.#cause(frame),
        iconButton('close', 'Close', () => this.#env.select(undefined)),
      ),
      h('div', { class: 'detail-body' }, tree, this.#hex(frame.bytes)),
    );
  }

  /** `sent at init.lua:12, woken by frame 31` */
  #cause({ line, device, wokenBy }: FrameRecord): (Node | string)[] {
    if (line === undefined || device === undefined) return [];
    const link = (text: string, onclick: () => void): HTMLElement =>
      h('button', { type: 'button', class: 'link', onclick }, text);
    const waker =
      typeof wokenBy === 'number'
        ? link(`frame ${wokenBy}`, () => this.#env.select(wokenBy))
        : h('span', {}, wokenBy ?? 'something outside');
    return [
      h(
        'span',
        { class: 'cause' },
        'sent at ',
        link(line, () => this.#env.showLine(device, line)),
        ', woken by ',
        waker,
      ),
    ];
  }

  #field({ label, value, from, to, fields }: Field, open: boolean): HTMLElement {
    const name = this.#names.known(value);
    const text = [
      h('span', { class: 'field-name' }, label),
      value !== '' && h('span', { class: 'field-value' }, name === undefined ? value : `${value} (${name})`),
    ];
    const light = {
      onmouseenter: () => this.#light(from, to),
      onmouseleave: () => this.#light(0, 0),
      onfocusin: () => this.#light(from, to),
    };
    if (fields === undefined) return h('div', { class: 'field', ...light }, ...text);
    const summary = h('summary', light, ...text);
    return h('details', { open }, summary, ...fields.map((field) => this.#field(field, false)));
  }

  #hex(bytes: Uint8Array): HTMLElement {
    const cells: HTMLElement[] = [];
    const lines: HTMLElement[] = [];
    for (let at = 0; at < bytes.length; at += PER_LINE) {
      const part = [...bytes.subarray(at, at + PER_LINE)];
      const hex = part.map((byte) => h('b', {}, byte.toString(16).padStart(2, '0')));
      cells.push(...hex);
      const ascii = part.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·')).join('');
      lines.push(
        h(
          'div',
          {},
          h('span', { class: 'offset' }, at.toString(16).padStart(4, '0')),
          h('span', { class: 'octets' }, ...hex),
          h('span', { class: 'ascii' }, ascii),
        ),
      );
    }
    this.#bytes = cells;
    return h('div', { class: 'hex', 'aria-hidden': 'true' }, ...lines);
  }

  #light(from: number, to: number): void {
    for (const [i, cell] of this.#bytes.entries()) cell.classList.toggle('lit', i >= from && i < to);
  }
}
