/** What is known of a segment on its way in: where it belongs, its fields, and a SYN that waits for an answer. */
import type { Ipv4Address } from '../wire/index.ts';
import type { Arrival } from './reassembly.ts';

/** The ends of a connection as we see them. */
export interface Ends {
  readonly localAddr: Ipv4Address;
  readonly localPort: number;
  readonly remoteAddr: Ipv4Address;
  readonly remotePort: number;
}

/** The fields of an arriving segment, with its ends. */
export interface Incoming extends Arrival {
  readonly ack: number;
  readonly window: number;
  readonly mss: number | undefined;
  /** Sequence numbers it took on the wire. */
  readonly span: number;
}

/** A SYN for somebody else. `localAddr` is where the peer wants to go, whoever owns that address. */
export interface TcpOffer extends Ends {
  /** @internal The newest SYN of this connection. */
  syn: Incoming;
}
