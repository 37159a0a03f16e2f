/** The firmware's task layer: three priorities, a queue of eight each (platform/platform.c). */
import type { Waker } from '../core/index.ts';

export const PRIORITY = { LOW: 0, MEDIUM: 1, HIGH: 2 } as const;
export type Priority = (typeof PRIORITY)[keyof typeof PRIORITY];

const QUEUE_LENGTH = 8; // platform/platform.c TASK_PRIORITY queues

interface Task {
  readonly run: () => void;
  /** What the run that posted it was due to. */
  readonly waker: Waker | undefined;
}

export class TaskQueue {
  readonly #queues: [Task[], Task[], Task[]] = [[], [], []];
  readonly #onPost: () => void;
  readonly #cpu: { waker: Waker | undefined };

  /** `onPost` tells the CPU that work waits; what runs on it is due to its `waker`. */
  constructor(onPost: () => void, cpu: { waker: Waker | undefined } = { waker: undefined }) {
    this.#onPost = onPost;
    this.#cpu = cpu;
  }

  get length(): number {
    return this.#queues.reduce((n, queue) => n + queue.length, 0);
  }

  /** False when the queue of that priority is full; nothing is posted then. A run that posts hands on what it is due to. */
  post(priority: Priority, task: () => void, waker: Waker | undefined = this.#cpu.waker): boolean {
    const queue = this.#queues[priority];
    if (queue.length >= QUEUE_LENGTH) return false;
    queue.push({ run: task, waker });
    this.#onPost();
    return true;
  }

  /** Runs the oldest task of the highest priority. Returns whether more wait afterwards. */
  runNext(): boolean {
    const queue =
      this.#queues[2].length > 0 ? this.#queues[2] : this.#queues[1].length > 0 ? this.#queues[1] : this.#queues[0];
    const task = queue.shift();
    if (task === undefined) return false;
    this.#cpu.waker = task.waker;
    task.run();
    return this.length > 0;
  }

  clear(): void {
    for (const queue of this.#queues) queue.length = 0;
  }
}
