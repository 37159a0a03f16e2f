/** A device on a table: no network, free computing by default, a console that is read as text. */
import type { Test } from 'tap';
import { NODEMCU_MODULES } from '../../bindings/index.ts';
import { fromLatin1, ms, Rng, SILENT, toLatin1, VirtualClock } from '../../runtime/core/index.ts';
import { Device, type DeviceEnv, type Profile } from '../../runtime/device/index.ts';

export interface EspOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly profile?: Partial<Profile>;
  readonly env?: Partial<DeviceEnv>;
  readonly clock?: VirtualClock;
}

export class Esp {
  readonly clock: VirtualClock;
  readonly device: Device;
  /** What was seen from outside besides console bytes, as `name values`. */
  readonly events: string[] = [];
  #console = '';

  /** Made powered on, booted and with the first prompt read. */
  constructor(options: EspOptions = {}) {
    this.clock = options.clock ?? new VirtualClock();
    this.device = new Device({
      clock: this.clock,
      rng: new Rng(1),
      trace: SILENT,
      name: 'esp',
      modules: NODEMCU_MODULES,
      profile: { instructionUs: 0, uartTimed: false, bootDelay: ms(0), station: undefined, ...options.profile },
      ...options.env,
    });
    for (const [name, content] of Object.entries(options.files ?? {})) this.device.flash.put(name, fromLatin1(content));
    const { events } = this.device;
    events.on('uart', (port, bytes) => {
      if (port === 0) this.#console += toLatin1(bytes);
    });
    events.on('restart', () => this.events.push('restart'));
    events.on('reset', (raw, reason, at) => this.events.push(`reset ${raw} ${reason} @${at / 1000}`));
    events.on('sleep', (duration, option) => this.events.push(`sleep ${duration} ${option}`));
    events.on('crash', (reason, message, at) => this.events.push(`crash ${reason} ${message} @${at / 1000}`));
    events.on('pin', (pin, level, at) => this.events.push(`pin ${pin}=${level} @${at / 1000}`));
    this.device.start();
    this.run(0);
  }

  /** Advances device time by `msec`. */
  run(msec: number): this {
    this.clock.runUntil(ms(this.clock.now() / 1000 + msec));
    return this;
  }

  /** Console output since the last look. */
  take(): string {
    const text = this.#console;
    this.#console = '';
    return text;
  }

  /** Runs Lua lines like a protected callback until the CPU is free, and gives back the lines printed by then. */
  lua(...lines: string[]): string[] {
    this.take();
    const loaded = this.device.lua.load(lines.join('\n'), '=t');
    if (!loaded.ok) return [loaded.message];
    this.device.cpu.run(() => {
      this.device.lua.pcallx(loaded.chunk);
      loaded.chunk.release();
    });
    this.run(0);
    while (!this.device.off && !this.device.cpu.idle) this.run(1);
    return this.lines();
  }

  /** The whole lines of the console since the last look. */
  lines(): string[] {
    return this.take().split('\r\n').slice(0, -1);
  }

  /** The message of the error that an expression raises, without its position. */
  error(expression: string): string {
    const [line = ''] = this.lua(
      `local ok, e = pcall(function() return ${expression} end) print(ok and 'no error' or e)`,
    );
    return line.replace(/^t:\d+: /, '');
  }

  /** Bytes arrive at UART0, one after the other. */
  type(text: string): string {
    for (const c of text) {
      this.device.receive(fromLatin1(c));
      this.run(0);
    }
    return this.take();
  }
}

/** `[expression, message]` rows against a fresh device. */
export function errorRows(t: Test, rows: readonly (readonly [string, string])[]): void {
  const esp = new Esp();
  for (const [expression, message] of rows) t.equal(esp.error(expression), message, expression);
}
