/** The firmware's task layer: three priorities, a queue of eight each (platform/platform.c). */

export const PRIORITY = { LOW: 0, MEDIUM: 1, HIGH: 2 } as const;
export type Priority = (typeof PRIORITY)[keyof typeof PRIORITY];

const QUEUE_LENGTH = 8; // platform/platform.c TASK_PRIORITY queues

export class TaskQueue {
  readonly #queues: [(() => void)[], (() => void)[], (() => void)[]] = [[], [], []];
  readonly #onPost: () => void;

  /** `onPost` tells the CPU that work waits. */
  constructor(onPost: () => void) {
    this.#onPost = onPost;
  }

  get length(): number {
    return this.#queues.reduce((n, queue) => n + queue.length, 0);
  }

  /** False when the queue of that priority is full; nothing is posted then. */
  post(priority: Priority, task: () => void): boolean {
    const queue = this.#queues[priority];
    if (queue.length >= QUEUE_LENGTH) return false;
    queue.push(task);
    this.#onPost();
    return true;
  }

  /** Runs the oldest task of the highest priority. Returns whether more wait afterwards. */
  runNext(): boolean {
    const queue =
      this.#queues[2].length > 0 ? this.#queues[2] : this.#queues[1].length > 0 ? this.#queues[1] : this.#queues[0];
    queue.shift()?.();
    return this.length > 0;
  }

  clear(): void {
    for (const queue of this.#queues) queue.length = 0;
  }
}
