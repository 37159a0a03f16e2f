/** Bug capsules that `mcubox test --save-capsule` writes: their scripts, devices, access points and seed as a project. */
import type { ApSpec } from '../world/protocol.ts';
import { emptyDevice, fileOf, newProject, type Project } from './project.ts';

interface CapsuleDevice {
  readonly name: string;
  readonly lua: string;
  readonly firmware: string;
  readonly flash: Readonly<Record<string, string | { readonly base64: string }>>;
  readonly run?: string;
  readonly type: readonly string[];
}

export interface Opened {
  readonly project: Project;
  /** What the test found, and what of it is not in the project. */
  readonly note: string;
}

/** Throws an Error for the user when it is no capsule. */
export function openCapsule(text: string): Opened {
  const capsule = parsed(text);
  if (capsule?.format !== 'mcubox capsule' || capsule.version !== 1)
    throw new Error('This is no bug capsule that mcubox test --save-capsule has written.');
  const { world, test, faults, expected } = capsule;
  const [first] = world.devices as readonly CapsuleDevice[];
  const devices = (world.devices as readonly CapsuleDevice[]).map(({ name, flash, run, type }) => ({
    ...emptyDevice(name),
    files: Object.entries(flash).map(([file, content]) =>
      fileOf(typeof content === 'string' ? { name: file, text: content } : { name: file, ...content }),
    ),
    active: run ?? 'init.lua',
    lines: [...type],
  }));
  const left = [
    'the steps of the test',
    ...(faults.length === 0 ? [] : [`${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`]),
    ...(world.hosts.length === 0 ? [] : ['hosts of its own']),
  ].join(' and ');
  return {
    project: {
      ...newProject(),
      devices,
      seed: test.seed,
      lua: first?.lua === '5.3' || first?.lua === '5.3-64' ? first.lua : '5.1',
      firmware: first?.firmware === '2.2' || first?.firmware === '1.5' ? first.firmware : '3.0',
      accessPoints: (world.accessPoints as readonly ApSpec[]).filter(({ ssid }) => ssid !== ''),
    },
    note: `The capsule of ${test.file}: ${expected.message} Not in here: ${left}; mcubox replay runs all of it.`,
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a file from anywhere, whose shape is looked at next
function parsed(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
