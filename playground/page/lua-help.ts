/** Completion and notes for scripts, out of the tables that the device itself is made of. */
import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { EditorView, Tooltip } from '@codemirror/view';
import type { ApiEntry } from '../world/protocol.ts';
import { h } from './dom.ts';

const KEYWORDS =
  'and break do else elseif end false for function if in local nil not or repeat return then true until while'.split(
    ' ',
  );
const WORD = /[\w.:]+$/;

/** What may follow the word before the caret. */
export function completions(context: CompletionContext, api: readonly ApiEntry[]): CompletionResult | null {
  const word = context.matchBefore(WORD);
  if (word === null || (word.from === word.to && !context.explicit)) return null;
  const cut = Math.max(word.text.lastIndexOf('.'), word.text.lastIndexOf(':'));
  const from = word.from + cut + 1;
  if (cut < 0)
    return {
      from,
      options: [
        ...api.filter(({ kind }) => kind === 'module').map(({ name }) => ({ label: name, type: 'namespace' })),
        ...KEYWORDS.map((label) => ({ label, type: 'keyword', boost: -1 })),
      ],
      validFor: /^\w*$/,
    };
  const owner = word.text.slice(0, cut);
  const method = word.text[cut] === ':';
  const members = api.flatMap((entry) => {
    const name = method ? methodName(entry) : memberName(entry, owner);
    return name === undefined ? [] : [{ label: name, type: entry.kind, detail: detail(entry) }];
  });
  const unique = [...new Map(members.map((member) => [member.label, member])).values()];
  return unique.length === 0 ? null : { from, options: unique, validFor: /^\w*$/ };
}

/** `sta` and `config` of `wifi.sta.config`, asked for `wifi` and `wifi.sta`. */
function memberName({ name }: ApiEntry, owner: string): string | undefined {
  if (!name.startsWith(`${owner}.`) || name.includes(':')) return undefined;
  return name.slice(owner.length + 1).split('.')[0];
}

/** Of any class: what kind of object stands before a colon is not known. */
const methodName = ({ name }: ApiEntry): string | undefined => /:(\w+)$/.exec(name)?.[1];

const detail = ({ kind, value, support }: ApiEntry): string =>
  kind === 'constant' ? `= ${value}` : support === 'as the firmware' ? '' : (support ?? '');

/** What the tables say about the name under the pointer. */
export function note(view: EditorView, pos: number, api: readonly ApiEntry[]): Tooltip | null {
  const { text, from } = view.state.doc.lineAt(pos);
  for (const match of text.matchAll(/[A-Za-z_][\w.:]*/g)) {
    const start = from + match.index;
    const end = start + match[0].length;
    if (pos < start || pos > end) continue;
    const word = match[0].slice(
      0,
      Math.max(pos - start, 0) + (/^\w*/.exec(match[0].slice(pos - start))?.[0].length ?? 0),
    );
    const found =
      api.find(({ name }) => name === word) ??
      (word.includes(':') ? api.find(({ name }) => name.endsWith(`:${word.split(':').at(-1)}`)) : undefined);
    if (found === undefined) return null;
    return { pos: start, end, above: true, create: () => ({ dom: noteOf(found) }) };
  }
  return null;
}

const SUPPORT = {
  'as the firmware': 'works as in the firmware',
  approximated: 'approximated',
  'not built': 'not built: calling it raises an error',
} as const;

function noteOf({ name, kind, support, how, value }: ApiEntry): HTMLElement {
  const says =
    kind === 'constant' ? `= ${value}` : kind === 'module' ? 'module of the firmware' : SUPPORT[support ?? 'not built'];
  return h(
    'div',
    { class: 'api-note' },
    h('code', {}, kind === 'function' ? `${name}()` : name),
    h('span', { class: support === 'not built' ? 'bad' : '' }, says),
    how !== undefined && h('p', {}, how),
  );
}
