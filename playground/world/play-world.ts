/**
 * The world behind the page: built from a description, run in short pieces so that messages are answered in between,
 * with the same looks at the same virtual times as `mcubox run`, so that the same script and seed give the same bytes.
 */
import { NODEMCU_MODULES } from '../../bindings/index.ts';
import {
  BOOT,
  type Device,
  defaultWorld,
  type FaultEffect,
  type FaultRule,
  formatIpv4,
  formatMac,
  type Host,
  type Ipv4Address,
  type MacAddress,
  type Micros,
  ms,
  parseIpv4,
  us,
  type World,
  wiredWorld,
} from '../../runtime/index.ts';
import { tapAir } from './air-tap.ts';
import { Capture } from './capture.ts';
import { DeviceDesk } from './device-desk.ts';
import { type Answered, placeOf, request } from './http-client.ts';
import {
  type AirSpec,
  CALM,
  type DeviceView,
  type FlatFile,
  type FrameRecord,
  type WebRequest,
  type WorldSpec,
} from './protocol.ts';

/** As `mcubox run`: what is to be typed is typed after each piece of virtual time. */
const SLICE = ms(10);
/** The inner browser's place in the network, added to the router's address. */
const BROWSER_PLACE = 19;
const BROWSER = 'browser.test';

/** SSIDs are bytes, one character each. */
const utf8Bytes = (text: string): string =>
  encodeURIComponent(text).replace(/%(..)/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));

/** As the world numbers the ports of its hosts. */
const hostMac = (addr: Ipv4Address): MacAddress => (0x020000000000 + addr) as MacAddress;

export class PlayWorld {
  readonly world: World;
  readonly desks: readonly DeviceDesk[];
  readonly capture: Capture;
  #lookAt: number;
  #air: AirSpec = CALM;
  #rules: FaultRule[] = [];
  #browser: Host | undefined;

  /**
   * Builds it and powers the devices on; throws an Error for the user when something does not fit. `tie` is called
   * before that, with the device that is meant where none is named.
   */
  constructor(spec: WorldSpec, tie: (world: World, device: Device) => void = () => {}) {
    const { seed, lua, firmware, accessPoints } = spec;
    this.world = accessPoints.length === 0 ? defaultWorld({ seed }) : wiredWorld({ seed });
    for (const ap of accessPoints) this.world.addAccessPoint({ ...ap, ssid: utf8Bytes(ap.ssid) });
    const [first] = accessPoints;
    // The station knows the first access point, as it knows the default one.
    const saved =
      first === undefined ? {} : { station: { ssid: utf8Bytes(first.ssid), password: first.password ?? '' } };
    this.desks = spec.devices.map((device) => {
      const made = this.world.addDevice({
        name: device.name,
        modules: NODEMCU_MODULES,
        profile: { lua, firmware, ...saved },
      });
      return new DeviceDesk(made, device);
    });
    this.capture = new Capture(this.world);
    if (this.desks.length > 1) tapAir(this.world, (at, frame) => this.capture.add(at, frame));
    this.#applyAir(spec.air);
    this.#air = spec.air;
    const [desk] = this.desks;
    if (desk !== undefined) tie(this.world, desk.device);
    for (const { device } of this.desks) device.start();
    this.#lookAt = this.#nextLook();
  }

  get now(): Micros {
    return this.world.now;
  }

  /** Nothing would happen before that, unless somebody does something. */
  get nextAt(): number {
    return this.world.clock.nextAt ?? Number.POSITIVE_INFINITY;
  }

  /** Only the outside can wake any program: listeners wait, timers do not run. */
  get waiting(): boolean {
    return this.desks.every(({ typed, device }) => {
      const { finite, endless } = device.wakeSources();
      return typed && finite.length === 0 && endless.every((source) => !source.startsWith('timer'));
    });
  }

  /** Lets time pass up to `untilUs`, less when `enough` says so after an event. */
  run(untilUs: number, enough: () => boolean): void {
    while (this.world.now < untilUs) {
      const target = Math.min(untilUs, this.#lookAt);
      const stopped = this.world.runUntil(enough, us(target - this.world.now));
      if (stopped) return;
      if (this.world.now >= this.#lookAt) {
        for (const desk of this.desks) desk.typeWhenIdle();
        this.#lookAt = this.#nextLook();
      }
    }
  }

  setAir(air: AirSpec): void {
    this.#applyAir(air);
    this.#air = air;
  }

  deauth(): void {
    const [ap] = this.world.accessPoints;
    for (const { mac } of [...(ap?.clients ?? [])]) ap?.deauth(mac);
  }

  reset(device: number): void {
    this.desks[device]?.device.reset(BOOT.EXTERNAL);
  }

  put(device: number, file: FlatFile): boolean {
    return this.desks[device]?.put(file) ?? false;
  }

  /** The inner browser asks a server of the virtual network. */
  fetch(asked: WebRequest, done: Answered): void {
    const place = placeOf(asked.url);
    const address = place === undefined ? undefined : this.#resolve(place.host);
    if (place === undefined) done(undefined, `${asked.url} is no address of this network: it has http:// only`);
    else if (address === undefined) done(undefined, `no machine of this network is called ${place.host}`);
    else request(this.#browserHost(), address, place, asked, done);
  }

  /** Addresses and names of the computers on the LAN. */
  names(): (readonly [string, string])[] {
    const own = hostMac(this.#browserAddress);
    return [
      ...this.world.hosts.flatMap(({ name, addr, netif }) => [
        [formatIpv4(addr), name] as const,
        [formatMac(netif.mac), name] as const,
      ]),
      [formatIpv4(this.#browserAddress), BROWSER],
      [formatMac(own), BROWSER],
    ];
  }

  views(): readonly DeviceView[] {
    return this.desks.map((desk) => desk.view());
  }

  /** There is more to show than the last views had. */
  get more(): boolean {
    return this.desks.some((desk) => desk.more);
  }

  frames(): readonly FrameRecord[] {
    return this.capture.take();
  }

  get #browserAddress(): Ipv4Address {
    return (this.world.network.router + BROWSER_PLACE) as Ipv4Address;
  }

  #nextLook(): number {
    const { now, clock } = this.world;
    return now + Math.max(SLICE, (clock.nextAt ?? now) - now);
  }

  /** Devices by name as well: `esp1`. */
  #resolve(name: string): Ipv4Address | undefined {
    const device = this.desks.find((desk) => desk.device.name === name)?.view().ip;
    return parseIpv4(device ?? name) ?? this.world.names.get(name.toLowerCase());
  }

  /** Plugged in at the first request, so that the world is that of `mcubox run` before. */
  #browserHost(): Host {
    this.#browser ??= this.world.addHost(BROWSER, this.#browserAddress);
    return this.#browser;
  }

  #applyAir(air: AirSpec): void {
    const { rules } = this.world.medium;
    if (air.loss !== this.#air.loss || air.delayUs !== this.#air.delayUs) {
      for (const rule of this.#rules) rules.remove(rule);
      const add = (effect: FaultEffect, probability: number, time: number): void => {
        if (probability > 0) this.#rules.push(this.world.addFault({ effect, probability, time: us(time) }));
      };
      this.#rules = [];
      add('drop', air.loss, 0);
      add('delay', air.delayUs > 0 ? 1 : 0, air.delayUs);
    }
    const [ap] = this.world.accessPoints;
    // Untouched, the signal is the medium's own, as in a world without a page.
    if (air.rssi !== this.#air.rssi) ap?.setRssi(air.rssi);
    if (ap !== undefined && ap.up !== air.apUp) ap.setUp(air.apUp);
    if (this.world.router !== undefined) this.world.router.answersNames = !air.dnsSilent;
  }
}
