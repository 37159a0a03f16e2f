/**
 * A world for tests: devices, hosts and access points with short words to build them, let time pass and expect. All of
 * it is synchronous: time is virtual, so a wait returns as soon as the events are computed, and nothing is global.
 */
import { NODEMCU_MODULES } from '../../bindings/index.ts';
import {
  type AccessPoint,
  conversations,
  type Device,
  defaultWorld,
  describeFrame,
  type FaultOptions,
  type FaultRule,
  type FrameFilter,
  FrameLog,
  formatTime,
  fromLatin1,
  type Ipv4Address,
  ipv4,
  type LoggedFrame,
  type LuaModule,
  ms,
  type PhoneSetup,
  type Profile,
  parseFilter,
  parseIpv4,
  type Service,
  type ServiceFaults,
  seconds,
  us,
  type World,
  wiredWorld,
} from '../../runtime/index.ts';
import { onFlash } from '../values.ts';
import { TestDevice } from './device.ts';
import { TestHost } from './host.ts';
import { TestPhone } from './phone.ts';
import { inSeconds, micros, type Time, Unmet } from './unmet.ts';

export interface AccessPointSetup {
  readonly ssid: string;
  readonly password?: string;
  readonly channel?: number;
  /** dBm at every station. */
  readonly rssi?: number;
}

export interface WorldSetup {
  /** Decides every chance; by default 1. */
  readonly seed?: number;
  /** By default one that answers to any SSID and password. */
  readonly accessPoints?: readonly AccessPointSetup[];
  /** How long waits last that say nothing else; by default 30 s of device time. */
  readonly patience?: Time;
}

export interface DeviceSetup {
  /** By default esp1, esp2, … */
  readonly name?: string;
  /** What is on the flash; text is UTF-8. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** The file to run after boot, as `dofile` at the console does; without it the device boots init.lua. */
  readonly run?: string;
  /** Lines typed at the console after that. */
  readonly type?: readonly string[];
  /** What the flash knows of Wi-Fi: by default the first access point; false for nothing. */
  readonly station?: { readonly ssid: string; readonly password?: string } | false;
  readonly lua?: Profile['lua'];
  readonly firmware?: Profile['firmware'];
  /** Free heap after boot. */
  readonly heapBytes?: number;
  /** What else is different from every device. */
  readonly profile?: Partial<Profile>;
  /** Lua modules besides the firmware's. */
  readonly modules?: readonly LuaModule[];
}

/** Typing looks for an idle device so often. */
const SLICE = ms(10);
const PATIENCE = seconds(30);
/** Earlier than this no device says anything. */
const POWER_UP = ms(1);
/** After coming to rest the last frames still arrive. */
const SETTLE = seconds(1);

/** Builds a world with a router, the services of .test and access points. */
export function world(setup: WorldSetup = {}): TestWorld {
  const { accessPoints, patience } = setup;
  const seed = { seed: setup.seed ?? 1 };
  const built = accessPoints === undefined ? defaultWorld(seed) : wiredWorld(seed);
  for (const ap of accessPoints ?? []) built.addAccessPoint(ap);
  return new TestWorld(built, patience === undefined ? PATIENCE : micros(patience), accessPoints);
}

export class TestWorld {
  /** The world itself, for everything that has no shorter word here. */
  readonly world: World;
  readonly log: FrameLog;
  readonly devices: TestDevice[] = [];
  readonly hosts: TestHost[] = [];
  readonly phones: TestPhone[] = [];
  /** Rules of loss in force, for whoever wants to take them back. */
  readonly losses: FaultRule[] = [];
  /** Microseconds a wait lasts by default. */
  readonly patience: number;
  /** Looked at after every event; what it throws ends the wait. */
  onEvent: (() => void) | undefined;
  /** As the test asked for them; none: the default one. */
  readonly accessPoints: readonly AccessPointSetup[];
  #seenFrames = 0;

  /** Around a world that exists; tests use {@link world}. */
  constructor(built: World, patience: number = PATIENCE, aps: readonly AccessPointSetup[] = []) {
    this.world = built;
    this.patience = patience;
    this.accessPoints = aps;
    built.trace.following = true;
    this.log = new FrameLog(built);
  }

  get seed(): number {
    return this.world.seed;
  }

  /** Microseconds since the world began. */
  get now(): number {
    return this.world.now;
  }

  /** Adds a device, fills its flash and switches it on. */
  device(setup: DeviceSetup = {}): TestDevice {
    const {
      name,
      files = {},
      run,
      type = [],
      station = this.accessPoints[0],
      lua,
      firmware,
      heapBytes,
      modules,
    } = setup;
    const profile: Partial<Profile> = {
      ...setup.profile,
      ...(lua === undefined ? {} : { lua }),
      ...(firmware === undefined ? {} : { firmware }),
      ...(heapBytes === undefined ? {} : { heapBytes }),
      ...(station === undefined ? {} : { station: station === false ? undefined : { password: '', ...station } }),
    };
    const device = this.world.addDevice({
      modules: modules === undefined ? NODEMCU_MODULES : [...NODEMCU_MODULES, ...modules],
      profile,
      ...(name === undefined ? {} : { name }),
    });
    for (const [file, content] of Object.entries(files)) {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      if (!device.flash.put(onFlash(file), bytes)) throw new TypeError(`the flash has no room for ${file}`);
    }
    return this.adopt(device, run, type);
  }

  /** Takes a device of the world that is off and switches it on. */
  adopt(device: Device, script: string | undefined, lines: readonly string[] = []): TestDevice {
    const test = new TestDevice(device, script, lines, this);
    this.devices.push(test);
    if (this.devices.length === 2) this.log.tapAir();
    device.start();
    return test;
  }

  /** A computer on the LAN; by default pc.test at 192.168.1.20. The same name again is the same host. */
  host(name = 'pc.test', ip = '192.168.1.20'): TestHost {
    const known = this.hosts.find(({ host }) => host.name === name);
    if (known !== undefined) return known;
    const addr = parseIpv4(ip);
    if (addr === undefined) throw new TypeError(`'${ip}' is not an address`);
    const existing = this.world.hosts.find((host) => host.name === name);
    const host = new TestHost(existing ?? this.world.addHost(name, addr), this);
    this.hosts.push(host);
    return host;
  }

  /** A phone in nobody's network; by default an Android phone. */
  phone(setup: PhoneSetup = {}): TestPhone {
    const phone = new TestPhone(this.world.addPhone(setup), this);
    this.phones.push(phone);
    return phone;
  }

  /** The access point with that SSID; by default the first. */
  accessPoint(ssid?: string): AccessPoint {
    const at = ssid === undefined ? 0 : this.accessPoints.findIndex((ap) => ap.ssid === ssid);
    // The default one takes every name.
    const found = this.world.accessPoints[this.accessPoints.length === 0 ? 0 : at];
    if (found === undefined) throw new TypeError(`no access point is called '${ssid}'`);
    return found;
  }

  /** The address behind a name of the world, a device's name or a dotted quad; undefined for nobody. */
  address(name: string): Ipv4Address | undefined {
    return (
      parseIpv4(name) ?? this.world.names.get(name.toLowerCase()) ?? this.devices.find((d) => d.name === name)?.address
    );
  }

  /** Lets so much time pass. */
  run(time: Time): void {
    this.until(() => false, micros(time));
  }

  /** Lets events happen until `done`, but no longer than so many microseconds. Tells whether it came true. */
  until(done: () => boolean, withinUs: number): boolean {
    if (done()) return true;
    const end = this.world.now + withinUs;
    let met = false;
    const stop = (): boolean => {
      this.onEvent?.();
      met = done();
      return met;
    };
    while (this.world.now < end && this.#typing())
      if (this.world.runUntil(stop, us(Math.min(SLICE, end - this.world.now)))) return true;
    return this.world.runUntil(stop, us(end - this.world.now)) || met || done();
  }

  /** Lets time pass until nothing that ends by itself can wake any script; throws when that takes longer. */
  rest(within: Time = '10m'): void {
    const limit = micros(within);
    while (this.#typing()) this.until(() => false, SLICE);
    if (!this.world.runUntilIdle(us(limit)))
      throw new Unmet(`the scripts did not come to rest within ${inSeconds(limit)}`, { timeout: true });
    this.world.runFor(SETTLE);
    this.onEvent?.();
  }

  /**
   * Waits for frames that a filter in tcpdump's words means (`tcp and dst port 80 and syn`), among those that earlier
   * calls have not passed yet; `count` 0 says that none may come within the time.
   */
  expectFrame(filter: string, options: { readonly count?: number; readonly within?: Time } = {}): void {
    const parsed = parseFilter(filter, (name) => this.address(name));
    if (!parsed.ok) throw new TypeError(`filter: ${parsed.error.message}`);
    const { count = 1, within } = options;
    const limit = within === undefined ? (count === 0 ? 0 : this.patience) : micros(within);
    const { frames } = this.log;
    let seen = 0;
    let at = this.#seenFrames;
    const enough = (): boolean => {
      for (; at < frames.length && (count === 0 || seen < count); at++)
        if (parsed.value((frames[at] as { frame: Uint8Array }).frame)) seen++;
      return seen >= Math.max(1, count);
    };
    const met = enough() || (limit > 0 && this.until(enough, limit));
    this.#seenFrames = at;
    if (met !== (count === 0)) return;
    throw new Unmet(count === 0 ? `a frame '${filter}' was seen` : `no frame '${filter}' within ${inSeconds(limit)}`, {
      expected: `${count} x ${filter}`,
      actual: `${seen} seen`,
      timeout: count > 0,
    });
  }

  /** A filter in tcpdump's words; names of devices mean the address they have at that moment. Throws a TypeError. */
  filter(text: string): FrameFilter {
    let nobody = false;
    const parse = (): FrameFilter => {
      nobody = false;
      const parsed = parseFilter(text, (name) => {
        const address = this.address(name);
        if (address !== undefined) return address;
        nobody = true;
        return this.devices.some((device) => device.name === name) ? NOWHERE : undefined;
      });
      if (!parsed.ok) throw new TypeError(`filter: ${parsed.error.message}`);
      return parsed.value;
    };
    let filter = parse();
    return (frame) => {
      if (nobody) filter = parse();
      return filter(frame);
    };
  }

  /** What was said on the network, one line per conversation; see README. */
  conversations(): string[] {
    return conversations(this.log.frames, this.world);
  }

  /** The last frames as text, the way tcpdump prints them, with the line of Lua that sent them. */
  lastFrames(count = 12): string[] {
    // Hosts and access points announce themselves before any device is up.
    const { frames } = this.log;
    return frames
      .filter(({ at }) => at >= POWER_UP)
      .slice(-count)
      .map(frameLine);
  }

  /** For each device on which a script has run, where that was last and what had woken it. */
  lastLua(): Readonly<Record<string, string>> {
    const lines: Record<string, string> = {};
    for (const { device } of this.devices) {
      const { last } = device.watch;
      if (last === undefined) continue;
      const waker = this.log.causes.wokenBy(last.waker);
      const frame = typeof waker === 'number' ? this.log.frames[waker] : undefined;
      const by = frame === undefined ? waker : frameLine(frame);
      lines[device.name] = `the function at ${last.line}, called at ${formatTime(last.at)} s by ${by}`;
    }
    return lines;
  }

  /** The service behind a name of the world, `mqtt.test` for one; its `faults` may be set at any time. */
  service(name: string): Service {
    const service = this.world.services.get(name);
    if (service !== undefined) return service;
    throw new TypeError(`no service is called '${name}'; there are ${[...this.world.services.keys()].join(', ')}`);
  }

  /** What goes wrong at a service from now on; what is not named goes right. */
  serviceFaults(name: string, faults: ServiceFaults = {}): void {
    const { refuse, dropAfter, delay, wrong } = faults;
    Object.assign(this.service(name).faults, { refuse, dropAfter, delay, wrong });
  }

  /** A rule on the frames of the air: loss, delay, duplicates. */
  fault(options: FaultOptions): FaultRule {
    return this.world.addFault(options);
  }

  #typing(): boolean {
    return this.devices.map((device) => device.type()).some(Boolean);
  }
}

/** Of a device that has no address yet. */
const NOWHERE = ipv4(255, 255, 255, 254);

/** `4.210000 IP … <- server.lua:5` */
const frameLine = ({ at, frame, cause }: LoggedFrame): string =>
  `${formatTime(at)} ${describeFrame(frame)}${cause === undefined ? '' : ` <- ${cause.line}`}`;

/** Latin-1 text as bytes, for payloads. */
export const bytes = fromLatin1;
