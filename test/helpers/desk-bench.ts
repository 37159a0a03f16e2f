/** The worker of the playground without a worker: real time is a number, and the server of its bridge is the test. */
import { emitMessage, type FromDoor, parseFromDoor, type ToDoor } from '../../bridge/index.ts';
import { Desk } from '../../playground/world/desk.ts';
import { CALM, type DeviceSpec, type FromWorld, type Update, type WorldSpec } from '../../playground/world/protocol.ts';
import type { WireEvents } from '../../playground/world/world-bridge.ts';
import { fromLatin1, toLatin1 } from '../../runtime/index.ts';

export class Bench {
  readonly told: FromWorld[] = [];
  readonly desk: Desk;
  wall = 0;
  /** What the last WebSocket tells. */
  wire: WireEvents | undefined;
  readonly #sent: (FromDoor | undefined)[] = [];
  /** WebSockets that the worker has closed. */
  closes = 0;
  #waiting: { readonly at: number; readonly action: () => void }[] = [];

  constructor() {
    this.desk = new Desk({
      now: () => this.wall,
      soon: (action) => this.#waiting.push({ at: this.wall, action }),
      later: (action, ms) => this.#waiting.push({ at: this.wall + ms, action }),
      post: (message) => {
        this.told.push(message);
        if (message.is === 'update') this.desk.take({ is: 'drawn' });
      },
      connect: (_, events) => {
        this.wire = events;
        return { send: (message) => this.#sent.push(parseFromDoor(message)), close: () => this.closes++ };
      },
    });
  }

  /** Lets so much real time pass; the computer is infinitely fast. */
  run(ms: number): this {
    const end = this.wall + ms;
    while (this.wall < end) {
      this.wall += 1;
      const due = this.#waiting.filter(({ at }) => at <= this.wall);
      this.#waiting = this.#waiting.filter(({ at }) => at > this.wall);
      for (const { action } of due) action();
    }
    return this;
  }

  start(device: Partial<DeviceSpec>, more: Partial<WorldSpec> = {}): this {
    const spec: WorldSpec = {
      seed: 1,
      lua: '5.1',
      firmware: '3.0',
      air: CALM,
      accessPoints: [],
      devices: [{ name: 'esp1', files: [], parts: [], ...device }],
      ...more,
    };
    this.desk.take({ is: 'start', spec, paused: false });
    return this;
  }

  /** The server of the bridge says something. */
  serve(...messages: readonly ToDoor[]): this {
    for (const message of messages) this.wire?.message(emitMessage(message));
    return this;
  }

  /** What the world has said to the bridge since the last time. */
  sent(): (FromDoor | undefined)[] {
    return this.#sent.splice(0);
  }

  get updates(): Update[] {
    return this.told.filter((message) => message.is === 'update');
  }

  get last(): Update {
    return this.updates.at(-1) as Update;
  }

  get console(): string {
    return this.updates.map(({ devices }) => toLatin1(devices[0]?.console ?? new Uint8Array(0))).join('');
  }
}

/** A device that runs this from power-on. */
export const script = (source: string): Partial<DeviceSpec> => ({
  files: [{ name: 'a.lua', bytes: fromLatin1(source) }],
  script: 'a.lua',
});
