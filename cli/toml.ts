/**
 * TOML as the nodes that shapes read (cli/test/shape.ts), each with its place: smol-toml says whether the file is valid
 * and what a value means, a walk over the valid text where each thing stands.
 */
import { parse, TomlError } from 'smol-toml';
import { isMap, isSeq, LineCounter, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { type Problem, Reading } from './test/shape.ts';

export type Toml =
  | { readonly ok: true; readonly root: Node; readonly reading: Reading }
  | { readonly ok: false; readonly problem: Problem };

export function readToml(text: string): Toml {
  // Editors of Windows begin a file with a mark.
  const source = text.replace(/^\ufeff/, '');
  try {
    parse(source);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [first = ''] = error.message.split('\n', 1);
    const message = `not valid TOML: ${first.replace('Invalid TOML document: ', '')}`;
    return { ok: false, problem: { line: error.line, column: error.column, message } };
  }
  const lines = new LineCounter();
  for (let at = 0; at >= 0; at = source.indexOf('\n', at) + 1 || -1) lines.addNewLine(at);
  return { ok: true, root: new Walk(source).document(), reading: new Reading(lines, source) };
}

const SPACE = /(?:[ \t\r\n,]|#[^\n]*)*/y;
const KEY = /(?:[\w-]+|"(?:\\.|[^"\\])*"|'[^']*')(?:[ \t]*\.[ \t]*(?:[\w-]+|"(?:\\.|[^"\\])*"|'[^']*'))*/y;
/** Strings of several lines may end in up to five quotation marks, of which three close; then plain strings, the rest. */
const SCALAR =
  /"""(?:\\.|(?!"""(?!")).)*"""|'''(?:(?!'''(?!')).)*'''|"(?:\\.|[^"\\])*"|'[^']*'|[^\s,\]}#]+(?: \d\d:[^\s,\]}#]+)?/sy;

/** Goes through text that is known to be valid. */
class Walk {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  document(): Node {
    const root = placed(new YAMLMap(), 0, this.#source.length);
    let table = root;
    for (this.#take(SPACE); this.#at < this.#source.length; this.#take(SPACE)) {
      if (this.#source[this.#at] === '[') table = this.#header(root);
      else this.#entry(table);
    }
    return root;
  }

  /** `[a.b]` or `[[a.b]]`; what it opens. */
  #header(root: YAMLMap): YAMLMap {
    const start = this.#at;
    const many = this.#source.startsWith('[[', start);
    this.#at += many ? 2 : 1;
    this.#take(SPACE);
    const keys = this.#keys();
    this.#at = this.#source.indexOf(']', this.#at) + (many ? 2 : 1);
    const last = keys.pop() as Scalar;
    const parent = descend(root, keys);
    if (!many) return descend(parent, [last]);
    const there: unknown = parent.get(last.value, true);
    const list: YAMLSeq = isSeq(there) ? there : placed(new YAMLSeq(), start, this.#at);
    if (there === undefined) parent.items.push(new Pair(last, list));
    const table = placed(new YAMLMap(), start, this.#at);
    list.items.push(table);
    return table;
  }

  /** `a.b = value` */
  #entry(table: YAMLMap): void {
    const keys = this.#keys();
    const last = keys.pop() as Scalar;
    this.#at = this.#source.indexOf('=', this.#at) + 1;
    this.#take(SPACE);
    descend(table, keys).items.push(new Pair(last, this.#value()));
  }

  #keys(): Scalar[] {
    const start = this.#at;
    const raw = this.#take(KEY);
    const keys: Scalar[] = [];
    for (let inner: unknown = parse(`${raw} = 0`); typeof inner === 'object'; ) {
      const [[key, next]] = Object.entries(inner as object) as [[string, unknown]];
      keys.push(placed(new Scalar(key), start, this.#at));
      inner = next;
    }
    return keys;
  }

  #value(): Node {
    const start = this.#at;
    const first = this.#source[start];
    if (first !== '[' && first !== '{') return this.#scalar();
    const node = first === '[' ? new YAMLSeq() : new YAMLMap();
    const end = first === '[' ? ']' : '}';
    this.#at++;
    for (this.#take(SPACE); this.#source[this.#at] !== end; this.#take(SPACE)) {
      if (isMap(node)) this.#entry(node);
      else node.items.push(this.#value());
    }
    this.#at++;
    return placed(node, start, this.#at);
  }

  #scalar(): Scalar {
    const start = this.#at;
    const raw = this.#take(SCALAR);
    const { value } = parse(`value = ${raw}`);
    const plain = value instanceof Date ? raw : value;
    const node = placed(new Scalar(plain), start, this.#at);
    // Hexadecimal and the like are numbers for whoever reads them; 3.0 is how a firmware is called.
    if (typeof plain !== 'string') node.source = /^\d+\.\d+$/.test(raw) ? raw : String(plain);
    return node;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [text = ''] = pattern.exec(this.#source) ?? [];
    this.#at += text.length;
    return text;
  }
}

/** The table behind the keys, made where it is not there yet. */
function descend(from: YAMLMap, keys: readonly Scalar[]): YAMLMap {
  let table = from;
  for (const key of keys) {
    const there = table.get(key.value, true) as unknown;
    const inner = isSeq(there) ? there.items.at(-1) : there;
    if (isMap(inner)) table = inner;
    else {
      const made = placed(new YAMLMap(), key.range?.[0] ?? 0, key.range?.[1] ?? 0);
      table.items.push(new Pair(key, made));
      table = made;
    }
  }
  return table;
}

function placed<N extends Node>(node: N, from: number, to: number): N {
  node.range = [from, to, to];
  return node;
}
