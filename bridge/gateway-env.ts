/** What the parts of the gateway share. */
import type { Endpoint, World } from '../runtime/index.ts';
import type { Complaints } from './complaints.ts';
import type { Door } from './door.ts';

export interface GatewayEnv {
  readonly world: World;
  readonly door: Door;
  readonly complaints: Complaints;
  /** Asks the policy, and complains in its name. The address to use on this computer, or undefined. */
  permit(protocol: string, from: Endpoint, to: Endpoint): string | undefined;
}
