/**
 * What the SDK does for smartconfig: listens until a phone in the room tells the credentials of its network. The real phone
 * codes them in the lengths of its frames; here they arrive in one piece, after as long as that takes.
 */
import { type Clock, seconds, type Timer } from '../core/index.ts';
import type { StationConfig } from './profile.ts';

/** To find the channel and hear all pieces (ESP-TOUCH user guide: within 10 s as a rule). */
const HEARING = seconds(5);

export class SmartConfig {
  #timer: Timer | undefined;
  #heard: StationConfig | undefined;
  #done: ((credentials: StationConfig) => void) | undefined;

  boot(clock: Clock): void {
    this.stop();
    this.#timer = clock.timer('smartconfig', () => this.#link());
  }

  /** smartconfig_start. */
  start(done: (credentials: StationConfig) => void): void {
    this.stop();
    this.#done = done;
  }

  /** smartconfig_stop. */
  stop(): void {
    this.#done = undefined;
    this.#heard = undefined;
    this.#timer?.cancel();
  }

  get running(): boolean {
    return this.#done !== undefined;
  }

  /** A phone begins to tell the credentials of its network. */
  hear(credentials: StationConfig): void {
    if (!this.running || this.#heard !== undefined) return;
    this.#heard = credentials;
    this.#timer?.arm(HEARING);
  }

  #link(): void {
    const { heard, done } = { heard: this.#heard, done: this.#done };
    this.stop();
    if (heard !== undefined) done?.(heard);
  }
}
