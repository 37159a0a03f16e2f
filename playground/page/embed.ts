/**
 * `?embed`: the playground inside another page, which talks to it by postMessage. Messages are objects `{ mcubox: 1, type, … }`.
 * In: `run { files?: [{ name, text }], speed?, forUs? }`, `serial_input { text }`. Out: `ready`, `serial_output { text }`,
 * `state_change { state: 'running' | 'paused', now, pins }`. `speed` is 1, 10 or 0 for as fast as it goes; texts have one
 * character a byte.
 */
import type { FlatFile, Update } from '../world/protocol.ts';
import { fileOf } from './project.ts';

const VERSION = 1;

export interface EmbedEnv {
  run(files: readonly FlatFile[] | undefined, speed: number | undefined, untilUs: number | undefined): void;
  type(bytes: Uint8Array): void;
}

export class Embed {
  readonly #env: EmbedEnv;
  #state = '';
  #listening = false;

  constructor(env: EmbedEnv) {
    this.#env = env;
  }

  /** The page is there and may be told what to do. */
  ready(): void {
    if (!this.#listening && parent !== window) addEventListener('message', (event) => this.#take(event));
    this.#listening = true;
    this.#post({ type: 'ready' });
  }

  update({ devices, paused, now, more }: Update, embedded: boolean): void {
    const [device] = devices;
    if (!embedded || device === undefined) return;
    if (device.console.length > 0) this.#post({ type: 'serial_output', text: latin1(device.console) });
    // What was printed before is told before.
    if (more) return;
    const pins = device.pins.map(({ level }) => level);
    const state = paused ? 'paused' : 'running';
    const key = `${state} ${pins.join('')}`;
    if (key === this.#state) return;
    this.#state = key;
    this.#post({ type: 'state_change', state, now, pins });
  }

  /** Only the page around may speak; what it says is checked, not believed. */
  #take({ source, data }: MessageEvent): void {
    if (source !== parent || typeof data !== 'object' || data === null || data.mcubox !== VERSION) return;
    if (data.type === 'serial_input' && typeof data.text === 'string')
      this.#env.type(Uint8Array.from(data.text as string, (c) => c.charCodeAt(0) & 255));
    if (data.type !== 'run') return;
    try {
      const files = Array.isArray(data.files) ? data.files.map(fileOf) : undefined;
      this.#env.run(files, numberIn(data.speed), numberIn(data.forUs));
    } catch {
      // A list that holds no files changes nothing.
    }
  }

  #post(message: object): void {
    if (parent !== window) parent.postMessage({ mcubox: VERSION, ...message }, '*');
  }
}

const numberIn = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}
