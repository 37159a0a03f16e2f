/** What has arrived of a message that is not complete, or what is to be skipped of one that is too long (mqtt.c tReceiveState). */
import { concat, EMPTY } from '../core/index.ts';
import type { ProtoEnv } from './env.ts';

/** The firmware counts the bytes it keeps in 16 bits. */
const MAX_KEPT = 0xffff;

export class MqttInbox {
  readonly #env: ProtoEnv;
  #kept: Uint8Array = EMPTY;
  /** Length of the message that is kept; undefined while unknown. */
  #wanted: number | undefined;
  #skipping = 0;

  constructor(env: ProtoEnv) {
    this.#env = env;
  }

  /** New bytes. Returns what can be looked at now: pieces that each begin with a message. */
  take(data: Uint8Array): readonly Uint8Array[] {
    if (this.#skipping > 0) {
      const skipped = Math.min(this.#skipping, data.length);
      this.#skipping -= skipped;
      return [data.subarray(skipped)];
    }
    if (this.#kept.length === 0) return [data];
    const all = concat(this.#kept, data);
    if (this.#wanted === undefined) {
      this.clear();
      return [all];
    }
    if (all.length < this.#wanted) {
      this.#kept = all;
      return [];
    }
    const pieces = [all.subarray(0, this.#wanted), all.subarray(this.#wanted)];
    this.clear();
    return pieces;
  }

  /** Keeps the beginning of a message of `wanted` bytes in all. False when there is no room for that. */
  keep(bytes: Uint8Array, wanted: number | undefined): boolean {
    if (bytes.length > MAX_KEPT) {
      this.#env.crash('mqtt: more than 65535 bytes of an unfinished message');
      return false;
    }
    this.#kept = bytes.slice();
    this.#wanted = wanted;
    return true;
  }

  /** The next bytes belong to a message nobody wants. */
  skip(length: number): void {
    this.#skipping = length;
  }

  clear(): void {
    this.#kept = EMPTY;
    this.#wanted = undefined;
    this.#skipping = 0;
  }
}
