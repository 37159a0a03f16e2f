/** A state for tests: runs chunks and keeps what they print. */
import { createLua, type LuaHost, type LuaOptions } from '../../runtime/vm/index.ts';

export interface Rig {
  readonly lua: LuaHost;
  /** Printed lines since the last look. */
  printed(): string[];
  /** Runs a chunk: undefined, or the message of its error without traceback. */
  run(source: string): string | undefined;
  /** What an expression prints. */
  eval(expression: string): string;
}

export function rig(options: LuaOptions = { version: '5.1' }): Rig {
  let out = '';
  const lua = createLua(
    { write: (text) => (out += text), readFile: () => undefined, onError: () => {}, random: () => 0.25 },
    options,
  );
  lua.budget = 100_000_000;
  const run = (source: string): string | undefined => {
    const loaded = lua.load(source, '=t');
    if (!loaded.ok) return loaded.message;
    const result = lua.docall(loaded.chunk);
    loaded.chunk.release();
    return result.ok ? undefined : (result.failure.message.split('\nstack traceback')[0] as string);
  };
  const printed = () => {
    const lines = out === '' ? [] : out.trimEnd().split('\n');
    out = '';
    return lines;
  };
  return {
    lua,
    printed,
    run,
    eval: (expression) => run(`print(${expression})`) ?? printed().join('|'),
  };
}
