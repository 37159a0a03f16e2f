/** One device as the page sees it: its console, pins, heap, files, and what went wrong on it. */
import { type Device, formatIpv4, formatMac, fromLatin1, Led, makePart, Ssd1306 } from '../../runtime/index.ts';
import { ConsoleQueue } from './console-queue.ts';
import type { DeviceSpec, DeviceView, FlatFile, PinView, Trouble } from './protocol.ts';

const PINS = 13;
const MODES = ['in', 'out', 'int', 'od'] as const;
/** So many complaints are enough for one update. */
const TROUBLES = 50;
/** Files that a script writes are shown up to this size. */
const SHOWN_FILE = 64 * 1024;

export class DeviceDesk {
  readonly device: Device;
  readonly #console = new ConsoleQueue();
  readonly #lines: string[];
  readonly #held: (0 | 1)[] = Array.from({ length: PINS }, () => 1);
  #troubles: Trouble[] = [];
  #asleep = false;
  #revision: number;
  /** What the page knows of the flash. */
  readonly #known = new Map<string, Uint8Array>();

  /** Puts files and parts in place; throws an Error whose message is for the user. */
  constructor(device: Device, spec: DeviceSpec) {
    this.device = device;
    for (const { name, bytes } of spec.files) {
      if (!device.flash.put(name, bytes)) throw new Error(`${name} does not fit on the flash of ${device.name}`);
      this.#know(name);
    }
    for (const text of spec.parts) {
      const made = makePart(text);
      if (!made.ok) throw new Error(made.message);
      device.hardware.attach(made.part);
    }
    this.#revision = device.flash.revision;
    this.#lines = [...(spec.script === undefined ? [] : [dofileLine(spec.script)]), ...(spec.lines ?? [])];
    this.#listen();
  }

  #listen(): void {
    const { events } = this.device;
    const trouble = (kind: Trouble['kind'], message: string, at: number): void => {
      if (this.#troubles.length < TROUBLES) this.#troubles.push({ kind, message, at });
    };
    events.on('uart', (port, bytes) => {
      if (port === 0) this.#console.add(bytes);
    });
    events.on('scriptError', (message, at) => trouble('error', message, at));
    events.on('crash', (reason, message, at) => trouble(reason, message, at));
    events.on('explain', (note, at) => trouble('note', note, at));
    events.on('sleep', () => {
      this.#asleep = true;
    });
    events.on('reset', () => {
      this.#asleep = false;
    });
  }

  get typed(): boolean {
    return this.#lines.length === 0;
  }

  /** Types the next line if the device has nothing to do at the moment. */
  typeWhenIdle(): void {
    const { device } = this;
    if (this.typed || device.off || !device.cpu.idle || device.tasks.length > 0) return;
    device.receive(fromLatin1(`${this.#lines.shift()}\r`));
  }

  /** Console bytes wait to be shown. */
  get more(): boolean {
    return !this.#console.empty;
  }

  hold(pin: number, level: 0 | 1): void {
    this.#held[pin] = level;
    this.device.hardware.apply(pin, level);
  }

  /** The page's own change of the flash. */
  put({ name, bytes }: FlatFile): boolean {
    const fits = this.device.flash.put(name, bytes);
    this.#know(name);
    return fits;
  }

  /** Everything since the last call. */
  view(): DeviceView {
    const { device } = this;
    const { bytes, skipped } = this.#console.take();
    const troubles = this.#troubles;
    this.#troubles = [];
    return {
      name: device.name,
      off: device.off,
      asleep: this.#asleep,
      ip: addressOf(device),
      addresses: namesOf(device),
      freeHeap: device.off ? 0 : device.freeHeap,
      boots: device.boots,
      pins: Array.from({ length: PINS }, (_, pin) => this.#pin(pin)),
      parts: device.hardware.parts.map((part) => ({
        kind: part.kind,
        look: part instanceof Led ? `${part.brightness}` : (part.look?.() ?? ''),
        ...(part instanceof Ssd1306 ? { pixels: part.png() } : {}),
      })),
      console: bytes,
      skipped,
      files: this.#changedFiles(),
      troubles,
    };
  }

  #pin(pin: number): PinView {
    const { gpio } = this.device;
    const duty = gpio.pulses(pin)?.duty;
    return {
      level: gpio.read(pin),
      mode: MODES[gpio.mode(pin)] ?? 'in',
      held: this.#held[pin] ?? 1,
      ...(duty === undefined ? {} : { duty }),
    };
  }

  #changedFiles(): readonly FlatFile[] | undefined {
    const { flash } = this.device;
    if (flash.revision === this.#revision) return undefined;
    this.#revision = flash.revision;
    const changed: FlatFile[] = [];
    for (const { name, size } of flash.list()) {
      const bytes = flash.read(name);
      if (bytes === undefined || this.#known.get(name) === bytes) continue;
      this.#known.set(name, bytes);
      changed.push({ name, bytes: size > SHOWN_FILE ? bytes.slice(0, SHOWN_FILE) : bytes.slice() });
    }
    return changed;
  }

  #know(name: string): void {
    const bytes = this.device.flash.read(name);
    if (bytes !== undefined) this.#known.set(name, bytes);
  }
}

/** The address of the station, else that of the device's own access point. */
function addressOf(device: Device): string | undefined {
  if (device.off) return undefined;
  const up = device.stack.netifs.filter((netif) => netif.up && netif.addr !== 0);
  const [first] = [...up.filter(({ name }) => name === 'st'), ...up];
  return first === undefined ? undefined : formatIpv4(first.addr);
}

/** Its MAC and IP addresses; those of its access point are told apart. */
function namesOf(device: Device): (readonly [string, string])[] {
  const { name, profile } = device;
  const macs = [
    [formatMac(profile.mac), name],
    [formatMac(profile.apMac), `${name} AP`],
  ] as const;
  if (device.off) return [...macs];
  const netifs = device.stack.netifs.filter((netif) => netif.up && netif.addr !== 0);
  return [
    ...macs,
    ...netifs.map((netif) => [formatIpv4(netif.addr), netif.name === 'st' ? name : `${name} AP`] as const),
  ];
}

const dofileLine = (name: string): string => `dofile("${name.replace(/["\\]/g, '\\$&')}")`;
