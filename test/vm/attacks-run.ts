/** Plays all attacks in one process and prints `version<TAB>name<TAB>ms<TAB>end` for each. Run by attacks.test.ts. */
import { createLua, LUA_BUILDS, LuaAbort, type LuaBuild } from '../../runtime/vm/index.ts';
import { ATTACKS } from './attacks.ts';

/** The instructions of about 3.2 s of the chip at 80 MHz, its watchdog's time. */
const BUDGET = 1_000_000;

/** Runs a script to its end: the message of its error, or why it was aborted. */
export function end(source: string, version: LuaBuild): string {
  const lua = createLua(
    { write: () => {}, readFile: () => undefined, onError: () => {}, random: () => 0.5 },
    { version },
  );
  lua.budget = BUDGET;
  try {
    const loaded = lua.load(source, '=attack');
    if (!loaded.ok) return loaded.message;
    const result = lua.docall(loaded.chunk);
    return result.ok ? 'finished' : result.failure.message;
  } catch (error) {
    if (error instanceof LuaAbort) return error.reason;
    throw error;
  }
}

if (process.argv[2] === 'all') {
  for (const version of LUA_BUILDS) {
    for (const { name, source } of ATTACKS) {
      const started = process.cpuUsage();
      const why = end(source, version).split('\n')[0] ?? '';
      // Processor time: the machine may have other things to do.
      const { user, system } = process.cpuUsage(started);
      process.stdout.write(`${version}\t${name}\t${Math.round((user + system) / 1000)}\t${why.slice(0, 60)}\n`);
    }
  }
}
