/** An expectation that did not come true: what was expected, what was there instead, and whether only time ran out. */
import { duration } from '../values.ts';

export class Unmet extends Error {
  override readonly name = 'Unmet';
  readonly expected: string;
  readonly actual: string;
  /** Of long texts: the lines that differ. */
  readonly difference: string;
  /** Waiting longer might have helped. */
  readonly timeout: boolean;

  constructor(
    message: string,
    detail: {
      readonly expected?: string;
      readonly actual?: string;
      readonly difference?: string;
      readonly timeout?: boolean;
    } = {},
  ) {
    super(message);
    this.expected = detail.expected ?? '';
    this.actual = detail.actual ?? '';
    this.difference = detail.difference ?? '';
    this.timeout = detail.timeout ?? false;
  }
}

/** Device time: `'5s'`, `'250ms'`, or a number of milliseconds. */
export type Time = string | number;

/** Microseconds; throws a TypeError for what is no duration. */
export function micros(time: Time): number {
  const parsed = duration(String(time));
  if (!parsed.ok) throw new TypeError(parsed.message);
  return parsed.value;
}

/** Seconds for a message: `12.5 s`. */
export const inSeconds = (us: number): string => `${Math.round(us / 1000) / 1000} s`;
