/** What the user makes: devices with their files and parts, and the world around them. All of it is what a link shares. */
import { type AirSpec, type ApSpec, CALM, type FlatFile, type WorldSpec } from '../world/protocol.ts';

export interface ProjectDevice {
  name: string;
  files: FlatFile[];
  /** The file in the editor; Run runs it. */
  active: string;
  parts: string[];
  /** Typed at the console when the script has started. */
  lines?: string[];
}

export interface Project {
  /** Empty: one that answers to any name and password. */
  accessPoints: ApSpec[];
  devices: ProjectDevice[];
  seed: number;
  lua: WorldSpec['lua'];
  firmware: '1.5' | '2.2' | '3.0';
  air: AirSpec;
  /** Virtual seconds per real second, 0 for as fast as it goes. */
  speed: number;
}

/** A file as it stands in JSON: text where it is text. */
type StoredFile = { readonly name: string; readonly text: string } | { readonly name: string; readonly base64: string };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a file, undefined for what is none. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = utf8.decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

export const emptyDevice = (name: string): ProjectDevice => ({
  name,
  files: [{ name: 'init.lua', bytes: bytesOf('') }],
  active: 'init.lua',
  parts: [],
});

export const newProject = (): Project => ({
  devices: [emptyDevice('esp1')],
  seed: 1,
  accessPoints: [],
  lua: '5.1',
  firmware: '3.0',
  air: CALM,
  speed: 1,
});

/** Run starts the file in the editor, unless the firmware does that by itself. */
export function worldSpec(project: Project, untilUs?: number): WorldSpec {
  const { seed, lua, firmware, air, accessPoints } = project;
  const devices = project.devices.map(({ name, files, active, parts, lines = [] }) => ({
    name,
    files,
    parts,
    lines,
    ...(active.endsWith('.lua') && active !== 'init.lua' && files.some((file) => file.name === active)
      ? { script: active }
      : {}),
  }));
  return { seed, lua, firmware, air, accessPoints, devices, ...(untilUs === undefined ? {} : { untilUs }) };
}

export function storedFile({ name, bytes }: FlatFile): StoredFile {
  const text = textOf(bytes);
  return text === undefined ? { name, base64: toBase64(bytes) } : { name, text };
}

/** The file that was stored; throws when it is none. */
export function fileOf(stored: unknown): FlatFile {
  const { name, text, base64 } = stored as { name?: unknown; text?: unknown; base64?: unknown };
  if (typeof name !== 'string') throw new Error('a file without a name');
  if (typeof text === 'string') return { name, bytes: bytesOf(text) };
  if (typeof base64 === 'string') return { name, bytes: fromBase64(base64) };
  throw new Error(`no content for ${name}`);
}

/** As plain data for a link or a database. */
export function storedProject(project: Project): object {
  return {
    ...project,
    devices: project.devices.map((device) => ({ ...device, files: device.files.map(storedFile) })),
  };
}

/** The project that was stored; throws when it is none. What is missing has its default. */
export function projectOf(stored: unknown): Project {
  const given = stored as Partial<Project>;
  if (!Array.isArray(given.devices) || given.devices.length === 0) throw new Error('no device');
  const base = newProject();
  return {
    seed: numberOr(given.seed, base.seed),
    speed: numberOr(given.speed, base.speed),
    lua: given.lua === '5.3' || given.lua === '5.3-64' ? given.lua : '5.1',
    firmware: given.firmware === '1.5' || given.firmware === '2.2' ? given.firmware : '3.0',
    air: airOf(given.air),
    accessPoints: (given.accessPoints ?? []).filter(({ ssid }) => typeof ssid === 'string'),
    devices: given.devices.slice(0, MOST_DEVICES).map((device, i) => {
      const files = (device.files ?? []).map(fileOf);
      return {
        name: typeof device.name === 'string' ? device.name : `esp${i + 1}`,
        files,
        active: typeof device.active === 'string' ? device.active : (files[0]?.name ?? ''),
        parts: (device.parts ?? []).filter((part) => typeof part === 'string'),
        lines: (device.lines ?? []).filter((line) => typeof line === 'string'),
      };
    }),
  };
}

/** As many as tabs fit and a computer runs well. */
export const MOST_DEVICES = 8;

function airOf(given: Partial<AirSpec> = {}): AirSpec {
  return {
    loss: numberOr(given.loss, CALM.loss),
    delayUs: numberOr(given.delayUs, CALM.delayUs),
    rssi: numberOr(given.rssi, CALM.rssi),
    apUp: given.apUp ?? CALM.apUp,
    dnsSilent: given.dnsSilent ?? CALM.dnsSilent,
  };
}

const numberOr = (value: unknown, other: number): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : other;

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

export const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
