/** Lua source as tokens with lines, tolerant: what is no Lua becomes single symbols. Enough to see names and calls. */

export interface Token {
  readonly kind: 'name' | 'word' | 'string' | 'number' | 'symbol' | 'end of file';
  /** As written; of a string its content, escapes untouched. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

const WORDS = new Set(
  (
    'and break do else elseif end false for function goto if in local nil not or repeat return then true until ' +
    'while'
  ).split(' '),
);

const PATTERN = new RegExp(
  [
    String.raw`(?<space>\s+|--\[(?<c>=*)\[[^]*?(?:\]\k<c>\]|$)|--[^\n]*)`,
    String.raw`\[(?<l>=*)\[(?<long>[^]*?)(?:\]\k<l>\]|$)`,
    String.raw`(?<q>["'])(?<text>(?:\\[^]|(?!\k<q>)[^\\\n])*)(?:\k<q>|(?=\n)|$)`,
    String.raw`(?<number>0[xX][\da-fA-F.]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)`,
    String.raw`(?<name>[A-Za-z_]\w*)`,
    String.raw`(?<symbol>\.{1,3}|[=~<>]=|::|//|<<|>>|[^])`,
  ].join('|'),
  'y',
);

/** The last token is the end of the file. */
export function tokens(source: string): Token[] {
  const out: Token[] = [];
  // The loaders skip a first line with #.
  const text = source.replace(/^#[^\n]*/, '');
  const pattern = new RegExp(PATTERN);
  let line = 1;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const { space, long, text: quoted, number, name, symbol } = match.groups ?? {};
    if (space === undefined) {
      if (name !== undefined) out.push({ kind: WORDS.has(name) ? 'word' : 'name', text: name, line });
      else if (number !== undefined) out.push({ kind: 'number', text: number, line });
      else if (symbol !== undefined) out.push({ kind: 'symbol', text: symbol, line });
      else out.push({ kind: 'string', text: long ?? quoted ?? '', line });
    }
    line += match[0].split('\n').length - 1;
    if (pattern.lastIndex >= text.length) break;
  }
  out.push({ kind: 'end of file', text: '', line });
  return out;
}
