/** What the parts of the gateway share. */
import type { World } from '../runtime/index.ts';
import type { Complaints } from './complaints.ts';
import type { Arrival, Door } from './door.ts';

export interface GatewayEnv {
  readonly world: World;
  readonly door: Door;
  readonly complaints: Complaints;
}

/** What the user is told about something that policy has denied. */
export const refusal = ({ reason, remedy }: Arrival & { readonly is: 'denied' }): string =>
  `refused, ${reason}${remedy === undefined ? '' : ` (allow=${remedy} lets it through)`}`;
