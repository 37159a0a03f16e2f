/** DHCP messages in one line, for describe.ts. */
import { formatIpv4, formatMac, type Ipv4Address } from './address.ts';
import { BOOTREQUEST, type Dhcp } from './dhcp.ts';
import { printable } from './printable.ts';

/** By value of option 53. */
const TYPES = ['', 'Discover', 'Offer', 'Request', 'Decline', 'ACK', 'NAK', 'Release', 'Inform'];

/** For example `DHCP Request from 5c:cf:7f:12:34:56, requested 192.168.1.50, host "NODE-123456"`. */
export function describeDhcp(message: Dhcp): string {
  const { op, chaddr, ciaddr, yiaddr, options } = message;
  const type = options.messageType;
  const name = type === undefined ? 'BOOTP' : `DHCP ${TYPES[type] || `type ${type}`}`;
  const parts = [`${name} ${op === BOOTREQUEST ? 'from' : 'to'} ${formatMac(chaddr)}`];
  const add = (label: string, address: Ipv4Address | undefined): void => {
    if (address) parts.push(`${label} ${formatIpv4(address)}`);
  };
  add('client', ciaddr);
  add('your', yiaddr);
  add('requested', options.requestedIp);
  add('server', options.serverId);
  if (options.leaseTime !== undefined) parts.push(`lease ${options.leaseTime} s`);
  if (options.hostName !== undefined) parts.push(`host "${printable(options.hostName)}"`);
  if (options.message !== undefined) parts.push(`"${printable(options.message)}"`);
  return parts.join(', ');
}
