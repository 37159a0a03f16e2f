/** `somfy`: commands of the RTS protocol for blinds, as pulses on the pin of a transmitter. Firmware: app/modules/somfy.c */
import { type Timer, us } from '../../runtime/core/index.ts';
import { type Level, PIN_COUNT, PIN_MODE, PRIORITY } from '../../runtime/device/index.ts';
import type { LuaCall, LuaRef } from '../../runtime/vm/index.ts';
import { approximated, defineModule, type LuaResult, raw, since } from './lua.ts';
import { SomfyReceiver } from './somfy-receiver.ts';

const COMMAND = { UP: 0x2, DOWN: 0x4, PROG: 0x8, STOP: 0x1 } as const;
const KEY = 0xa7;
const FRAME_BITS = 56;
const SYMBOL_US = 640;
const WAKE_US = 9415;
const WAKE_SILENCE_US = 89_565;
const HARD_SYNC_US = 4 * SYMBOL_US;
const SOFT_SYNC_US = 4550;
const REPEATS = 2;

/** Seven bytes: checked by the sum of their halves, each hidden by the one before. */
function frameOf(remote: number, button: number, code: number): number[] {
  const frame = [KEY, (button << 4) & 0xff, code >> 8, code, remote >> 16, remote >> 8, remote].map(
    (byte) => byte & 0xff,
  );
  const sum = frame.reduce((all, byte) => all ^ byte ^ (byte >> 4), 0) & 0x0f;
  frame[1] = (frame[1] ?? 0) | sum;
  for (let i = 1; i < frame.length; i++) frame[i] = (frame[i] ?? 0) ^ (frame[i - 1] ?? 0);
  return frame;
}

type Pulse = readonly [level: Level, microseconds: number];

/** A 1 rises in the middle of its symbol, a 0 falls. The firmware sends one bit too many; its value is chance. */
function pulsesOf(frame: readonly number[], frames: number): Pulse[] {
  const out: Pulse[] = [
    [1, WAKE_US],
    [0, WAKE_SILENCE_US],
  ];
  for (let n = 0; n < frames; n++) {
    for (let sync = n === 0 ? 2 : 7; sync > 0; sync--) out.push([1, HARD_SYNC_US], [0, HARD_SYNC_US]);
    out.push([1, SOFT_SYNC_US], [0, SYMBOL_US]);
    for (let i = 0; i <= FRAME_BITS; i++) {
      const bit = (((frame[i >> 3] ?? 0) >> (7 - (i & 7))) & 1) as Level;
      out.push([bit === 1 ? 0 : 1, SYMBOL_US], [bit, SYMBOL_US]);
    }
    out.push([0, SYMBOL_US]);
  }
  return out;
}

export const somfy = defineModule({ name: 'somfy' }, (device) => {
  let pulses: Pulse[] = [];
  let pin = 0;
  let done: LuaRef | undefined;
  let receiver: SomfyReceiver | undefined;

  const next = (): void => {
    const pulse = pulses.shift();
    if (pulse === undefined) {
      device.tasks.post(PRIORITY.LOW, () => {
        const callback = done;
        done = undefined;
        if (callback === undefined) return;
        device.lua.pcallx(callback);
        callback.release();
      });
      return;
    }
    device.gpio.write(pin, pulse[0]);
    timer.arm(us(pulse[1]));
  };
  const timer: Timer = device.clock.timer('somfy', next);

  const sendCommand = (call: LuaCall): LuaResult => {
    const [to, remote, command, code] = [1, 2, 3, 4].map((n) => call.checkInteger(n)) as [
      number,
      number,
      number,
      number,
    ];
    const repeats = call.optInteger(5, REPEATS) & 0xff;
    call.argCheck((to & 0xff) < PIN_COUNT, 1, 'Invalid pin');
    pin = to & 0xff;
    done?.release();
    done = call.type(6) === 'function' ? call.ref(6) : undefined;
    device.gpio.setMode(pin, PIN_MODE.OUTPUT);
    pulses = pulsesOf(frameOf(remote, command, code), Math.max(1, repeats));
    next();
  };

  /** Lua 5.3 wants an integer (lua_isinteger), 5.1 any number. */
  const hasPin = (call: LuaCall): boolean =>
    call.isNumber(1) &&
    (device.profile.lua === '5.1' || (call.type(1) === 'number' && Number.isInteger(call.toNumber(1))));

  const listen = (call: LuaCall): LuaResult => {
    if (hasPin(call) && call.type(2) === 'function') {
      const from = call.checkInteger(1) & 0xff;
      call.argCheck(from > 0 && from < PIN_COUNT, 1, 'Invalid interrupt pin');
      receiver?.close();
      receiver = new SomfyReceiver(device, from, call.ref(2));
    } else if ((call.isNoneOrNil(1) || hasPin(call)) && call.isNoneOrNil(2)) {
      receiver?.close();
      receiver = undefined;
    } else call.error('Invalid parameters');
  };

  return {
    constants: COMMAND,
    functions: {
      sendcommand: approximated('pulses wait while a script computes', raw(sendCommand)),
      listen: since('3.0', raw(listen)),
    },
  };
});
