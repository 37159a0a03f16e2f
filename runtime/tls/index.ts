export { type HashName, hashOfNumber } from './hash.ts';
export { suiteName, suiteOf } from './suites.ts';
