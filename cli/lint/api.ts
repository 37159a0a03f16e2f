/** Which names each release of the firmware has: asked of the very tables that its devices are made from. */
import { NODEMCU_MODULES, SPECIAL, UNBUILT, type UnbuiltModule } from '../../bindings/index.ts';
import {
  type Device,
  existsIn,
  FIRMWARES,
  type Firmware,
  type LuaMembers,
  seconds,
  World,
} from '../../runtime/index.ts';

export interface Api {
  isModule(name: string): boolean;
  /** The releases that have `wifi.sta.config`; undefined where any name may be a member, so that nothing can be said. */
  releases(path: string): readonly Firmware[] | undefined;
  /** The year in which it left the firmware, if it did. */
  left(path: string): number | undefined;
}

let known: Api | undefined;

/** Made once. */
export function firmwareApi(): Api {
  known ??= makeApi();
  return known;
}

function makeApi(): Api {
  const releases = new Map<string, Firmware[]>();
  const years = new Map<string, number>();
  const open = new Set<string>();
  const note = (path: string, firmware: Firmware): void => {
    const list = releases.get(path) ?? [];
    if (!list.includes(firmware)) list.push(firmware);
    releases.set(path, list);
  };
  for (const firmware of FIRMWARES) {
    const device = deviceOf(firmware);
    for (const module of device.modules) {
      const { tree, lifetimes } = device.members(module);
      for (const path of paths(module.name, tree)) note(path, firmware);
      for (const [path, { left }] of lifetimes) if (left !== undefined) years.set(path, left);
      if (module.lifetime?.left !== undefined) years.set(module.name, module.lifetime.left);
    }
    for (const module of [...UNBUILT, ...SPECIAL]) noteUnbuilt(module, firmware, note, years);
  }
  for (const module of UNBUILT) if (module.open) open.add(module.name);
  const parents = (path: string): string[] => path.split('.').map((_, i, parts) => parts.slice(0, i + 1).join('.'));
  return {
    isModule: (name) => releases.has(name),
    releases: (path) => {
      const module = path.split('.', 1)[0] as string;
      return releases.get(path) ?? (open.has(module) ? releases.get(module) : []);
    },
    left: (path) => years.get(parents(path).find((part) => years.has(part)) ?? ''),
  };
}

/** A booted device of that release. */
function deviceOf(firmware: Firmware): Device {
  const world = new World({ traceLines: 0 });
  const device = world.addDevice({ modules: NODEMCU_MODULES, profile: { firmware } });
  device.start();
  world.runUntil(() => !device.off, seconds(1));
  return device;
}

function paths(name: string, tree: LuaMembers['tree']): string[] {
  return [
    name,
    ...Object.entries(tree).flatMap(([key, member]) =>
      isTree(member) ? paths(`${name}.${key}`, member) : [`${name}.${key}`],
    ),
  ];
}

const isTree = (member: LuaMembers['tree'][string]): member is LuaMembers['tree'] =>
  typeof member === 'object' && member !== null && member.constructor === Object;

function noteUnbuilt(
  { name, lifetime, members }: UnbuiltModule,
  firmware: Firmware,
  note: (path: string, firmware: Firmware) => void,
  years: Map<string, number>,
): void {
  if (lifetime?.left !== undefined) years.set(name, lifetime.left);
  if (!existsIn(lifetime ?? {}, firmware)) return;
  note(name, firmware);
  for (const member of members) {
    const path = `${name}.${member.name}`;
    if (member.lifetime?.left !== undefined) years.set(path, member.lifetime.left);
    if (existsIn(member.lifetime ?? {}, firmware)) note(path, firmware);
  }
}
