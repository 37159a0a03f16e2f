/** What a stack that is a gateway shows its owner: packets for machines beyond its networks, or for nobody on this one. */
import type { IcmpEcho, Ipv4, Udp } from '../wire/index.ts';
import type { TcpOffer } from './tcp-incoming.ts';

export interface Uplink {
  /** True: the SYN will be answered through the TCP layer's `accept` or `refuse`, or is left alone; false: RST. */
  offer(offer: TcpOffer): boolean;
  /** True: taken care of; false: nobody has the port. */
  datagram(packet: Ipv4, datagram: Udp): boolean;
  /** True: taken care of; false: the stack answers itself, whoever was asked. */
  echo(packet: Ipv4, echo: IcmpEcho): boolean;
}
