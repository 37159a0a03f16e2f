/** The file format of bug capsules, `X.capsule.json`: one failed test with everything it needs to fail again anywhere. */
import type { LuaBuild } from '../../runtime/index.ts';
import type { Fault } from './faults.ts';
import type { Status, TestKind } from './outcome.ts';

/** A file: text as it is (UTF-8), or other bytes. */
export type Content = string | { readonly base64: string };

/** Who is in the world, for those who open a capsule without running its test: the playground. */
export interface CapsuleWorld {
  /** Empty: the default access point, which answers to any name and password. */
  readonly accessPoints: readonly {
    readonly ssid: string;
    readonly password?: string;
    readonly channel?: number;
    readonly rssi?: number;
  }[];
  readonly hosts: readonly { readonly name: string; readonly ip: string }[];
  readonly devices: readonly {
    readonly name: string;
    readonly lua: LuaBuild;
    readonly firmware: string;
    /** What the flash held before the first boot, by name. */
    readonly flash: Readonly<Record<string, Content>>;
    /** The file that is run after boot. */
    readonly run?: string;
    /** Lines typed after that. */
    readonly type: readonly string[];
  }[];
}

export interface Capsule {
  readonly format: 'mcubox capsule';
  readonly version: 1;
  /** Of the mcubox that wrote it. */
  readonly mcubox: string;
  readonly test: {
    readonly kind: TestKind;
    /** One of `files`. */
    readonly file: string;
    readonly seed: number;
    readonly libraries: readonly { readonly file: string; readonly name: string }[];
  };
  /** The test's files with their scripts and golden texts, by path below a common folder. */
  readonly files: Readonly<Record<string, Content>>;
  readonly world: CapsuleWorld;
  /** What went wrong in the world by order of `--explore`; the test's own faults are among its steps. */
  readonly faults: readonly Fault[];
  /** How it went. A test has no input from outside, so that is all a repetition has to reach. */
  readonly expected: {
    readonly status: Status;
    readonly message: string;
    /** Device time at the end in microseconds. */
    readonly at: number;
    /** SHA-256 over the consoles of all devices and every frame of the network behind its time. */
    readonly hash: string;
  };
}
