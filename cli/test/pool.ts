/** Runs tests in several processes and gives the outcomes back in the order of the tests, each as soon as it can be told. */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Outcome, RunSettings, TestCase } from './outcome.ts';
import { runTest } from './run.ts';

/** Source or bundle: where the worker's file is as seen from this one. */
const WORKERS = ['./worker.ts', './worker.js', './test/worker.js', './cli/test/worker.js', '../cli/test/worker.js'];

const workerPath = (): string | undefined =>
  WORKERS.map((path) => fileURLToPath(new URL(path, import.meta.url))).find((path) => existsSync(path));

export interface PoolOptions {
  readonly jobs: number;
  readonly settings: RunSettings;
  /** In order. May answer a promise; nothing waits for it but the end. */
  readonly told: (outcome: Outcome) => void;
  /** True: no further test begins. */
  readonly stopped: () => boolean;
}

/** Resolves when every test has run, or when it was stopped. */
export async function runAll(tests: readonly TestCase[], options: PoolOptions): Promise<void> {
  const worker = workerPath();
  const jobs = Math.min(options.jobs, tests.length);
  const queue = new Queue(tests, options);
  if (jobs <= 1 || worker === undefined) return queue.here();
  await Promise.all(Array.from({ length: jobs }, () => queue.inProcess(worker)));
}

class Queue {
  readonly #tests: readonly TestCase[];
  readonly #options: PoolOptions;
  readonly #outcomes: (Outcome | undefined)[] = [];
  #next = 0;
  #told = 0;

  constructor(tests: readonly TestCase[], options: PoolOptions) {
    this.#tests = tests;
    this.#options = options;
  }

  /** In this thread, with a breath after each test for output and signals. */
  async here(): Promise<void> {
    for (let at = this.#take(); at !== undefined; at = this.#take()) {
      this.#done(at, runTest(this.#tests[at] as TestCase, this.#options.settings));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** In a process of its own; rejects when that dies. */
  inProcess(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      // Ctrl-C is the parent's business; options such as a TypeScript loader are inherited.
      const worker = fork(path, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: true });
      let current: number | undefined;
      const more = (): void => {
        current = this.#take();
        if (current === undefined) worker.disconnect();
        else worker.send({ test: this.#tests[current], settings: this.#options.settings });
      };
      worker.on('message', (outcome: Outcome) => {
        this.#done(current as number, outcome);
        more();
      });
      worker.on('error', reject);
      worker.on('exit', (code, signal) => {
        if (current === undefined) resolve();
        else reject(new Error(`a test process ended by itself (${signal ?? code})`));
      });
      more();
    });
  }

  #take(): number | undefined {
    if (this.#options.stopped() || this.#next >= this.#tests.length) return undefined;
    return this.#next++;
  }

  #done(at: number, outcome: Outcome): void {
    this.#outcomes[at] = outcome;
    for (let next = this.#outcomes[this.#told]; next !== undefined; next = this.#outcomes[this.#told]) {
      this.#told++;
      this.#options.told(next);
    }
  }
}
