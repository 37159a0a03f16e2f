/** What the steps of one scenario share while it runs: its world, who is meant by default, open connections, golden files. */
import type { MqttMessage } from '../../runtime/index.ts';
import type { TestConnection, TestDevice, TestHost, TestSocket, TestWorld } from '../testing/index.ts';
import type { Golden } from './golden.ts';

export interface Context {
  readonly net: TestWorld;
  readonly golden: Golden;
  /** TCP connections and UDP ports that stay open, by the names the scenario gave them. */
  readonly connections: Map<string, TestConnection>;
  readonly sockets: Map<number, TestSocket>;
  /** Messages the broker saw and no step has waited for yet. */
  readonly messages: MqttMessage[];
}

/** The part of a step that says who and how long. */
export interface Actors {
  readonly device: TestDevice;
  readonly host: TestHost;
  /** Microseconds; undefined: as long as waits last. */
  readonly within: number | undefined;
}

/** Microseconds as a `Time` of the testing door. */
export const asTime = (us: number): string => `${us}us`;

/** `{ within }` for the calls that take it, or nothing. */
export const limitOf = ({ within }: Actors): string | undefined => (within === undefined ? undefined : asTime(within));
