/**
 * What may stand in a scenario file, as values that both read YAML (every mistake with its line and column) and tell
 * the same rules as JSON Schema for editors.
 */
import { isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from 'yaml';
import { nearest } from '../nearest.ts';
import { duration, integer, type Parsed, percent } from '../values.ts';

export interface Place {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

export interface Problem extends Place {
  readonly message: string;
}

/** What a shape answers when it has reported a problem. */
export const WRONG = Symbol('wrong');
export type Read<T> = T | typeof WRONG;

export type JsonSchema = { readonly [key: string]: unknown };

/** One file being read. */
export class Reading {
  readonly problems: Problem[] = [];
  readonly #lines: LineCounter;

  readonly #source: string;

  constructor(lines: LineCounter, source: string) {
    this.#lines = lines;
    this.#source = source;
  }

  /** A node as the user wrote it. */
  written(node: Node): string {
    return this.#source.slice(node.range?.[0] ?? 0, node.range?.[1] ?? 0).trim();
  }

  place(node: Node | null | undefined): Place {
    const { line, col } = this.#lines.linePos(node?.range?.[0] ?? 0);
    return { line, column: col };
  }

  wrong(node: Node | null | undefined, message: string): typeof WRONG {
    this.problems.push({ ...this.place(node), message });
    return WRONG;
  }
}

export interface Shape<T> {
  /** What kind of node it reads. */
  readonly kind: 'scalar' | 'list' | 'map';
  /** Named in messages: `a duration`. */
  readonly what: string;
  readonly schema: JsonSchema;
  read(node: Node | null, reading: Reading): Read<T>;
}

export type ValueOf<S> = S extends Shape<infer T> ? T : never;

/** A scalar, from the text the user wrote: `port: 80` and `port: "80"` are the same. */
export function scalar<T>(what: string, schema: JsonSchema, convert: (text: string) => Parsed<T>): Shape<T> {
  return {
    kind: 'scalar',
    what,
    schema,
    read: (node, reading) => {
      if (!isScalar(node) || node.value === null) return reading.wrong(node, `${what} is expected here`);
      const parsed = convert(typeof node.value === 'string' ? node.value : (node.source ?? String(node.value)));
      return parsed.ok ? parsed.value : reading.wrong(node, parsed.message);
    },
  };
}

const good = <T>(value: T): Parsed<T> => ({ ok: true, value });

export const text = (what = 'a text'): Shape<string> => scalar(what, { type: ['string', 'number', 'boolean'] }, good);

/** Plain text, or a regular expression between slashes. */
export const wanted = (): Shape<string> =>
  scalar('a text or /a regular expression/', { type: ['string', 'number'] }, (value) => {
    const pattern = /^\/(.+)\/([imsu]*)$/s.exec(value);
    if (value === '') return { ok: false, message: 'the text to look for is empty' };
    try {
      if (pattern !== null) new RegExp(pattern[1] as string, pattern[2]);
      return good(value);
    } catch (error) {
      return { ok: false, message: `${value} is not a regular expression: ${(error as Error).message}` };
    }
  });

/** Microseconds. */
export const time = (): Shape<number> =>
  scalar(
    'a duration such as 500ms',
    {
      anyOf: [
        { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)?(us|ms|s|m|h)?$' },
        { type: 'number', minimum: 0 },
      ],
    },
    duration,
  );

/** 0 to 1. */
export const rate = (): Shape<number> =>
  scalar('a percentage such as 5%', { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)?%$' }, percent);

export const whole = (min: number, max: number): Shape<number> =>
  scalar(`a whole number from ${min} to ${max}`, { type: 'integer', minimum: min, maximum: max }, (value) => {
    if (min >= 0) return integer(value, min, max);
    const n = /^-?\d+$/.test(value) ? Number(value) : Number.NaN;
    return n >= min && n <= max
      ? good(n)
      : { ok: false, message: `'${value}' is not a whole number from ${min} to ${max}` };
  });

export const flag = (): Shape<boolean> =>
  scalar('true or false', { type: 'boolean' }, (value) =>
    value === 'true' || value === 'false'
      ? good(value === 'true')
      : { ok: false, message: `'${value}' is neither true nor false` },
  );

export const choice = <const W extends string>(...words: readonly W[]): Shape<W> =>
  scalar(`one of ${words.join(', ')}`, { enum: words }, (value) => {
    if ((words as readonly string[]).includes(value)) return good(value as W);
    const near = nearest(value, words);
    const hint = near === undefined ? `write one of ${words.join(', ')}` : `did you mean '${near}'`;
    return { ok: false, message: `'${value}' is not known; ${hint}` };
  });

/** Bytes as hexadecimal digits, two each; the value is Latin-1 text. */
export const hexBytes = (): Shape<string> =>
  scalar('bytes such as 40 01 ff', { type: 'string', pattern: '^([0-9a-fA-F]{2} *)+$' }, (value) => {
    if (/^([0-9a-f]{2} *)+$/i.test(value))
      return good(Buffer.from(value.replaceAll(' ', ''), 'hex').toString('latin1'));
    return { ok: false, message: `'${value}' is not hexadecimal; write two digits per byte, such as 40 01 ff` };
  });

/** Nothing behind the colon, for steps that need no more to be said. */
export const nothing = (): Shape<undefined> => ({
  kind: 'scalar',
  what: 'nothing',
  schema: { type: ['null', 'object', 'boolean'], maxProperties: 0 },
  read: (node, reading) => {
    const empty =
      node === null ||
      (isScalar(node) && (node.value === null || node.value === true)) ||
      (isMap(node) && node.items.length === 0);
    return empty ? undefined : reading.wrong(node, 'nothing may stand here');
  },
});

export const list = <T>(of: Shape<T>): Shape<readonly T[]> => ({
  kind: 'list',
  what: `a list, each ${of.what}`,
  schema: { type: 'array', items: of.schema },
  read: (node, reading) => {
    if (!isSeq(node)) return reading.wrong(node, `a list is expected here, each item ${of.what}`);
    const items = node.items.map((item) => of.read(item as Node | null, reading));
    return items.includes(WRONG) ? WRONG : (items as T[]);
  },
});

/** Any names, with values of one kind. */
export const record = <T>(of: Shape<T>): Shape<Readonly<Record<string, T>>> => ({
  kind: 'map',
  what: `names with ${of.what}`,
  schema: { type: 'object', additionalProperties: of.schema },
  read: (node, reading) => {
    if (!isMap(node)) return reading.wrong(node, 'names and values are expected here');
    const entries = node.items.map((pair) => [keyOf(pair), of.read(pair.value as Node | null, reading)] as const);
    return entries.some(([, value]) => value === WRONG) ? WRONG : (Object.fromEntries(entries) as Record<string, T>);
  },
});

/** One of two shapes of different kinds; what fits neither is told by the first. */
export const either = <A, B>(plain: Shape<A>, full: Shape<B>): Shape<A | B> => ({
  kind: plain.kind,
  what: `${plain.what}, or ${full.what}`,
  schema: { anyOf: [plain.schema, full.schema] },
  read: (node, reading) => (kindOf(node) === full.kind ? full.read(node, reading) : plain.read(node, reading)),
});

const kindOf = (node: Node | null): 'scalar' | 'list' | 'map' =>
  isMap(node) ? 'map' : isSeq(node) ? 'list' : 'scalar';

const OPTIONAL = Symbol('optional');
interface Optional<T> extends Shape<T | undefined> {
  readonly [OPTIONAL]: true;
}

export const optional = <T>(shape: Shape<T>): Optional<T> => ({ ...shape, [OPTIONAL]: true });

export const described = <S extends Shape<unknown>>(description: string, shape: S): S => ({
  ...shape,
  schema: { description, ...shape.schema },
});

type Fields = Readonly<Record<string, Shape<unknown>>>;
export type ObjectOf<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]> };

/** Named fields, no others. A field that is not written is undefined. */
export function object<F extends Fields>(fields: F): Shape<ObjectOf<F>> {
  const names = Object.keys(fields);
  const needed = names.filter((name) => !(OPTIONAL in (fields[name] as object)));
  return {
    kind: 'map',
    what: names.join(', '),
    schema: {
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, (fields[name] as Shape<unknown>).schema])),
      ...(needed.length === 0 ? {} : { required: needed }),
      additionalProperties: false,
    },
    read: (node, reading) => {
      if (!isMap(node)) return reading.wrong(node, `these are expected here: ${names.join(', ')}`);
      const values: Record<string, unknown> = {};
      let wrong = false;
      for (const pair of node.items) {
        const name = keyOf(pair);
        const shape = Object.hasOwn(fields, name) ? (fields[name] as Shape<unknown>) : undefined;
        const value =
          shape === undefined
            ? reading.wrong(pair.key as Node, unknown(name, names))
            : shape.read(pair.value as Node | null, reading);
        if (value === WRONG) wrong = true;
        else values[name] = value;
      }
      for (const name of needed) {
        if (node.items.some((pair) => keyOf(pair) === name)) continue;
        reading.wrong(node, `'${name}' is missing`);
        wrong = true;
      }
      return wrong ? WRONG : (values as ObjectOf<F>);
    },
  };
}

export const keyOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key);

/** `unknown key 'wiat'; did you mean 'wait'`. */
export function unknown(name: string, names: readonly string[], what = 'key'): string {
  const near = nearest(name, names);
  const known = names.length === 0 ? 'there is none' : `known are ${names.join(', ')}`;
  return `unknown ${what} '${name}'; ${near === undefined ? known : `did you mean '${near}'`}`;
}
