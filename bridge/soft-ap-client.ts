/** The way to a device that is only an access point: a laptop that joins its network, as its user would. */
import {
  type Device,
  HostStream,
  type Ipv4Address,
  type Micros,
  ms,
  type Phone,
  type StreamHandler,
  seconds,
  type Timer,
  type World,
} from '../runtime/index.ts';

/** lwIP's. */
const OK = 0;
const LOOK_EVERY = ms(100);
/** For a scan of all channels, the handshake and a lease. */
const PATIENCE = seconds(20);

/** Gets the connection once it is begun; undefined when the network cannot be joined. */
type Begun = (stream: HostStream | undefined) => void;

export class SoftApClient {
  readonly #world: World;
  readonly #device: Device;
  readonly #say: (line: string) => void;
  readonly #look: Timer;
  #laptop: Phone | undefined;
  #until = 0 as Micros;
  #waiting: { readonly port: number; readonly handler: StreamHandler; readonly begun: Begun }[] = [];

  constructor(world: World, device: Device, say: (line: string) => void) {
    this.#world = world;
    this.#device = device;
    this.#say = say;
    this.#look = world.clock.timer('soft-ap-client', () => this.#onLook());
  }

  /** The device has a network of its own, and no address in the LAN. */
  get needed(): boolean {
    const { softAp, ip } = this.#device.wifi;
    return softAp.on && (ip === undefined || ip.addr === 0);
  }

  /** Opens a connection to the access point's own address, in the network first if need be. */
  connect(port: number, handler: StreamHandler, begun: Begun): void {
    this.#waiting.push({ port, handler, begun });
    if (this.#look.armed) return;
    this.#join();
    this.#until = (this.#world.now + PATIENCE) as Micros;
    this.#look.arm(0 as Micros);
  }

  #join(): void {
    const { ssid, password } = this.#device.wifi.softAp.config;
    if (this.#laptop === undefined)
      this.#say(`${this.#device.name} is only an access point; a laptop joins '${ssid}' to get there`);
    this.#laptop ??= this.#world.addPhone({ name: 'laptop' });
    if (this.#laptop.address !== undefined && this.#laptop.wanted?.ssid === ssid) return;
    this.#laptop.join(ssid, password === '' ? undefined : password, () => {});
  }

  #onLook(): void {
    const { ip } = this.#device.wifi.softAp;
    const there = this.#laptop?.address !== undefined && ip !== undefined;
    if (!there && this.#world.now < this.#until) {
      this.#look.arm(LOOK_EVERY);
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { port, handler, begun } of waiting) begun(there ? this.#open(ip.addr, port, handler) : undefined);
  }

  #open(addr: Ipv4Address, port: number, handler: StreamHandler): HostStream | undefined {
    const pcb = this.#laptop?.stack.tcp.newPcb();
    if (pcb === undefined || pcb.connect(addr, port) !== OK) return undefined;
    const stream = new HostStream(this.#world.clock, pcb);
    stream.handler = handler;
    return stream;
  }
}
