/** What a test is and what became of it: plain data, so that it can come from another thread. */
import type { TestWorld } from '../testing/index.ts';
import type { Covered } from './coverage.ts';
import type { Fault, FaultKind } from './faults.ts';
import type { Place } from './shape.ts';
import type { Sources } from './sources.ts';

export type TestKind = 'golden' | 'scenario' | 'multi' | 'ntest' | 'spec' | 'luaunit';

export interface TestCase {
  readonly kind: TestKind;
  /** Path as the user would write it. */
  readonly file: string;
  readonly seed: number;
}

/** A few faults that make a test fail, none of them in vain. */
export interface Finding {
  /** `drop the third SYN-ACK at 4.210 s` */
  readonly sentences: readonly string[];
  /** The steps that do it, one line of YAML each. */
  readonly steps: readonly string[];
  /** How the test fails then, and at which step. */
  readonly message: string;
  readonly step?: string;
  readonly faults: readonly Fault[];
}

/** How every test of a run is to be run. */
export interface RunSettings {
  /** Write golden files anew. */
  readonly update: boolean;
  /** More files for the flash of Lua tests, as `HOST[:NAME]` says. */
  readonly libraries: readonly { readonly host: string; readonly name: string }[];
  /** Run under so many random schedules of faults. */
  readonly explore?: number;
  /** Kinds of faults in them; by default all. */
  readonly faults?: readonly FaultKind[];
  /** Count the lines of scripts that run. */
  readonly coverage?: boolean;
  /** Folder for a bug capsule of each test that fails. */
  readonly capsules?: string;
  /** Told of every file that the test is made of; only inside one process. */
  readonly sources?: Sources;
  /** Called with the world before anything happens in it, and at the end; only inside one process. */
  readonly onWorld?: (net: TestWorld) => void;
  readonly onEnd?: (net: TestWorld) => void;
}

/** `timeout`: waiting longer might have helped. `invalid`: the test itself cannot be understood. */
export type Status = 'pass' | 'fail' | 'timeout' | 'invalid';

/** One of several tests inside a file. */
export interface Part {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
}

export interface Failure {
  readonly message: string;
  /** Where in `file` it happened or what is wrong there. */
  readonly place?: Place;
  readonly step?: string;
  readonly expected?: string;
  readonly actual?: string;
  /** Instead of both, when they are long. */
  readonly difference?: string;
  /** Consoles by device. */
  readonly consoles?: Readonly<Record<string, string>>;
  readonly frames?: readonly string[];
  /** By device, the Lua that ran last. */
  readonly lua?: Readonly<Record<string, string>>;
  /** Device time in microseconds. */
  readonly at?: number;
}

export interface Outcome {
  readonly test: TestCase;
  readonly status: Status;
  /** More than one when a file has several mistakes. */
  readonly failures: readonly Failure[];
  readonly parts: readonly Part[];
  /** Golden files written. */
  readonly updated: readonly string[];
  /** What exploring has found. */
  readonly explored?: { readonly schedules: number; readonly findings: readonly Finding[] };
  /** What ran of the scripts. */
  readonly covered?: readonly Covered[];
  /** The bug capsule that was written, or why there is none. */
  readonly capsule?: string;
  readonly wallMs: number;
}

export type Verdict = Pick<Outcome, 'status' | 'failures'> &
  Partial<Pick<Outcome, 'parts' | 'updated' | 'explored' | 'covered'>>;
