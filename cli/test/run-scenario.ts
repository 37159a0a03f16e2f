/** Runs a scenario: builds its world, does step after step, and tells which one failed and how. */
import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { type FlashContent, planFlash } from '../flash.ts';
import { type TestDevice, type TestWorld, Unmet, world } from '../testing/index.ts';
import { asTime, type Context } from './context.ts';
import { Golden } from './golden.ts';
import type { Failure, RunSettings, TestCase, Verdict } from './outcome.ts';
import { type DeviceSpec, readScenario, type Scenario, STEPS, type Step } from './scenario.ts';
import { Sources } from './sources.ts';
import type { StepKind } from './step.ts';
import { watchBroker } from './steps-network.ts';

/** An error has been printed completely by then. */
const GRACE_US = 250_000;

export function runScenario(test: TestCase, settings: RunSettings): Verdict {
  const { sources = new Sources() } = settings;
  const parsed = readScenario(sources.read(test.file).toString());
  if (!parsed.ok)
    return {
      status: 'invalid',
      failures: parsed.problems.map(({ message, line, column }) => ({ message, place: { line, column } })),
    };
  const { scenario } = parsed;
  const golden = new Golden(dirname(test.file), settings.update, sources);
  let net: TestWorld;
  try {
    net = build(scenario, test, sources);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { status: 'invalid', failures: [{ message: error.message }] };
  }
  const context: Context = { net, golden, connections: new Map(), sockets: new Map(), messages: [] };
  watchBroker(context);
  settings.onWorld?.(net);
  try {
    return play(scenario, context);
  } finally {
    settings.onEnd?.(net);
  }
}

function play(scenario: Scenario, context: Context): Verdict {
  const { net, golden } = context;
  if (scenario.errors !== 'allowed') net.onEvent = () => complain(net, GRACE_US);
  for (const step of scenario.steps) {
    try {
      perform(step, context);
    } catch (error) {
      if (!(error instanceof Unmet) && !(error instanceof TypeError)) throw error;
      return failed(error, net, { place: step.place, step: step.title });
    }
  }
  try {
    if (scenario.errors !== 'allowed') complain(net, 0);
  } catch (error) {
    if (error instanceof Unmet) return failed(error, net, {});
    throw error;
  }
  return { status: 'pass', failures: [], updated: golden.updated };
}

/** The report of one failure. */
export function failed(error: Error, net: TestWorld, where: Pick<Failure, 'place' | 'step'>): Verdict {
  const unmet = error instanceof Unmet ? error : undefined;
  const failure: Failure = {
    ...where,
    message: error.message,
    ...(unmet === undefined ? {} : { expected: unmet.expected, actual: unmet.actual, difference: unmet.difference }),
    consoles: Object.fromEntries(net.devices.map((device) => [device.name, device.console])),
    frames: net.lastFrames(),
    lua: net.lastLua(),
    at: net.now,
  };
  return { status: unmet === undefined ? 'invalid' : unmet.timeout ? 'timeout' : 'fail', failures: [failure] };
}

/** Throws when a script has failed and has had so much time to print about it. */
export function complain(net: TestWorld, grace: number): void {
  for (const { name, troubles } of net.devices) {
    const [first] = troubles;
    if (first !== undefined && net.now >= first.at + grace)
      throw new Unmet(`${name}: ${first.text.split('\n', 1)[0]}`, { expected: 'no error', actual: first.text });
  }
}

function perform(step: Step, context: Context): void {
  const { net } = context;
  const named = step.device ?? partOf(step.value, net);
  const device = named === undefined ? net.devices[0] : net.devices.find(({ name }) => name === named);
  if (device === undefined) throw new TypeError(`no device is called '${named}'`);
  const host = step.host === undefined ? net.host(net.hosts[0]?.host.name) : hostOf(step.host, net);
  (STEPS[step.action] as StepKind).run(step.value, context, { device, host, within: step.within });
}

/** Wokwi names the part inside the step; it counts when it is a device. */
function partOf(value: unknown, net: TestWorld): string | undefined {
  if (typeof value !== 'object' || value === null || !('part-id' in value)) return undefined;
  const part = value['part-id'];
  return net.devices.find(({ name }) => name === part)?.name;
}

function hostOf(name: string, net: TestWorld) {
  if (!net.world.hosts.some((host) => host.name === name)) throw new TypeError(`no host is called '${name}'`);
  return net.host(name);
}

function build(scenario: Scenario, test: TestCase, sources: Sources): TestWorld {
  const { patience, 'access-points': accessPoints, hosts = [] } = scenario;
  const net = world({
    seed: test.seed,
    ...(patience === undefined ? {} : { patience: asTime(patience) }),
    ...(accessPoints === undefined ? {} : { accessPoints: accessPoints.map(definite) }),
  });
  for (const { name, ip, listen = [] } of hosts) {
    const { host } = net.host(name, ip);
    for (const port of listen)
      host.listen(port, (stream) => {
        stream.handler = {};
      });
  }
  const folder = dirname(test.file);
  const specs = [...(scenario.device === undefined ? [] : [scenario.device]), ...(scenario.devices ?? [])];
  for (const spec of specs.length === 0 ? [ownScript(test.file)] : specs)
    addDevice(net, spec, scenario, folder, sources);
  return net;
}

/** A scenario without devices has one, with the script of the same name. */
function ownScript(file: string): DeviceSpec {
  const script = basename(file).replace(/\.scenario\.ya?ml$/, '.lua');
  const none = { name: undefined, flash: undefined, files: undefined, type: undefined, station: undefined };
  return { ...none, run: existsSync(join(dirname(file), script)) ? script : undefined };
}

function addDevice(
  net: TestWorld,
  spec: DeviceSpec,
  { lua, firmware }: Scenario,
  folder: string,
  sources: Sources,
): TestDevice {
  const { name, flash, files = {}, run, type, station } = spec;
  const content: FlashContent[] = [];
  const paths: readonly string[] = flash === undefined ? [] : typeof flash === 'string' ? [flash] : flash;
  const there = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  for (const path of paths) content.push(...readFlash(there(path)));
  const onFlash = run !== undefined && (Object.hasOwn(files, run) || content.some((entry) => entry.name === run));
  if (run !== undefined && !onFlash) content.push(...readFlash(there(run)));
  const device = net.device({
    ...(name === undefined ? {} : { name }),
    ...(lua === undefined ? {} : { lua }),
    ...(firmware === undefined ? {} : { firmware }),
    ...(type === undefined ? {} : { type: type.map((line) => Buffer.from(line).toString('latin1')) }),
    ...(run === undefined ? {} : { run: onFlash ? run : basename(run) }),
    ...(station === undefined || station === true ? {} : { station: station === false ? false : definite(station) }),
    files: { ...Object.fromEntries(content.map((entry) => [entry.name, entry.bytes])), ...files },
  });
  for (const file of content) sources.flashed(device.name, file.name, file.host, file.bytes);
  return device;
}

function readFlash(path: string): readonly FlashContent[] {
  const plan = planFlash({ path, files: [] });
  if (!plan.ok) throw new TypeError(plan.message);
  return plan.value.files;
}

/** Without the fields that are undefined. */
type Definite<T> = { [K in keyof T]: Exclude<T[K], undefined> };
const definite = <T extends object>(value: T): Definite<T> =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Definite<T>;
