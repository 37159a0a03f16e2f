/** From a world file to a world: its access points, hosts, devices with their flash, and what goes wrong when. */
import { dirname, isAbsolute, join } from 'node:path';
import { NODEMCU_MODULES } from '../bindings/index.ts';
import {
  type AccessPoint,
  BOOT,
  DEFAULT_PROFILE,
  type Device,
  defaultWorld,
  type FaultEffect,
  type Ipv4Address,
  type MacAddress,
  parseIpv4,
  parseMac,
  SERVICE_KINDS,
  type Service,
  type ServiceKind,
  serve,
  us,
  type World,
  wiredWorld,
} from '../runtime/index.ts';
import { leftOut, planFlash } from './flash.ts';
import type { PartSpec } from './parts.ts';
import { dofileLine } from './typist.ts';
import { flashName, onFlash, type Parsed } from './values.ts';
import { deviceName, type FaultSpec, networkOfFile, type WorldDevice, type WorldFile } from './world-file.ts';
import { wireUp } from './world-wiring.ts';

export interface BuiltDevice {
  readonly device: Device;
  /** Typed after boot. */
  readonly lines: readonly string[];
  readonly parts: readonly PartSpec[];
  /** What of its folders is not on its flash, as a sentence. */
  readonly left: readonly string[];
}

export interface BuiltWorld {
  readonly world: World;
  readonly devices: readonly BuiltDevice[];
  /** Virtual time after which no fault begins or ends any more. */
  readonly quietAt: number;
}

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

/** Builds it all; nothing has happened in it yet. `path` is the file's, which folders and files are relative to. */
export function buildWorld(file: WorldFile, path: string, seed: number): Parsed<BuiltWorld> {
  const kept = (file.host ?? []).map(({ ip }) => parseIpv4(ip) as Ipv4Address);
  const options = { seed, network: networkOfFile(file), kept };
  const world = file.ap === undefined ? defaultWorld(options) : wiredWorld(options);
  const aps = new Map<string, AccessPoint>();
  for (const { ssid, password, channel, bssid, rssi } of file.ap ?? [])
    aps.set(
      ssid,
      world.addAccessPoint({
        ssid: latin1(ssid),
        ...(password === undefined ? {} : { password }),
        ...(channel === undefined ? {} : { channel }),
        ...(rssi === undefined ? {} : { rssi }),
        ...(bssid === undefined ? {} : { bssid: parseMac(bssid) as MacAddress }),
      }),
    );
  for (const { name, ip, serve: services = [], listen = [] } of file.host ?? []) {
    const host = world.addHost(name, parseIpv4(ip) as Ipv4Address);
    for (const { kind, port } of services) serve(world, host, SERVICE_KINDS[kind] as ServiceKind, port);
    for (const port of listen)
      host.listen(port, (stream) => {
        stream.handler = {};
      });
  }
  const devices: BuiltDevice[] = [];
  for (const [i, spec] of file.device.entries()) {
    const built = addDevice(world, spec, deviceName(spec, i), file.ap?.[0], dirname(path));
    if (!built.ok) return { ok: false, message: `${deviceName(spec, i)}: ${built.message}` };
    devices.push(built.value);
  }
  const faults = file.fault ?? [];
  for (const fault of faults) addFault(world, aps, fault);
  const quietAt = Math.max(0, ...faults.map((fault) => (fault.from ?? 0) + (fault.for ?? 0)));
  return { ok: true, value: { world, devices, quietAt } };
}

function addDevice(
  world: World,
  spec: WorldDevice,
  name: string,
  firstAp: { readonly ssid: string; readonly password: string | undefined } | undefined,
  folder: string,
): Parsed<BuiltDevice> {
  const { flash, files = {}, run, type = [], station = true, lua, firmware, parts = [], pins = [] } = spec;
  const known = station === true ? firstAp : station === false ? undefined : station;
  const device = world.addDevice({
    name,
    modules: NODEMCU_MODULES,
    profile: {
      ...(lua === undefined ? {} : { lua }),
      ...(firmware === undefined ? {} : { firmware }),
      station:
        known === undefined
          ? station === true
            ? DEFAULT_PROFILE.station
            : undefined
          : { ssid: latin1(known.ssid), password: known.password ?? '' },
    },
  });
  const content = new Map<string, Uint8Array>();
  const left: string[] = [];
  let script: string | undefined;
  const there = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  const paths = flash === undefined ? [] : typeof flash === 'string' ? [flash] : flash;
  for (const path of paths) {
    const plan = planFlash({ path: there(path), files: [] });
    if (!plan.ok) return plan;
    left.push(...[leftOut(plan.value)].filter((sentence) => sentence !== undefined));
    for (const file of plan.value.files) content.set(file.name, file.bytes);
  }
  for (const [file, text] of Object.entries(files)) content.set(file, new Uint8Array(Buffer.from(text)));
  if (run !== undefined) {
    script = content.has(run) ? run : undefined;
    if (script === undefined) {
      const plan = planFlash({ path: there(run), files: [] });
      if (!plan.ok) return plan;
      for (const file of plan.value.files) content.set(file.name, file.bytes);
      script = plan.value.script;
    }
  }
  for (const [file, bytes] of content) {
    const fits = flashName(file);
    if (!fits.ok) return fits;
    if (!device.flash.put(onFlash(file), bytes))
      return { ok: false, message: `the flash is full: ${file} does not fit` };
  }
  const lines = [...(script === undefined ? [] : [dofileLine(script)]), ...type.map(latin1)];
  return { ok: true, value: { device, lines, parts: wireUp(device, parts, pins), left } };
}

/** How much later a duplicate comes and how long a frame is held back at most: within one round trip of a LAN. */
const ASIDE_US = 5000;

function addFault(world: World, aps: ReadonlyMap<string, AccessPoint>, fault: FaultSpec): void {
  const { from = 0, for: lasts, device: name } = fault;
  const device = world.devices.find((one) => one.name === name) ?? world.devices[0];
  const during = (begin: () => void, end: () => void): void => {
    world.clock.timer('fault begins', begin).arm(us(from));
    if (lasts !== undefined) world.clock.timer('fault ends', end).arm(us(from + lasts));
  };
  const ap = fault.ap === undefined ? undefined : aps.get(fault.ap);
  if (fault.deauth !== undefined) {
    const victim = world.devices.find((one) => one.name === fault.deauth);
    during(
      () => {
        for (const one of ap === undefined ? world.accessPoints : [ap])
          if (victim !== undefined) one.deauth(victim.wifi.mac, fault.reason);
      },
      () => {},
    );
  }
  if (ap !== undefined && fault.down === true)
    during(
      () => ap.setUp(false),
      () => ap.setUp(true),
    );
  if (ap !== undefined && fault.rssi !== undefined)
    during(
      () => ap.setRssi(fault.rssi),
      () => ap.setRssi(undefined),
    );
  if (fault.service !== undefined) {
    const { refuse, 'drop-after': dropAfter, wrong, delay } = fault;
    const faults = { refuse, dropAfter, wrong, delay: delay === undefined ? undefined : us(delay) };
    const right = { refuse: undefined, dropAfter: undefined, wrong: undefined, delay: undefined };
    const set = (values: Service['faults']) => () => {
      for (const service of servicesOf(world, fault.service as string)) Object.assign(service.faults, values);
    };
    during(set(faults), set(right));
    return;
  }
  if (fault.dhcp === 'silent')
    during(
      () => lease(world, false),
      () => lease(world, true),
    );
  if (fault.restart === true)
    during(
      () => device?.reset(BOOT.EXTERNAL),
      () => {},
    );
  // Sleep without end: nothing runs, nothing is on the air, and only a new start ends it.
  if (fault.power === 'off')
    during(
      () => device?.deepSleep(0, 0),
      () => device?.start(),
    );
  addRules(world, fault, name === undefined ? undefined : device);
}

function lease(world: World, enabled: boolean): void {
  if (world.router !== undefined) world.router.dhcp.enabled = enabled;
}

/** All services of a host, or the one at a port. */
const servicesOf = (world: World, name: string): Service[] =>
  [...world.services].filter(([key]) => key === name || key.startsWith(`${name}:`)).map(([, service]) => service);

function addRules(world: World, fault: FaultSpec, device: Device | undefined): void {
  const { from = 0, for: lasts, loss, dup, reorder, corrupt, delay, jitter } = fault;
  const add = (
    effect: FaultEffect,
    probability: number | undefined,
    times: { time?: number; jitter?: number } = {},
  ) => {
    if (probability === undefined) return;
    world.addFault({
      effect,
      probability,
      from: us(from),
      ...(lasts === undefined ? {} : { until: us(from + lasts) }),
      ...(device === undefined ? {} : { match: { station: device.wifi.mac } }),
      ...(times.time === undefined ? {} : { time: us(times.time) }),
      ...(times.jitter === undefined ? {} : { jitter: us(times.jitter) }),
    });
  };
  add('drop', loss);
  add('corrupt', corrupt);
  add('duplicate', dup, { time: ASIDE_US });
  add('reorder', reorder, { time: ASIDE_US });
  if (delay !== undefined || jitter !== undefined) add('delay', 1, { time: delay ?? 0, jitter: jitter ?? 0 });
}
