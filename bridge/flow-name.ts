/** How messages name a conversation. */
import { type Endpoint, formatIpv4 } from '../runtime/index.ts';

/** Without the port of the device: each of its attempts has another one. */
export const flowName = (protocol: string, from: Endpoint, to: Endpoint): string =>
  `${protocol} ${formatIpv4(from.addr)} -> ${formatIpv4(to.addr)}:${to.port}`;
