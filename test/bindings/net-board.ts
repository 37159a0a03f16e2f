/** A device on a wire that leads to the test: for tests of what a module says to its caller. */
import { net } from '../../bindings/nodemcu/net.ts';
import {
  type Link,
  type LinkHandler,
  type Micros,
  ms,
  Rng,
  SILENT,
  toLatin1,
  VirtualClock,
} from '../../runtime/core/index.ts';
import { Device, type Firmware, type LuaModule } from '../../runtime/device/index.ts';
import { type Ipv4Address, ipv4, type MacAddress, macBytes } from '../../runtime/wire/index.ts';

const MAC = 0x18fe34010203 as MacAddress;

export interface BoardOptions {
  readonly lua?: '5.1' | '5.3';
  /** False leaves the interface without an address. */
  readonly address?: boolean;
  readonly modules?: readonly LuaModule[];
  readonly firmware?: Firmware;
  /** By default the build has TLS. */
  readonly ssl?: boolean;
}

/** A booted device at 192.168.1.50 with the `net` module, and what it printed. */
export class Board {
  readonly clock = new VirtualClock();
  readonly sent: Uint8Array[] = [];
  readonly notes: string[] = [];
  readonly device: Device;
  #console = '';
  #handler: LinkHandler | undefined;

  constructor(options: BoardOptions = {}) {
    const link: Link = {
      hwaddr: macBytes(MAC),
      up: true,
      send: (frame) => this.sent.push(frame),
      attach: (handler) => {
        this.#handler = handler;
      },
    };
    this.device = new Device({
      clock: this.clock,
      rng: new Rng(1),
      trace: SILENT,
      name: 'board',
      link,
      modules: options.modules ?? [net],
      profile: {
        mac: MAC,
        lua: options.lua ?? '5.1',
        ssl: options.ssl ?? true,
        firmware: options.firmware ?? '3.0',
        instructionUs: 0,
        bootDelay: 0 as Micros,
        uartTimed: false,
        station: undefined,
      },
    });
    this.device.events.on('uart', (_port, bytes) => {
      this.#console += toLatin1(bytes);
    });
    this.device.start();
    this.clock.runUntil(0 as Micros);
    if (options.address === false) return;
    const netif = this.device.stack.netifs[0];
    this.device.cpu.run(() => {
      netif?.setAddr(ipv4(192, 168, 1, 50), ipv4(255, 255, 255, 0), ipv4(192, 168, 1, 1) as Ipv4Address);
      netif?.setUp();
    });
    this.run(1000);
    this.sent.length = 0;
  }

  /** A frame arrives. */
  deliver(frame: Uint8Array): void {
    this.#handler?.onFrame(frame);
  }

  /** Lets that many milliseconds pass. */
  run(delayMs: number): void {
    this.clock.runUntil((this.clock.now() + ms(delayMs)) as Micros);
  }

  /** Runs lines as a task with chunk name `t` and returns the lines printed meanwhile. */
  lua(source: string): string[] {
    this.#console = '';
    const { lua } = this.device;
    const loaded = lua.load(source, '=t');
    if (!loaded.ok) throw new Error(loaded.message);
    this.device.cpu.run(() => lua.pcallx(loaded.chunk, []));
    loaded.chunk.release();
    return this.takeConsole();
  }

  takeConsole(): string[] {
    const lines = this.#console.split('\r\n').slice(0, -1);
    this.#console = '';
    return lines;
  }

  /** The message of the error that a statement raises. */
  errorOf(statement: string): string {
    const [line] = this.lua(`print(select(2, pcall(function() ${statement} end)))`);
    return line ?? '(nothing)';
  }
}
