/** A process that runs one test after the other; see pool.ts. */
import type { RunSettings, TestCase } from './outcome.ts';
import { runTest } from './run.ts';

interface Order {
  readonly test: TestCase;
  readonly settings: RunSettings;
}

process.on('message', ({ test, settings }: Order) => process.send?.(runTest(test, settings)));
