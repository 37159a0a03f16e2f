/** The device under test: a whole Device on a wire instead of the radio, computing for free, at the phases of a recording. */
import { NODEMCU_MODULES } from '../../bindings/nodemcu/index.ts';
import { net } from '../../bindings/nodemcu/net.ts';
import {
  type Link,
  type LinkHandler,
  type Micros,
  ms,
  Rng,
  SILENT,
  type Timer,
  toLatin1,
  VirtualClock,
} from '../../runtime/core/index.ts';
import { Device } from '../../runtime/device/index.ts';
import type { Netif, TcpPcb } from '../../runtime/stack/index.ts';
import {
  ARP_REPLY,
  ARP_REQUEST,
  ETHERTYPE_ARP,
  emitArp,
  emitEthernet,
  formatIpv4,
  type Ipv4Address,
  MAC_BROADCAST,
  MAC_ZERO,
  type MacAddress,
  macBytes,
  parseArp,
  parseEthernet,
} from '../../runtime/wire/index.ts';
import type { Vector } from './format.ts';
import { addressOf, macOf } from './frames.ts';

/** What the rig reports; times in milliseconds of vector time. */
export interface RigListener {
  onFrame(bytes: Uint8Array, at: number): void;
  onConsole(text: string, at: number): void;
  onScriptError(message: string, at: number): void;
  onEvent(name: string, at: number): void;
  onRestart(at: number): void;
  onWatchdog(at: number): void;
}

/** Time from power-on to t = 0 where the vector names none: reports and announcements are long gone by then. */
const UPTIME_MS = 10_000;
/** When the peers introduce themselves, so that the ARP cache holds them. */
const INTRODUCTIONS_MS = 1000;

/** A wire whose other end is the rig. */
class Wire implements Link {
  readonly hwaddr: Uint8Array;
  readonly up = true;
  readonly #onSend: (frame: Uint8Array) => void;
  #handler: LinkHandler | undefined;

  constructor(mac: MacAddress, onSend: (frame: Uint8Array) => void) {
    this.hwaddr = macBytes(mac);
    this.#onSend = onSend;
  }

  send(frame: Uint8Array): void {
    this.#onSend(frame);
  }

  attach(handler: LinkHandler): void {
    this.#handler = handler;
  }

  deliver(frame: Uint8Array): void {
    this.#handler?.onFrame(frame);
  }
}

export class Rig {
  readonly #vector: Vector;
  readonly #listener: RigListener;
  readonly #clock = new VirtualClock();
  readonly #base: Micros;
  readonly #mac: MacAddress;
  readonly #wire: Wire;
  readonly #device: Device;
  /** Peers that answer ARP without being counted. */
  readonly #peers: ReadonlyMap<Ipv4Address, MacAddress>;
  readonly #answers: Uint8Array[] = [];
  readonly #answerTimer: Timer;
  #started = false;

  constructor(vector: Vector, listener: RigListener) {
    this.#vector = vector;
    this.#listener = listener;
    this.#base = ms(vector.device.uptimeMs ?? UPTIME_MS);
    this.#mac = macOf(vector.device.mac);
    const { mode, entries } = vector.device.arp;
    const known = mode === 'static' ? Object.entries(entries ?? {}) : [];
    this.#peers = new Map(known.map(([ip, mac]) => [addressOf(ip), macOf(mac)]));
    this.#answerTimer = this.#clock.timer('arp answers', () => this.#answer());
    this.#wire = new Wire(this.#mac, (frame) => this.#onSend(frame));
    this.#device = new Device({
      clock: this.#clock,
      rng: new Rng(1),
      trace: SILENT,
      name: 'vec',
      link: this.#wire,
      modules: NODEMCU_MODULES.includes(net) ? NODEMCU_MODULES : [...NODEMCU_MODULES, net],
      profile: {
        mac: this.#mac,
        lua: '5.1',
        ssl: false,
        instructionUs: 0,
        bootDelay: 0 as Micros,
        uartTimed: false,
        station: undefined,
        // Heap limits are outside the recordings.
        heapBytes: 1 << 24,
      },
    });
    this.#listen();
    this.#boot();
  }

  /** Milliseconds of vector time. */
  get now(): number {
    return this.#toMs(this.#clock.now());
  }

  /** When the next thing happens, in ms; undefined when nothing will. */
  get nextAt(): number | undefined {
    const { nextAt } = this.#clock;
    return nextAt === undefined ? undefined : this.#toMs(nextAt);
  }

  step(): void {
    this.#clock.step();
  }

  /** Runs everything that happens up to `t` ms, `t` included. */
  runUntil(t: number): void {
    this.#clock.runUntil(this.#toMicros(t));
  }

  /** Runs a piece of Lua as a task; returns a message if it does not compile. */
  lua(source: string, chunkName: string): string | undefined {
    const loaded = this.#device.lua.load(source, chunkName);
    if (!loaded.ok) return loaded.message;
    this.#device.cpu.run(() => {
      this.#device.lua.pcallx(loaded.chunk, []);
      loaded.chunk.release();
    });
    return undefined;
  }

  deliver(frame: Uint8Array): void {
    this.#wire.deliver(frame);
  }

  /** `link down`, `link up`, `ip A`, `dhcp start`. */
  ctl(command: string): void {
    const [word, rest] = command.split(' ');
    this.#device.cpu.run(() => {
      const netif = this.#netif;
      if (command === 'dhcp start') netif.dhcpStart();
      else if (word === 'ip') netif.setAddr(addressOf(rest), netif.netmask, netif.gateway);
      else if (rest === 'up') netif.setUp();
      else netif.setDown();
    });
  }

  /** All connections as the format names them. */
  connections(): { state: string; port: number; remote: string }[] {
    const { active, timeWait } = this.#device.stack.tcp;
    return [...active, ...timeWait].map((pcb: TcpPcb) => ({
      state: pcb.state.replace('SYN-RECEIVED', 'SYN_RCVD').replaceAll('-', '_'),
      port: pcb.localPort,
      remote: `${formatIpv4(pcb.remoteAddr)}:${pcb.remotePort}`,
    }));
  }

  get #netif(): Netif {
    return this.#device.stack.netifs[0] as Netif;
  }

  #toMs(at: Micros): number {
    return (at - this.#base) / 1000;
  }

  #toMicros(t: number): Micros {
    return (this.#base + Math.round(t * 1000)) as Micros;
  }

  #listen(): void {
    const { events } = this.#device;
    events.on('uart', (port, bytes, at) => {
      if (this.#started && port === 0) this.#listener.onConsole(toLatin1(bytes), this.#toMs(at));
    });
    events.on('restart', (at) => this.#listener.onRestart(this.#toMs(at)));
    events.on('crash', (reason, _message, at) => {
      if (reason === 'watchdog') this.#listener.onWatchdog(this.#toMs(at));
    });
  }

  /** Powers on, gives the interface its addresses and stands at t = 0. */
  #boot(): void {
    const { device } = this.#vector;
    this.#device.start();
    this.#clock.runUntil(0 as Micros);
    this.#device.cpu.run(() => {
      for (const [i, server] of device.dns.entries()) this.#device.stack.dns.setServer(i, addressOf(server));
      this.#netif.onLease = () => this.#listener.onEvent('got-ip', this.now);
      if (device.ip === null) return;
      this.#netif.setAddr(addressOf(device.ip), addressOf(device.netmask ?? ''), addressOf(device.gateway ?? ''));
      this.#netif.setUp();
    });
    this.#clock.runUntil(ms(INTRODUCTIONS_MS));
    for (const [addr, mac] of this.#peers) this.deliver(this.#arp(ARP_REQUEST, addr, mac));
    this.#clock.runUntil(this.#base);
    this.#started = true;
    this.#setPhases();
    const { lua } = this.#device;
    // Recorded with a Lua that keeps the names of locals; they show in the text of some errors.
    lua.stripLevel = 0;
    const onError = lua.ref((call) => {
      this.#listener.onScriptError(call.toText(1) ?? '', this.now);
      return undefined;
    });
    this.#device.program.setOnError(onError);
  }

  /** The TCP timer needs no phase: it starts with the first connection, on the grid of the others. */
  #setPhases(): void {
    const { timers } = this.#vector.device;
    /** Time to the next tick after t = 0; a tick at 0 itself has just been. */
    const next = (name: string): { [key: string]: Micros } => {
      const at = timers[`${name}At`] ?? timers[`${name}TickAt`];
      const interval = timers[`${name}Ms`] ?? timers[`${name}TickMs`];
      if (typeof at !== 'number' || typeof interval !== 'number') return {};
      return { [name]: ms(at % interval === 0 ? interval : at % interval) };
    };
    this.#device.stack.setPhases({
      ...next('arp'),
      ...next('igmp'),
      ...next('dns'),
      ...next('dhcpFine'),
      ...next('dhcpCoarse'),
    });
  }

  #onSend(frame: Uint8Array): void {
    if (this.#answersArp(frame)) return;
    if (this.#started) this.#listener.onFrame(frame, this.now);
  }

  /** Static ARP: requests for known peers are answered at once, and no ARP frame counts. */
  #answersArp(bytes: Uint8Array): boolean {
    if (this.#vector.device.arp.mode !== 'static') return false;
    const frame = parseEthernet(bytes);
    if (!frame.ok || frame.value.etherType !== ETHERTYPE_ARP) return false;
    const arp = parseArp(frame.value.payload);
    const mac = arp.ok && arp.value.op === ARP_REQUEST ? this.#peers.get(arp.value.targetIp) : undefined;
    if (arp.ok && mac !== undefined) {
      this.#answers.push(this.#arp(ARP_REPLY, arp.value.targetIp, mac));
      this.#answerTimer.arm(0 as Micros);
    }
    return true;
  }

  #answer(): void {
    for (const answer of this.#answers.splice(0)) this.deliver(answer);
  }

  #arp(op: number, senderIp: Ipv4Address, senderMac: MacAddress): Uint8Array {
    const reply = op === ARP_REPLY;
    const targetIp = this.#netif.addr;
    const payload = emitArp({ op, senderMac, senderIp, targetMac: reply ? this.#mac : MAC_ZERO, targetIp });
    const dst = reply ? this.#mac : MAC_BROADCAST;
    return emitEthernet({ dst, src: senderMac, etherType: ETHERTYPE_ARP, payload });
  }
}
