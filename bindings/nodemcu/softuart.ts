/** `softuart`: serial ports made of two pins. Firmware: app/modules/softuart.c */
import { type Timer, us } from '../../runtime/core/index.ts';
import { type Device, type Level, PIN_COUNT, PIN_MODE, type PinWatcher, PRIORITY } from '../../runtime/device/index.ts';
import { UartDecoder } from '../../runtime/hardware/index.ts';
import type { LuaCall, LuaRef } from '../../runtime/vm/index.ts';
import { classSpec, defineModule, type LuaResult, luaClass, raw } from './lua.ts';

const BUFFER = 128;
const BAUD_LIMIT = 230_400;

/** One port. Received bytes wait in a buffer until there are enough of them, or one is the end character. */
class SoftPort implements PinWatcher {
  readonly tx: number | undefined;
  readonly rx: number | undefined;
  readonly #device: Device;
  readonly #baud: number;
  readonly #decoder: UartDecoder;
  readonly #timer: Timer;
  #buffer: number[] = [];
  #callback: LuaRef | undefined;
  #needed = BUFFER;
  #end = 0;
  #armed = false;

  constructor(device: Device, baud: number, tx: number | undefined, rx: number | undefined) {
    this.#device = device;
    this.#baud = baud;
    this.tx = tx;
    this.rx = rx;
    this.#decoder = new UartDecoder(baud);
    this.#timer = device.clock.timer('softuart', () => this.#collect());
    if (tx !== undefined) {
      device.gpio.setMode(tx, PIN_MODE.OUTPUT);
      device.gpio.write(tx, 1);
    }
    if (rx === undefined) return;
    device.gpio.setMode(rx, PIN_MODE.INTERRUPT);
    device.gpio.watch(rx, this);
  }

  /** Calls back at `needed` bytes, or with 0 at each `end` character. */
  listen(needed: number, end: number, callback: LuaRef): void {
    this.#callback?.release();
    this.#callback = callback;
    this.#needed = needed & 0xffff;
    this.#end = end;
    this.#armed = true;
  }

  close(): void {
    this.#timer.cancel();
    this.#callback?.release();
    this.#callback = undefined;
    if (this.rx !== undefined) this.#device.gpio.watch(this.rx, undefined);
  }

  edge(level: Level): void {
    this.#decoder.edge(level, this.#device.clock.now());
    this.#arm();
  }

  send(byte: number): void {
    const { gpio, cpu } = this.#device;
    const pin = this.tx as number;
    const begin = this.#device.clock.now();
    for (let i = 0; i < 10; i++) {
      gpio.write(pin, i === 0 ? 0 : i === 9 ? 1 : (((byte >> (i - 1)) & 1) as Level));
      cpu.spend(us(begin + ((i + 1) * 1e6) / this.#baud - this.#device.clock.now()));
    }
    // The firmware rests for six more bit times after each byte.
    cpu.spend(us(6e6 / this.#baud));
  }

  #arm(): void {
    const { readyAt } = this.#decoder;
    if (readyAt !== undefined && !this.#timer.armed) this.#timer.arm(us(readyAt - this.#device.clock.now()));
  }

  #collect(): void {
    for (const byte of this.#decoder.take(this.#device.clock.now())) this.#store(byte);
    this.#arm();
  }

  /** Bytes are dropped while nobody listens, between a full buffer and its callback, and beyond the buffer. */
  #store(byte: number): void {
    if (!this.#armed || this.#buffer.length >= BUFFER) return;
    this.#buffer.push(byte);
    const full = this.#needed !== 0 ? this.#buffer.length >= this.#needed : byte === this.#end;
    if (!full) return;
    this.#armed = false;
    this.#device.tasks.post(PRIORITY.MEDIUM, () => this.#deliver());
  }

  #deliver(): void {
    const data = Uint8Array.from(this.#buffer);
    this.#buffer = [];
    this.#armed = true;
    if (this.#callback !== undefined) this.#device.lua.pcallx(this.#callback, [data]);
  }
}

const PORT = luaClass<SoftPort>('softuart.port');

function pinAt(call: LuaCall, n: number, direction: string): number | undefined {
  if (call.isNoneOrNil(n)) return undefined;
  const pin = call.checkInteger(n) & 0xff;
  call.argCheck(pin > 0 && pin < PIN_COUNT, n, `Invalid SoftUART ${direction} GPIO`);
  return pin;
}

const on = (call: LuaCall): LuaResult => {
  const port = call.checkHost(1, PORT);
  const method = call.checkText(2);
  // The firmware names argument -1, which a method call makes -2.
  call.argCheck(call.type(4) === 'function', -1, 'No callback function specified');
  call.argCheck(method === 'data', 2, 'Method not supported');
  call.argCheck(port.rx !== undefined, 1, 'Rx pin was not declared');
  if (call.isNumber(3)) {
    const needed = call.checkInteger(3);
    call.argCheck(needed < BUFFER, 2, 'Argument bigger than SoftUART buffer');
    port.listen(needed, 0, call.ref(4));
  } else if (call.isString(3)) {
    const end = call.checkBytes(3);
    call.argCheck(end.length === 1, 3, 'Wrong end char length');
    port.listen(0, end[0] ?? 0, call.ref(4));
  } else call.error('Wrong argument type');
};

const write = (call: LuaCall): LuaResult => {
  const port = call.checkHost(1, PORT);
  call.argCheck(port.tx !== undefined, 1, 'Tx pin was not declared');
  if (call.isNumber(2)) {
    const byte = call.checkInteger(2) >>> 0;
    call.argCheck(byte < 256, 2, 'Integer too large for a byte');
    port.send(byte);
  } else if (call.isString(2)) {
    for (const byte of call.checkBytes(2)) port.send(byte);
  } else call.error('Wrong argument type');
};

export const softuart = defineModule({ name: 'softuart', lifetime: { since: '3.0' } }, (device) => {
  const receivers = new Set<number>();
  return {
    functions: {
      setup: raw((call: LuaCall) => {
        const baud = call.checkInteger(1);
        call.argCheck(baud > 0 && baud < BAUD_LIMIT, 1, 'Invalid baud rate');
        const tx = pinAt(call, 2, 'tx');
        const rx = pinAt(call, 3, 'rx');
        call.argCheck(rx === undefined || !receivers.has(rx), 3, 'SoftUART rx already configured on the pin');
        if (tx === undefined && rx === undefined) call.error('Not enough arguments');
        if (rx !== undefined) receivers.add(rx);
        return call.newHost(PORT, new SoftPort(device, baud, tx, rx));
      }),
    },
    classes: [
      classSpec(PORT, {
        __gc: raw((call) => {
          const port = call.checkHost(1, PORT);
          port.close();
          if (port.rx !== undefined) receivers.delete(port.rx);
        }),
        on: raw(on),
        write: raw(write),
      }),
    ],
  };
});
