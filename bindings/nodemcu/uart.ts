/** `uart`: the two serial ports. Firmware: app/modules/uart.c, app/driver/input.c */
import { DEFAULT_UART, type Device } from '../../runtime/device/index.ts';
import { type LuaCall, type LuaRef, multi } from '../../runtime/vm/index.ts';
import { arg, cString } from './arg.ts';
import { approximated, defineModule, fn, raw, since } from './lua.ts';

const LINE_MAX = 256; // LUA_MAXINPUT

/** MOD_CHECK_ID: the port's number. */
function port(call: LuaCall, n: number): 0 | 1 {
  const id = call.checkInteger(n);
  if (id !== 0 && id !== 1) call.error(`uart ${id} does not exist`);
  return id as 0 | 1;
}

/** The callback of `uart.on`, one for the device. */
class DataCallback {
  #callback: LuaRef | undefined;
  readonly #device: Device;

  constructor(device: Device) {
    this.#device = device;
  }

  set(callback: LuaRef | undefined): void {
    this.#callback?.release();
    this.#callback = callback;
    this.#device.onUartData = callback === undefined ? undefined : (data) => this.#call(data);
    this.#device.editor.listening = callback !== undefined;
  }

  #call(data: string): void {
    if (this.#callback !== undefined) this.#device.lua.pcallx(this.#callback, [data]);
  }
}

export const uart = defineModule({ name: 'uart' }, (device) => {
  const callback = new DataCallback(device);

  const on = (call: LuaCall): undefined => {
    call.argCheck(cString(call.toText(1) ?? '') === 'data', 1, 'method not supported');
    let n = 2;
    let length = -1;
    let endByte = 0;
    if (call.type(n) === 'number') {
      length = call.checkInteger(n);
      call.argCheck(length >= 0 && length < LINE_MAX, n, 'wrong arg range');
      n++;
    } else if (call.isString(n)) {
      const end = call.checkText(n);
      if (end.length !== 1) call.error('wrong arg range');
      endByte = end.charCodeAt(0);
      n++;
    }
    if (call.type(n) !== 'function') {
      callback.set(undefined);
      device.editor.rule = { length: 0, endByte: 0, runInput: true };
      return;
    }
    const runInput = !(call.isNumber(n + 1) && call.toInteger(n + 1) === 0);
    callback.set(call.ref(n));
    device.editor.rule = { length, endByte, runInput };
  };

  /** Before 2020 length and end character stay until others are given, and no function means none. */
  const onOld = (call: LuaCall): undefined => {
    const method = call.checkText(1);
    const { editor } = device;
    let { length, endByte } = editor.rule;
    let n = 2;
    if (call.type(n) === 'number') {
      length = call.checkInteger(n++) & 0xffff;
      endByte = -1;
      if (length >= LINE_MAX) call.error('wrong arg range');
    } else if (call.isString(n)) {
      const end = call.checkText(n++);
      if (end.length !== 1) call.error('wrong arg range');
      length = 0;
      endByte = end.charCodeAt(0);
    }
    if (method !== 'data') call.error('method not supported');
    const given = call.type(n) === 'function';
    callback.set(given ? call.ref(n) : undefined);
    editor.rule = { length, endByte, runInput: !(given && call.isNumber(n + 1) && call.toInteger(n + 1) === 0) };
  };

  const setup = (call: LuaCall): number => {
    const id = port(call, 1);
    const [baud, dataBits, parity, stopBits] = [2, 3, 4, 5].map((n) => call.checkInteger(n)) as [
      number,
      number,
      number,
      number,
    ];
    if (call.isNumber(6)) device.editor.echo = call.toInteger(6) !== 0;
    device.uart.configure(id, {
      baud: BAUDS.has(baud) ? baud : FALLBACK_BAUD,
      dataBits: dataBits >= 5 && dataBits <= 8 ? dataBits : 8,
      parity: parity === 1 || parity === 2 ? parity : DEFAULT_UART.parity,
      stopBits: stopBits === 2 || stopBits === 3 ? stopBits : DEFAULT_UART.stopBits,
    });
    return baud;
  };

  const write = (call: LuaCall): undefined => {
    const id = port(call, 1);
    for (let n = 2; n <= call.count; n++) {
      if (call.type(n) === 'number') {
        const byte = call.toInteger(n);
        if (byte < 0 || byte > 255) call.error('invalid number');
        device.uart.write(id, Uint8Array.of(byte));
      } else {
        call.checkType(n, 'string');
        device.uart.write(id, call.checkBytes(n));
      }
    }
  };

  return {
    constants: {
      STOPBITS_1: 1,
      STOPBITS_1_5: 3,
      STOPBITS_2: 2,
      PARITY_NONE: 0,
      PARITY_EVEN: 1,
      PARITY_ODD: 2,
      DIR_RX: since('3.0', 0),
      DIR_TX: since('3.0', 1),
    },
    functions: {
      setup: raw(setup),
      getconfig: since(
        '2.2',
        raw((call) => {
          const { baud, dataBits, parity, stopBits } = device.uart.config(port(call, 1));
          return multi(baud, dataBits, parity, stopBits);
        }),
      ),
      write: raw(write),
      on: raw(device.era.uartZeroMeansAll ? onOld : on),
      alt: approximated(
        'accepted; the pins stay where they are',
        fn([arg.integer()], () => {}),
      ),
      fifodepth: since(
        '3.0',
        approximated(
          'always 0: bytes leave at once',
          raw((call) => {
            const id = call.optInteger(1, 0);
            if (id !== 0 && id !== 1) call.argError(1, 'Bad UART id; must be 0 or 1');
            const direction = call.optInteger(2, 0);
            if (direction !== 0 && direction !== 1) call.argError(2, 'Bad direction; must be DIR_RX or DIR_TX');
            return 0;
          }),
        ),
      ),
    },
  };
});

/** platform.c: other rates select 9600 but are reported as asked for. */
const FALLBACK_BAUD = 9600;
const BAUDS: ReadonlySet<number> = new Set([
  300, 600, 1200, 2400, 4800, 9600, 19200, 31250, 38400, 57600, 74880, 115200, 230400, 256000, 460800, 921600, 1843200,
  3686400,
]);
