/** Plays a language vector (`esp8266-lua-vector/1`): the steps of one file run in one fresh state, prints must agree. */
import { createLua, type LuaHost } from '../../runtime/vm/index.ts';

interface Step {
  readonly lua?: readonly string[];
  readonly print?: string;
  readonly error?: string;
  readonly soft?: string;
}

interface Vector {
  readonly name: string;
  readonly lua: '5.1' | '5.3';
  readonly chunk: string;
  readonly steps: readonly Step[];
  readonly needs?: readonly string[];
}

export interface LuaVerdict {
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly reason?: string;
  readonly expected: string[];
  readonly actual: string[];
}

/** Capabilities that a recording may ask for and that we have. */
const HAVE: readonly string[] = ['gc-finalizers'];

/** The one function of the firmware's `bit` that the language vectors use. */
function defineBit(lua: LuaHost): void {
  lua.openModules([{ name: 'bit' }], () => ({ tree: { bor: (call) => call.toInteger(1) | call.toInteger(2) } }));
}

/** Runs one chunk; what it prints, and its error, as lines. */
function runChunk(lua: LuaHost, source: string, chunk: string, out: string[]): void {
  lua.budget = 200_000_000;
  const loaded = lua.load(source, chunk);
  if (!loaded.ok) {
    out.push(`error ${loaded.message}`);
    return;
  }
  const run = lua.docall(loaded.chunk);
  loaded.chunk.release();
  if (run.ok) return;
  const { message, isText, type } = run.failure;
  out.push(`error ${isText ? message.replace(/\nstack traceback:[\s\S]*$/, '') : type}`);
}

export function playLua(vector: unknown): LuaVerdict {
  const v = vector as Vector;
  const missing = (v.needs ?? []).find((need) => !HAVE.includes(need));
  if (missing !== undefined) return { status: 'skipped', reason: `needs ${missing}`, expected: [], actual: [] };
  const actual: string[] = [];
  let pending = '';
  const lua = createLua(
    {
      write(text) {
        pending += text;
        const lines = pending.split('\n');
        pending = lines.pop() ?? '';
        for (const line of lines) actual.push(`print ${line}`);
      },
      readFile: () => undefined,
      onError: (failure) => actual.push(`onerror ${failure.message}`),
      random: () => 0.5,
    },
    { version: v.lua },
  );
  defineBit(lua);
  const expected: string[] = [];
  const soft = new Set<number>();
  for (const step of v.steps) {
    if (step.lua !== undefined) {
      // A print may hold line feeds of its own; both sides are compared line by line.
      runChunk(lua, step.lua.join('\n'), v.chunk, actual);
      continue;
    }
    const lines = (step.print !== undefined ? `print ${step.print}` : `error ${step.error}`).split('\n');
    lines.forEach((line, i) => {
      if (step.soft !== undefined) soft.add(expected.length);
      expected.push(i === 0 ? line : `${step.print !== undefined ? 'print ' : ''}${line}`);
    });
  }
  const got = actual.flatMap((line) => (line.startsWith('error ') ? line.split('\n') : [line]));
  const at = expected.findIndex((line, i) => line !== got[i] && !soft.has(i));
  if (at >= 0) return { status: 'failed', reason: `line ${at + 1}`, expected, actual: got };
  if (got.length !== expected.length) return { status: 'failed', reason: 'number of lines', expected, actual: got };
  return { status: 'passed', expected, actual: got };
}
