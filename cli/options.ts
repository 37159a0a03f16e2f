/** What a command line holds, before anybody knows what it means. */
import { parseArgs } from 'node:util';
import { nearest } from './nearest.ts';
import type { Parsed } from './values.ts';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
}

export interface CommandLine<Name extends string> {
  /** The values of each option that was given, in their order; empty texts of those that take none. */
  readonly values: ReadonlyMap<Name, readonly string[]>;
  readonly paths: readonly string[];
}

/** An option that is not known, has no value or one too many comes back as one sentence. */
export function readOptions<Name extends string>(
  argv: readonly string[],
  specs: Readonly<Record<Name, OptionSpec>>,
): Parsed<CommandLine<Name>> {
  const known = (name: string): name is Name => Object.hasOwn(specs, name);
  const { tokens } = parseArgs({
    args: [...argv],
    options: specs,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<Name, string[]>();
  const paths: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') paths.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    if (!known(name)) {
      const near = rawName.startsWith('--') ? nearest(name, Object.keys(specs)) : undefined;
      return bad(`unknown option '${rawName}'${near === undefined ? '' : `; did you mean '--${near}'`}`);
    }
    const takesValue = specs[name].type === 'string';
    if (takesValue !== (value !== undefined)) return bad(`${rawName} ${takesValue ? 'needs a' : 'takes no'} value`);
    values.set(name, [...(values.get(name) ?? []), value ?? '']);
  }
  return { ok: true, value: { values, paths } };
}

const bad = (message: string): { readonly ok: false; readonly message: string } => ({ ok: false, message });
