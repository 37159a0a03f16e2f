/** The air. */
import { FaultRules } from './rules.ts';
import type { AirTap, RadioEnv } from './types.ts';

export class Medium {
  readonly env: RadioEnv;
  readonly rules: FaultRules;
  constructor(env: RadioEnv) {
    this.env = env;
    this.rules = new FaultRules();
  }
  /** Adds a capture; call the result to remove it. While one is attached every beacon is really sent. */
  tap(tap: AirTap): () => void {
    return () => void tap;
  }
}
