/**
 * `collectgarbage`. The collector itself does all its work at once, so a cycle of steps is counted: each step pays for
 * the work that the firmware's would do, and the one that pays the rest ends the cycle.
 */
import { checkOption, optInt } from './args.ts';
import { give } from './results.ts';
import type { Thread } from './thread.ts';
import type { Vm } from './vm.ts';

const OPTIONS = ['stop', 'restart', 'collect', 'count', 'step', 'setpause', 'setstepmul', 'setmemlimit'] as const;
const OPTIONS_51 = [...OPTIONS, 'getmemlimit'] as const;
const OPTIONS_53 = [...OPTIONS, 'isrunning'] as const;

/** LUAI_GCPAUSE and LUAI_GCMUL of both luaconf.h. */
const DEFAULTS = { setpause: 110, setstepmul: 200 } as const;
/** Least setstepmul of 5.3 (lapi.c lua_gc). */
const MIN_STEPMUL = 40;
/** GCSTEPSIZE of 5.3: 100 string headers of 16 bytes. */
const STEP_BYTES = 1600;
/** Work for each byte of the heap: marking it, and sweeping an object of some 40 bytes at a cost of 10 (GCSWEEPCOST). */
const WORK_PER_BYTE = 1.25;

const setting = (g: Vm, name: 'setpause' | 'setstepmul'): number => g.gcSettings.get(name) ?? DEFAULTS[name];

/** Units of work that a step of `kib` does: in 5.1 `kib + 1` of luaC_step, in 5.3 one that also pays a debt. */
function stepWork(g: Vm, kib: number): number {
  const stepmul = setting(g, 'setstepmul');
  if (!g.is51) return STEP_BYTES + (Math.max(0, kib) * 1024 * stepmul) / 200;
  // (GCSTEPSIZE / 100) * gcstepmul, where 0 stands for all there is to do.
  return stepmul === 0 ? Number.POSITIVE_INFINITY : (Math.max(0, kib) + 1) * 10 * stepmul;
}

/** Answers whether the cycle is over. */
function step(L: Thread, kib: number): boolean {
  const { g } = L;
  // 5.1 pretends; 5.3 steps though it is stopped.
  if (g.is51 && g.gcStopped) return true;
  const paid = g.gcPaid + stepWork(g, kib);
  const over = paid >= WORK_PER_BYTE * g.heapUsed;
  // 5.1 collects before each allocation (EGC_ALWAYS), so nothing is ever left for the end of a cycle.
  if (over || g.is51) g.fullCollect(L);
  g.gcPaid = over ? 0 : paid;
  return over;
}

/** The limit in KiB is never below what is held after a collection (lapi.c LUA_GCSETMEMLIMIT of 5.1). */
function setMemLimit(L: Thread, kib: number): number {
  const { g } = L;
  if (kib > 0 && kib * 1024 < g.heapUsed && !g.gcStopped) g.fullCollect(L);
  const limit = kib > 0 && kib * 1024 < g.heapUsed ? Math.floor(g.heapUsed / 1024) + 1 : kib;
  g.gcSettings.set('setmemlimit', limit);
  return limit;
}

export function collectgarbage(L: Thread, base: number): number {
  const { g } = L;
  const options = g.is51 ? OPTIONS_51 : OPTIONS_53;
  const option = options[checkOption(L, 1, 'collect', options)];
  const n = optInt(L, 2, 0);
  switch (option) {
    case 'count':
      return give(L, base, g.numbers.float(g.heapUsed / 1024));
    case 'step':
      return give(L, base, step(L, n));
    case 'setpause':
    case 'setstepmul': {
      const before = setting(g, option);
      g.gcSettings.set(option, option === 'setstepmul' && !g.is51 ? Math.max(MIN_STEPMUL, n) : n);
      return give(L, base, before);
    }
    case 'setmemlimit':
      // 5.3 forgot this option in its table of numbers and takes that of the next one.
      return give(L, base, g.is51 ? setMemLimit(L, n) : !g.gcStopped);
    case 'isrunning':
      return give(L, base, !g.gcStopped);
    case 'getmemlimit':
      return give(L, base, g.gcSettings.get('setmemlimit') ?? 0);
    case 'stop':
    case 'restart':
      g.gcStopped = option === 'stop';
      return give(L, base, 0);
    default:
      // A stopped collector of 5.1 collects nothing at all (luaC_fullgc).
      if (!g.is51 || !g.gcStopped) g.fullCollect(L);
      return give(L, base, 0);
  }
}
