/** The editor: CodeMirror with Lua, completion and notes from the module tables, and errors on their line. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  StreamLanguage,
  syntaxHighlighting,
} from '@codemirror/language';
import { lua } from '@codemirror/legacy-modes/mode/lua';
import { type Diagnostic, linter, lintGutter, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  hoverTooltip,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { ApiEntry, Problem } from '../world/protocol.ts';
import { completions, note } from './lua-help.ts';
import { markLines, sentGutter } from './sent-gutter.ts';

export interface EditorEnv {
  changed(text: string): void;
  /** The first syntax error of the text. */
  check(text: string): Promise<Problem | undefined>;
  api(): readonly ApiEntry[];
  /** A line that has sent frames was chosen. */
  framesOf(line: number): void;
}

/** Colours are the page's, so that light and dark need no second style. */
const HIGHLIGHT = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: tags.comment, color: 'var(--code-comment)', fontStyle: 'italic' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--code-number)' },
  { tag: [tags.standard(tags.name), tags.standard(tags.variableName)], color: 'var(--code-builtin)' },
]);

const THEME = EditorView.theme({
  '&': { height: '100%', fontSize: 'var(--code-size)', color: 'var(--text)', backgroundColor: 'var(--panel)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-content': { padding: '10px 0', caretColor: 'var(--accent)' },
  '.cm-line': { padding: '0 16px 0 8px' },
  '.cm-gutters': { backgroundColor: 'var(--panel)', color: 'var(--faint)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 6px 0 14px', minWidth: '34px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--line)' },
  '.cm-cursor': { borderLeftColor: 'var(--accent)', borderLeftWidth: '2px' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--selection)',
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--selection)', outline: 'none' },
  '.cm-tooltip': {
    backgroundColor: 'var(--raised)',
    color: 'var(--text)',
    border: '1px solid var(--border)',
    borderRadius: '6px',
    boxShadow: 'var(--shadow)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', fontSize: '12px', maxHeight: '16em' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent)',
    color: 'var(--on-accent)',
  },
  '.cm-completionDetail': { color: 'inherit', opacity: '0.7', fontStyle: 'normal', marginLeft: '1.5em' },
  '.cm-diagnostic': { fontFamily: 'var(--sans)', fontSize: '12.5px', padding: '6px 10px' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--bad)' },
  '.cm-panels': { backgroundColor: 'var(--panel)', color: 'var(--text)', borderColor: 'var(--border)' },
});

export class Editor {
  readonly #view: EditorView;
  readonly #env: EditorEnv;
  readonly #readOnly = new Compartment();
  /** Caret, folding and undo of files that are not shown. */
  readonly #states = new Map<string, EditorState>();
  #file = '';
  /** Errors that the running script ran into, by file. */
  #ranInto: { readonly file: string; readonly problem: Problem } | undefined;

  constructor(parent: HTMLElement, env: EditorEnv) {
    this.#env = env;
    this.#view = new EditorView({ parent, state: this.#state('', false, true) });
  }

  /** Shows a file; `key` names it for good, so that its caret and its undo come back with it. */
  show(key: string, text: string, options: { readonly lua: boolean; readonly readOnly: boolean }): void {
    if (this.#file !== '') this.#states.set(this.#file, this.#view.state);
    this.#file = key;
    const before = this.#states.get(key);
    const same = before !== undefined && before.doc.toString() === text;
    this.#view.setState(same ? before : this.#state(text, options.lua, options.readOnly));
    this.#mark();
  }

  /** Forgets what belongs to files that are gone. */
  forget(): void {
    this.#states.clear();
    this.#file = '';
    this.#ranInto = undefined;
  }

  /** An error of the running script; undefined when it runs anew. */
  ranInto(file: string, problem: Problem | undefined): void {
    this.#ranInto = problem === undefined ? undefined : { file, problem };
    this.#mark();
  }

  /** Marks the lines that have sent frames. */
  mark(lines: readonly number[]): void {
    markLines(this.#view, lines);
  }

  /** Puts the caret on a line. */
  goTo(line: number): void {
    const { doc } = this.#view.state;
    const { from } = doc.line(Math.max(1, Math.min(line, doc.lines)));
    this.#view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
    this.#view.focus();
  }

  /** The line of the caret, from 1. */
  get line(): number {
    return this.#view.state.doc.lineAt(this.#view.state.selection.main.head).number;
  }

  focus(): void {
    this.#view.focus();
  }

  #framesOfLine(): boolean {
    this.#env.framesOf(this.line);
    return true;
  }

  #mark(): void {
    const { state } = this.#view;
    const diagnostics = this.#ranInto?.file === this.#file ? [diagnostic(state, this.#ranInto.problem)] : [];
    this.#view.dispatch(setDiagnostics(state, diagnostics));
  }

  #state(text: string, isLua: boolean, readOnly: boolean): EditorState {
    return EditorState.create({ doc: text, extensions: [this.#common(readOnly), isLua ? this.#lua() : []] });
  }

  #common(readOnly: boolean): Extension {
    return [
      lineNumbers(),
      sentGutter((line) => this.#env.framesOf(line)),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      history(),
      drawSelection(),
      search({ top: true }),
      highlightSelectionMatches(),
      EditorState.tabSize.of(2),
      keymap.of([
        // The page's own: it runs the file.
        { key: 'Mod-Enter', run: () => true },
        { key: 'Alt-Enter', run: () => this.#framesOfLine() },
        ...closeBracketsKeymap,
        ...defaultKeymap,
        ...searchKeymap,
        ...historyKeymap,
        ...completionKeymap,
        indentWithTab,
      ]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) this.#env.changed(update.state.doc.toString());
      }),
      EditorView.contentAttributes.of({
        'aria-label': 'Source code',
        'aria-description': 'Tab indents; Escape, then Tab leaves the editor; F6 goes to the next part of the page',
        spellcheck: 'false',
      }),
      this.#readOnly.of(EditorState.readOnly.of(readOnly)),
      syntaxHighlighting(HIGHLIGHT),
      THEME,
    ];
  }

  #lua(): Extension {
    return [
      StreamLanguage.define(lua),
      bracketMatching(),
      closeBrackets(),
      indentOnInput(),
      autocompletion({ override: [(context) => completions(context, this.#env.api())], icons: false }),
      hoverTooltip((view, pos) => note(view, pos, this.#env.api())),
      lintGutter(),
      linter((view) => this.#lint(view), { delay: 300 }),
    ];
  }

  async #lint(view: EditorView): Promise<Diagnostic[]> {
    const problem = await this.#env.check(view.state.doc.toString());
    const ran = this.#ranInto?.file === this.#file ? [diagnostic(view.state, this.#ranInto.problem)] : [];
    return problem === undefined ? ran : [diagnostic(view.state, problem)];
  }
}

function diagnostic(state: EditorState, { line, message }: Problem): Diagnostic {
  const { from, to, text } = state.doc.line(Math.max(1, Math.min(line, state.doc.lines)));
  return { from: from + (text.length - text.trimStart().length), to, severity: 'error', message };
}
