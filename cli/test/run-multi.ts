/**
 * multi_X.lua: several devices in one file, as MicroPython's tests have them. Each device loads the file; device N runs
 * instanceN() once the one before it has called multitest.next(). The consoles are compared with multi_X.expect.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { defineModule, raw } from '../../bindings/index.ts';
import type { Device, LuaCall, LuaInput, LuaModule, LuaRef } from '../../runtime/index.ts';
import { type TestDevice, type TestWorld, Unmet, world } from '../testing/index.ts';
import { Golden } from './golden.ts';
import type { RunSettings, TestCase, Verdict } from './outcome.ts';
import { complain, failed } from './run-scenario.ts';
import { Sources } from './sources.ts';

export function runMulti(test: TestCase, settings: RunSettings): Verdict {
  const { sources = new Sources(), update, libraries } = settings;
  const name = basename(test.file);
  const source = sources.read(test.file);
  const count = new Set(source.toString('latin1').match(/^function instance\d+\b/gm)).size;
  if (count === 0) return { status: 'invalid', failures: [{ message: 'the file has no function instance0' }] };
  const net = world({ seed: test.seed });
  const files: Record<string, Uint8Array> = { [name]: source };
  for (const library of libraries) files[library.name] = sources.read(library.host);
  const stage = new Stage(net);
  for (let i = 0; i < count; i++) {
    const device = net.device({ name: `instance${i}`, files, run: name, modules: [stage.module()] });
    sources.flashed(device.name, name, test.file, source);
  }
  settings.onWorld?.(net);
  const golden = new Golden(dirname(test.file), update, sources);
  try {
    stage.play();
    complain(net, 0);
    const expected = name.replace(/\.lua$/, '.expect');
    if (update || existsSync(join(dirname(test.file), expected)))
      golden.check(expected, net.devices.map(section).join(''), 'what the devices print');
  } catch (error) {
    if (error instanceof Unmet || error instanceof TypeError) return failed(error, net, {});
    throw error;
  } finally {
    settings.onEnd?.(net);
  }
  return { status: 'pass', failures: [], updated: golden.updated };
}

const section = ({ name, console }: TestDevice): string => `--- ${name} ---\n${console.replace(/\n?$/, '\n')}`;

interface Listener {
  readonly device: Device;
  readonly message: string;
  readonly fn: LuaRef;
}

/** Who may begin, and what the devices tell each other past the network. */
class Stage {
  readonly #net: TestWorld;
  readonly #listeners: Listener[] = [];
  /** Messages that somebody has not waited for yet. */
  readonly #waiting: { readonly device: Device; readonly message: string }[] = [];
  /** Devices that have begun or may. */
  #released = 1;
  #begun = 0;

  constructor(net: TestWorld) {
    this.#net = net;
  }

  /** Lets everybody play until all have come to rest; throws when somebody never had their turn. */
  play(): void {
    const { devices } = this.#net;
    do {
      this.#net.rest('2m');
      complain(this.#net, 0);
      for (; this.#begun < Math.min(this.#released, devices.length); this.#begun++)
        devices[this.#begun]?.writeSerial(`instance${this.#begun}()\n`);
      this.#net.run('1ms');
    } while (!this.#resting());
    const next = devices[this.#begun];
    if (next !== undefined)
      throw new Unmet(`${next.name} never began: nobody has called multitest.next()`, { timeout: true });
    const [listener] = this.#listeners;
    if (listener !== undefined)
      throw new Unmet(`${listener.device.name} waited for '${listener.message}' in vain`, { timeout: true });
  }

  #resting(): boolean {
    const idle = this.#net.devices.every(({ device }) => device.wakeSources().finite.length === 0);
    return idle && this.#begun >= Math.min(this.#released, this.#net.devices.length);
  }

  /** The module `multitest`. */
  module(): LuaModule {
    return defineModule({ name: 'multitest' }, (device) => ({
      functions: {
        next: raw(() => {
          this.#released++;
        }),
        globals: raw((call) => this.#globals(device, call)),
        broadcast: raw((call) => this.#broadcast(device, call.checkText(1))),
        wait: raw((call) => this.#wait(device, call)),
      },
    }));
  }

  #globals(from: Device, call: LuaCall): undefined {
    call.checkType(1, 'table');
    const pairs = call.handle(1)?.pairs() ?? [];
    for (const { device } of this.#net.devices)
      for (const [name, value] of pairs)
        if (device !== from && !device.off) device.lua.setGlobal(String(name), value as LuaInput);
    return undefined;
  }

  #broadcast(from: Device, message: string): undefined {
    for (const { device } of this.#net.devices) {
      if (device === from) continue;
      const at = this.#listeners.findIndex((one) => one.device === device && one.message === message);
      const [listener] = at < 0 ? [] : this.#listeners.splice(at, 1);
      if (listener === undefined) this.#waiting.push({ device, message });
      else tell(listener);
    }
    return undefined;
  }

  #wait(device: Device, call: LuaCall): undefined {
    const message = call.checkText(1);
    call.checkType(2, 'function');
    const listener = { device, message, fn: call.ref(2) };
    const at = this.#waiting.findIndex((one) => one.device === device && one.message === message);
    if (at < 0) this.#listeners.push(listener);
    else {
      this.#waiting.splice(at, 1);
      tell(listener);
    }
    return undefined;
  }
}

/** As an event of its own. */
function tell({ device, message, fn }: Listener): void {
  device.cpu.run(() => {
    device.lua.pcallx(fn);
    fn.release();
  }, `multitest ${message}`);
}
