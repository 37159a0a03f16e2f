/** Dots beside the lines that have sent frames; a click on one shows those frames. */
import { type Extension, RangeSet, StateEffect, StateField } from '@codemirror/state';
import { type EditorView, GutterMarker, gutter } from '@codemirror/view';
import { h } from './dom.ts';

/** Line numbers from 1, in ascending order. */
const setLines = StateEffect.define<readonly number[]>();

class Dot extends GutterMarker {
  override toDOM(): Node {
    return h('span', { class: 'sent-dot', title: 'This line sends frames: click to see them' });
  }
}

const DOT = new Dot();

const field = StateField.define<RangeSet<GutterMarker>>({
  create: () => RangeSet.empty,
  update(marks, transaction) {
    for (const effect of transaction.effects)
      if (effect.is(setLines)) {
        const { doc } = transaction.state;
        const lines = effect.value.filter((line) => line >= 1 && line <= doc.lines);
        return RangeSet.of(lines.map((line) => DOT.range(doc.line(line).from)));
      }
    return marks.map(transaction.changes);
  },
});

/** Calls back with the number of a marked line that was clicked. */
export const sentGutter = (clicked: (line: number) => void): Extension => [
  field,
  gutter({
    class: 'cm-sent',
    markers: (view) => view.state.field(field),
    initialSpacer: () => DOT,
    domEventHandlers: {
      click(view, { from }) {
        let marked = false;
        view.state.field(field).between(from, from, () => {
          marked = true;
        });
        if (marked) clicked(view.state.doc.lineAt(from).number);
        return marked;
      },
    },
  }),
];

export function markLines(view: EditorView, lines: readonly number[]): void {
  view.dispatch({ effects: setLines.of(lines) });
}
