/** `switec`: stepper motors of instruments, up to three of four wires each. Firmware: app/modules/switec.c, app/driver/switec.c */
import { type Timer, us } from '../../runtime/core/index.ts';
import { type Device, PIN_COUNT, PIN_MODE, PRIORITY } from '../../runtime/device/index.ts';
import { type LuaCall, type LuaRef, multi } from '../../runtime/vm/index.ts';
import { approximated, defineModule, type LuaResult, raw } from './lua.ts';

const CHANNELS = 3;
/** The four wires in each of the six states, the first wire in the highest bit. */
const STATES = [0x9, 0x1, 0x7, 0x6, 0xe, 0x8] as const;
const SPEED_MAX = 255;
/** When the target is left of zero. */
const SPEED_HOMING = 50;
/** Up to this speed a step takes so many microseconds; the firmware keeps sixteenths of them. */
const STEP_US = [
  [20, 2992],
  [50, 1488],
  [100, 992],
  [150, 800],
  [SPEED_MAX, 592],
] as const;
const DEGREES_PER_SECOND = 400;
const STEPS_PER_DEGREE = 3;
const BEGIN_US = 1000;
const SHORTEST_US = 50;

const signed16 = (value: number): number => (value << 16) >> 16;

class Motor {
  readonly #device: Device;
  readonly #pins: readonly number[];
  readonly #fastestUs: number;
  readonly #timer: Timer;
  readonly #arrived: () => void;
  stopped = false;
  direction = 0;
  target = 0;
  position = 0;
  callback: LuaRef | undefined;
  #state = 0;
  #speed = 0;
  #speedMax = SPEED_MAX;
  #nextAt = 0;

  constructor(device: Device, pins: readonly number[], degreesPerSecond: number, arrived: () => void) {
    this.#device = device;
    this.#pins = pins;
    this.#fastestUs = Math.trunc(1e6 / (STEPS_PER_DEGREE * (degreesPerSecond || DEGREES_PER_SECOND))) & 0xffff;
    this.#arrived = arrived;
    this.#timer = device.clock.timer('switec', () => this.#tick());
    for (const pin of pins) device.gpio.write(pin, 0);
  }

  close(): void {
    this.#timer.cancel();
    this.forget();
    for (const pin of this.#pins) this.#device.gpio.release(pin);
  }

  forget(): void {
    this.callback?.release();
    this.callback = undefined;
  }

  moveTo(position: number): void {
    this.#speedMax = position < 0 ? SPEED_HOMING : SPEED_MAX;
    this.target = signed16(position);
    // A new motor counts as moving, and nothing ticks yet.
    if (!this.stopped && this.#timer.armed) return;
    this.stopped = false;
    this.#nextAt = this.#device.uptime + BEGIN_US;
    this.#timer.arm(us(BEGIN_US));
  }

  #tick(): void {
    const now = this.#device.uptime;
    if (this.position === this.target && this.#speed === 0) {
      this.stopped = true;
      this.direction = 0;
      this.#device.tasks.post(PRIORITY.LOW, this.#arrived);
      return;
    }
    if (this.#speed === 0) {
      this.direction = this.position < this.target ? 1 : -1;
      this.#speed = 1;
    }
    this.#step();
    const left = (this.target - this.position) * this.direction;
    if (left <= 0 || left <= this.#speed) this.#speed--;
    else if (this.#speed < this.#speedMax) this.#speed++;
    const [, stepUs] = STEP_US.find(([limit]) => this.#speed <= limit) ?? [0, 592];
    this.#nextAt = Math.max(this.#nextAt, now - stepUs) + Math.max(stepUs, this.#fastestUs);
    this.#timer.arm(us(Math.max(SHORTEST_US, this.#nextAt - now)));
  }

  #step(): void {
    this.position += this.direction;
    this.#state = (this.#state + this.direction + STATES.length) % STATES.length;
    const wires = STATES[this.#state] ?? 0;
    for (const [i, pin] of this.#pins.entries()) this.#device.gpio.latch(pin, ((wires >> (3 - i)) & 1) === 1 ? 1 : 0);
  }
}

export const switec = defineModule({ name: 'switec' }, (device) => {
  const motors: (Motor | undefined)[] = Array.from({ length: CHANNELS }, () => undefined);

  /** Callbacks of all that have arrived. */
  const arrived = (): void => {
    for (const motor of motors) {
      const { callback } = motor ?? {};
      if (motor === undefined || callback === undefined || motor.direction !== 0 || motor.position !== motor.target)
        continue;
      motor.callback = undefined;
      device.lua.pcallx(callback);
      callback.release();
    }
  };
  const channelOf = (call: LuaCall): number => {
    const id = call.checkInteger(1);
    return id >= 0 && id < CHANNELS ? id : call.error(`switec ${id} does not exist`);
  };

  /** Only a motor that stands can be closed. */
  const close = (id: number): boolean => {
    const motor = motors[id];
    if (motor !== undefined && !motor.stopped) return false;
    motor?.close();
    motors[id] = undefined;
    return true;
  };

  const setup = (call: LuaCall): LuaResult => {
    const id = channelOf(call);
    if (!close(id)) call.error('Unable to setup stepper.');
    const pins = [2, 3, 4, 5].map((n) => {
      const pin = call.checkInteger(n);
      call.argCheck(pin >= 0 && pin < PIN_COUNT, n, 'Invalid pin');
      device.gpio.setMode(pin, PIN_MODE.OUTPUT);
      return pin;
    });
    const speed = call.count >= 6 ? call.checkInteger(6) : 0;
    motors[id] = new Motor(device, pins, speed, arrived);
  };

  const moveTo = (call: LuaCall): LuaResult => {
    const id = channelOf(call);
    const position = call.checkInteger(2);
    const motor = motors[id];
    if (motor === undefined) call.error('Unable to move stepper.');
    if (call.count < 3 || call.type(3) === 'function') {
      motor?.callback?.release();
      if (motor !== undefined) motor.callback = call.count < 3 ? undefined : call.ref(3);
    }
    motor?.moveTo(position);
  };

  return {
    functions: {
      setup: raw(setup),
      close: raw((call) => {
        const id = channelOf(call);
        // Forgotten even where the motor still moves.
        motors[id]?.forget();
        if (!close(id)) call.error('Unable to close stepper.');
      }),
      reset: raw((call) => {
        const motor = motors[channelOf(call)];
        if (motor === undefined || !motor.stopped) return call.error('Unable to reset stepper.');
        motor.position = 0;
        motor.target = 0;
      }),
      moveto: approximated('steps wait while a script computes', raw(moveTo)),
      getpos: raw((call) => {
        const motor = motors[channelOf(call)];
        if (motor === undefined) return call.error('Unable to get position.');
        return multi(motor.position, motor.stopped ? 0 : motor.direction);
      }),
    },
  };
});
