/** Addresses in the tables of setip and dhcp.config. Firmware: app/modules/wifi.c parse_key */
import { ipaddrAton } from '../../runtime/stack/index.ts';
import type { LuaHandle } from '../../runtime/vm/index.ts';
import { IPV4_ANY, IPV4_BROADCAST, type Ipv4Address } from '../../runtime/wire/index.ts';

/**
 * The address in a field, in all forms of inet_aton; a text that is none is 255.255.255.255 (lwIP's ipaddr_addr).
 * Undefined for a field that is no text, and for 0.0.0.0: the firmware takes both for absent.
 */
export function addressField(table: LuaHandle, name: string): Ipv4Address | undefined {
  const value = table.get(name);
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const address = ipaddrAton(String(value)) ?? IPV4_BROADCAST;
  return address === IPV4_ANY ? undefined : address;
}
