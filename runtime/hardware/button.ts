/** A push button between a pin and ground: pressed pulls the pin down. Contacts bounce if asked to. */
import { type Micros, ms, type Timer, us } from '../core/index.ts';
import type { Board, Level, Part } from './wire.ts';

export interface ButtonOptions {
  readonly pin: number;
  /** Level while pressed; by default 0. */
  readonly active?: Level;
  /** Each press and release is followed by so many short changes. */
  readonly bounces?: number;
  /** When it is pressed by itself, microseconds of the world's time. */
  readonly presses?: readonly number[];
  /** For how long, then. */
  readonly holdUs?: number;
}

const BOUNCE_US = 300;
const HOLD = ms(100);

export class Button implements Part {
  readonly kind = 'button';
  readonly pin: number;
  readonly #active: Level;
  readonly #bounces: number;
  readonly #holdUs: number;
  readonly #presses: number[];
  #board: Board | undefined;
  #planTimer: Timer | undefined;
  #bounceTimer: Timer | undefined;
  #bouncesLeft = 0;
  #pressed = false;
  #contact = false;

  constructor(options: ButtonOptions) {
    this.pin = options.pin;
    this.#active = options.active ?? 0;
    this.#bounces = options.bounces ?? 0;
    this.#holdUs = options.holdUs ?? HOLD;
    this.#presses = [...(options.presses ?? [])].sort((a, b) => a - b);
  }

  get pressed(): boolean {
    return this.#pressed;
  }

  get pending(): boolean {
    return this.#pressed ? this.#planTimer?.armed === true : this.#presses.length > 0;
  }

  attach(board: Board): void {
    this.#board = board;
    this.#planTimer = board.clock.timer(`button ${this.pin}`, () => this.#plan());
    this.#bounceTimer = board.clock.timer(`button ${this.pin} bounces`, () => this.#bounce());
    this.#connect(false);
    this.#armPlan();
  }

  press(): void {
    this.#move(true);
  }

  release(): void {
    this.#move(false);
  }

  #move(pressed: boolean): void {
    if (pressed === this.#pressed) return;
    this.#pressed = pressed;
    this.#connect(pressed);
    this.#bouncesLeft = this.#bounces * 2;
    if (this.#bouncesLeft > 0) this.#bounceTimer?.arm(us(BOUNCE_US));
  }

  #bounce(): void {
    this.#connect(!this.#contact);
    this.#bouncesLeft--;
    if (this.#bouncesLeft > 0) this.#bounceTimer?.arm(us(BOUNCE_US));
  }

  #connect(contact: boolean): void {
    this.#contact = contact;
    const idle: Level = this.#active === 0 ? 1 : 0;
    this.#board?.apply(this.pin, contact ? this.#active : idle);
  }

  /** The next press or release of the plan. */
  #plan(): void {
    if (this.#pressed) this.release();
    else {
      this.#presses.shift();
      this.press();
    }
    this.#armPlan();
  }

  #armPlan(): void {
    const now: Micros = this.#board?.clock.now() ?? us(0);
    const [next] = this.#presses;
    if (this.#pressed) this.#planTimer?.arm(us(this.#holdUs));
    else if (next !== undefined) this.#planTimer?.arm(us(next - now));
  }
}
