export * from './bytes.ts';
export * from './clock.ts';
export * from './events.ts';
export * from './invariant.ts';
export * from './link.ts';
export * from './result.ts';
export * from './rng.ts';
export * from './trace.ts';
