/** Reads X.scenario.yaml: who is there, and the steps. Every mistake has a line and a column. */
import { type Document, isMap, LineCounter, type Node, parseDocument } from 'yaml';
import { LUA_BUILDS, parseIpv4 } from '../../runtime/index.ts';
import { FAULT_STEP } from './faults.ts';
import {
  choice,
  described,
  either,
  flag,
  type JsonSchema,
  keyOf,
  list,
  object,
  optional,
  type Place,
  type Problem,
  type Read,
  Reading,
  record,
  type Shape,
  text,
  time,
  unknown,
  type ValueOf,
  WRONG,
  whole,
} from './shape.ts';
import type { StepKind } from './step.ts';
import { AIR_STEPS } from './steps-air.ts';
import { DEVICE_STEPS } from './steps-device.ts';
import { NETWORK_STEPS } from './steps-network.ts';
import { PHONE_STEPS } from './steps-phone.ts';

export const STEPS: Readonly<Record<string, StepKind>> = {
  ...DEVICE_STEPS,
  ...NETWORK_STEPS,
  ...AIR_STEPS,
  ...PHONE_STEPS,
  ...FAULT_STEP,
};

/** May stand beside every step. */
const BESIDE = {
  device: described('Which device is meant; by default the first.', text("a device's name")),
  host: described('Which host talks; by default the first, or pc.test.', text("a host's name")),
  within: described('How long to wait, in device time.', time()),
  name: described('For reports.', text()),
} as const;

export interface Step {
  readonly place: Place;
  readonly action: string;
  readonly value: unknown;
  readonly device: string | undefined;
  readonly host: string | undefined;
  readonly within: number | undefined;
  /** What the report calls it. */
  readonly title: string;
}

const stepShape: Shape<Step> = {
  kind: 'map',
  what: 'a step such as wait-serial: ready',
  schema: {
    type: 'object',
    properties: {
      ...Object.fromEntries(
        Object.entries(STEPS).map(([name, { doc, shape }]) => [name, { description: doc, ...shape.schema }]),
      ),
      ...Object.fromEntries(Object.entries(BESIDE).map(([name, shape]) => [name, shape.schema])),
    },
    additionalProperties: false,
    minProperties: 1,
    oneOf: Object.keys(STEPS).map((name) => ({ required: [name] })),
  },
  read: readStep,
};

function readStep(node: Node | null, reading: Reading): Read<Step> {
  if (!isMap(node)) return reading.wrong(node, 'a step is expected here, such as wait-serial: ready');
  const beside: Partial<Record<keyof typeof BESIDE, unknown>> = {};
  let found: { action: string; value: unknown } | undefined;
  let wrong = false;
  for (const pair of node.items) {
    const key = keyOf(pair);
    const value = pair.value as Node | null;
    if (Object.hasOwn(BESIDE, key))
      beside[key as keyof typeof BESIDE] = BESIDE[key as keyof typeof BESIDE].read(value, reading);
    else if (!Object.hasOwn(STEPS, key)) {
      reading.wrong(pair.key as Node, unknown(key, [...Object.keys(STEPS), ...Object.keys(BESIDE)], 'step'));
      wrong = true;
    } else if (found !== undefined) {
      reading.wrong(pair.key as Node, `'${found.action}' and '${key}' are two steps; begin the second with '- '`);
      wrong = true;
    } else found = { action: key, value: (STEPS[key] as StepKind).shape.read(value, reading) };
  }
  if (wrong || found?.value === WRONG || Object.values(beside).includes(WRONG)) return WRONG;
  if (found === undefined) return reading.wrong(node, 'no step is named here');
  const { device, host, within, name } = beside as { [K in keyof typeof BESIDE]?: ValueOf<(typeof BESIDE)[K]> };
  return { ...found, place: reading.place(node), device, host, within, title: name ?? titleOf(reading.written(node)) };
}

/** A step in one line. */
const titleOf = (written: string): string => written.replace(/\s*\n\s*/g, ' ').slice(0, 120);

const station = object({ ssid: text('an SSID'), password: optional(text()) });

/** Of a world file, too. */
export const DEVICE_FIELDS = {
  name: optional(described('By default esp1, esp2, …', text("a device's name"))),
  flash: optional(described('A folder or files to put on the flash.', either(text('a folder'), list(text('a file'))))),
  files: optional(described('Files of the flash, written here.', record(text()))),
  run: optional(described('The script to run after boot; without it the device boots init.lua.', text('a file'))),
  type: optional(described('Lines typed at the console after that.', list(text()))),
  station: optional(described('What flash knows of Wi-Fi; false for nothing.', either(flag(), station))),
} as const;
const deviceShape = object(DEVICE_FIELDS);

/** Of a world file, too. */
export const AP_FIELDS = {
  ssid: text('an SSID'),
  password: optional(text()),
  channel: optional(whole(1, 14)),
  rssi: optional(whole(-120, 0)),
} as const;
const apShape = object(AP_FIELDS);

/** Of a world file, too. */
export const HOST_FIELDS = {
  name: text("a host's name"),
  ip: text('an address'),
  listen: optional(described('TCP ports that take connections and read what comes.', list(whole(1, 65_535)))),
} as const;
const hostShape = object(HOST_FIELDS);

const scenarioShape = object({
  name: optional(text()),
  version: optional(described('The version of this format; for Wokwi 1.', whole(1, 1))),
  author: optional(text()),
  description: optional(text()),
  seed: optional(described('Decides every chance; by default 1.', whole(0, Number.MAX_SAFE_INTEGER))),
  lua: optional(choice(...LUA_BUILDS)),
  firmware: optional(choice('3.0', '2.2', '1.5')),
  patience: optional(described('How long waits last that say nothing else; by default 30s.', time())),
  errors: optional(
    described('allowed: errors of scripts do not fail the test by themselves.', choice('allowed', 'fail')),
  ),
  device: optional(deviceShape),
  devices: optional(list(deviceShape)),
  'access-points': optional(list(apShape)),
  hosts: optional(list(hostShape)),
  steps: list(stepShape),
});

export type Scenario = ValueOf<typeof scenarioShape>;
export type DeviceSpec = ValueOf<typeof deviceShape>;

/** The scenario, or everything that is wrong with it. */
export function readScenario(
  source: string,
): { readonly ok: true; readonly scenario: Scenario } | { readonly ok: false; readonly problems: readonly Problem[] } {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const reading = new Reading(lines, source);
  for (const { pos, message } of document.errors) {
    const { line, col } = lines.linePos(pos[0]);
    reading.problems.push({ line, column: col, message: `not valid YAML: ${message.split('\n', 1)[0]}` });
  }
  if (reading.problems.length > 0) return { ok: false, problems: reading.problems };
  const scenario = scenarioShape.read(document.contents as Node | null, reading);
  if (scenario !== WRONG) checkNames(scenario, document, reading);
  return scenario === WRONG || reading.problems.length > 0
    ? { ok: false, problems: reading.problems }
    : { ok: true, scenario };
}

/** What has one name or address has it alone. */
function checkNames({ device, devices = [], hosts = [] }: Scenario, document: Document, reading: Reading): void {
  const once = (what: string, names: readonly string[], place: (index: number) => unknown): void => {
    for (const [i, name] of names.entries())
      if (names.indexOf(name) !== i) reading.wrong(place(i) as Node, `there is another ${what} '${name}'`);
  };
  const first = device === undefined ? [] : [device];
  const names = [...first, ...devices].map(({ name }, i) => name ?? `esp${i + 1}`);
  const at = (...path: (string | number)[]): unknown => document.getIn(path, true) ?? document.contents;
  once('device', names, (i) => at('devices', i - first.length, 'name'));
  const hostNames = hosts.map(({ name }) => name);
  once('host', hostNames, (i) => at('hosts', i, 'name'));
  const addresses = hosts.map(({ ip }) => ip);
  once('host at', addresses, (i) => at('hosts', i, 'ip'));
  for (const [i, ip] of addresses.entries())
    if (parseIpv4(ip) === undefined) reading.wrong(at('hosts', i, 'ip') as Node, `'${ip}' is not an address`);
}

/** The same rules for editors. */
export const scenarioSchema = (): JsonSchema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'mcubox scenario',
  description: 'A test of NodeMCU scripts in a virtual network: *.scenario.yaml, run by `mcubox test`.',
  ...scenarioShape.schema,
});
