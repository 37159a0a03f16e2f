/** `mcubox modules`: the support matrix, straight from the tables of the bindings. */
import { NODEMCU_MODULES } from '../bindings/index.ts';
import { type FunctionSupport, type LuaMembers, type Support, seconds, World } from '../runtime/index.ts';

const SIGN: Readonly<Record<Support, string>> = { 'as the firmware': 'yes', approximated: 'about', 'not built': 'no' };

export function modulesText(): string {
  const world = new World({ traceLines: 0 });
  const device = world.addDevice({ modules: NODEMCU_MODULES });
  device.start();
  world.runUntil(() => !device.off, seconds(1));
  const modules = [...device.modules]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((module) => ({ name: module.name, functions: device.members(module).functions }));
  return `${[LEGEND, ...modules.map(moduleText), total(modules)].join('\n\n')}\n`;
}

const LEGEND =
  'yes = as the firmware, about = approximated (how is stated), no = not built (calling it raises an error)';

interface Functions extends Pick<LuaMembers, 'functions'> {
  readonly name: string;
}

function moduleText(module: Functions): string {
  const width = Math.max(...module.functions.map((f) => f.name.length));
  return [title(module), ...module.functions.map((f) => `  ${line(f, width)}`)].join('\n');
}

function title({ name, functions }: Functions): string {
  const built = functions.filter((f) => f.support !== 'not built').length;
  return `${name} (${built} of ${functions.length})`;
}

function line({ name, support, how }: FunctionSupport, width: number): string {
  return `${name.padEnd(width)}  ${SIGN[support]}${how === undefined ? '' : `: ${how}`}`;
}

function total(modules: readonly Functions[]): string {
  const functions = modules.flatMap((m) => m.functions);
  const count = (support: Support): number => functions.filter((f) => f.support === support).length;
  const kinds = `${count('as the firmware')} as the firmware, ${count('approximated')} approximated, ${count('not built')} not built`;
  return `${functions.length} functions in ${modules.length} modules: ${kinds}`;
}
