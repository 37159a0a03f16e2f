/**
 * The device's UART0 on a TCP port, raw or with control lines (RFC 2217). Everybody who connects sees everything and
 * may type. What comes in arrives at the speed of the line, so that a pasted file does not overrun the device's buffer.
 */
import { BOOT, type Device, type Timer, us, type World } from '../runtime/index.ts';
import { type Door, formatAddress, type Line } from './door.ts';
import { Rfc2217 } from './rfc2217.ts';
import { type Startup, whyNot } from './startup.ts';

export interface SerialSpec {
  readonly protocol: 'raw' | 'rfc2217';
  readonly at: { readonly host: string; readonly port: number };
}

export interface SerialEnv {
  readonly world: World;
  readonly device: Device;
  readonly door: Door;
  readonly startup: Startup;
  readonly say: (line: string) => void;
}

/** The UART raises its interrupt at so many bytes in its FIFO; they are handed over in such pieces. */
const PIECE = 16;
/** Start, eight data and stop bits. */
const BITS_PER_BYTE = 10;
/** Bytes on their way to the device above which a client has to wait, and below which it goes on. */
const QUEUE_HIGH = 4096;
const QUEUE_LOW = 1024;
/** Bytes a client has not read; beyond it loses some, as a slow terminal would. */
const MAX_UNREAD = 1 << 20;

interface Client {
  readonly line: Line;
  readonly telnet: Rfc2217 | undefined;
  unread: number;
}

export class SerialPort {
  readonly #env: SerialEnv;
  readonly #spec: SerialSpec;
  readonly #clients = new Set<Client>();
  #queue: Uint8Array = new Uint8Array(0);
  #paused = false;
  readonly #feed: Timer;
  /** The lines say: EN is low. */
  #held = false;

  constructor(env: SerialEnv, spec: SerialSpec) {
    this.#env = env;
    this.#spec = spec;
    this.#feed = env.world.clock.timer('serial', () => this.#feedDevice());
    env.device.events.on('uart', (port, bytes) => {
      if (port === 0) for (const client of this.#clients) this.#show(client, bytes);
    });
    this.#listen();
  }

  #listen(): void {
    const { door, startup, say } = this.#env;
    const { at, protocol } = this.#spec;
    const done = startup.begin();
    const listener = door.open({ do: 'listen', at }, (arrival) => {
      if (arrival.is === 'open')
        say(`the console is at ${protocol === 'raw' ? 'tcp' : 'rfc2217'} ${formatAddress(arrival.at ?? at)}`);
      done(arrival.is === 'closed' ? `serial: ${whyNot(formatAddress(at), arrival.error)}` : undefined);
    });
    listener.onAccepted = (line) => this.#onClient(line);
  }

  #onClient(line: Line): void {
    const telnet =
      this.#spec.protocol === 'raw'
        ? undefined
        : new Rfc2217({
            send: (data) => line.order({ do: 'send', data }),
            receive: (data) => this.#enqueue(data),
            control: (lines) => this.#control(lines),
            purge: () => {
              this.#queue = new Uint8Array(0);
            },
          });
    const client: Client = { line, telnet, unread: 0 };
    this.#clients.add(client);
    line.onArrival = (arrival) => {
      if (arrival.is === 'data' && telnet === undefined) this.#enqueue(arrival.data);
      else if (arrival.is === 'data') telnet?.feed(arrival.data);
      else if (arrival.is === 'room') client.unread = 0;
      else if (arrival.is === 'end') line.order({ do: 'end' });
      else if (arrival.is === 'closed') this.#clients.delete(client);
    };
    line.order({ do: this.#paused ? 'pause' : 'resume' });
    telnet?.start();
  }

  #show(client: Client, bytes: Uint8Array): void {
    const data = client.telnet?.encode(bytes) ?? bytes;
    if (client.unread > MAX_UNREAD) return;
    client.unread += data.length;
    client.line.order({ do: 'send', data });
  }

  #enqueue(bytes: Uint8Array): void {
    const queue = new Uint8Array(this.#queue.length + bytes.length);
    queue.set(this.#queue);
    queue.set(bytes, this.#queue.length);
    this.#queue = queue;
    if (!this.#feed.armed) this.#feed.arm(us(0));
    this.#setPaused(queue.length > QUEUE_HIGH || (this.#paused && queue.length > QUEUE_LOW));
  }

  #feedDevice(): void {
    const { device } = this.#env;
    const piece = this.#queue.subarray(0, PIECE);
    this.#queue = this.#queue.subarray(piece.length);
    if (piece.length === 0) return;
    device.receive(piece.slice());
    this.#feed.arm(us((piece.length * BITS_PER_BYTE * 1e6) / device.uart.config(0).baud));
    if (this.#paused && this.#queue.length <= QUEUE_LOW) this.#setPaused(false);
  }

  #setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    for (const { line } of this.#clients) line.order({ do: paused ? 'pause' : 'resume' });
  }

  /** The two transistors of a NodeMCU board: RTS without DTR pulls EN low; when it lets go, the chip boots. */
  #control({ dtr, rts }: { readonly dtr: boolean; readonly rts: boolean }): void {
    const held = rts && !dtr;
    if (this.#held && !held) this.#env.device.reset(BOOT.EXTERNAL);
    this.#held = held;
  }
}
