/** Arbitrary DHCP options, for the tests of the message and of the option list. */
import fc from 'fast-check';
import type { DhcpOptions } from '../../runtime/wire/index.ts';
import { arbByte, arbBytes, arbIpv4, arbText, arbU16, arbU32, compact, record } from './arb.ts';

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const addresses = fc.array(arbIpv4, { minLength: 1, maxLength: 5 });
/** Without a zero at the end, which a receiver takes for a terminator. */
const text = arbText(300).map((text) => `${text}!`);

/** Codes that {@link DhcpOptions} has no field for. */
const KNOWN = [0, 1, 3, 6, 12, 15, 42, 50, 51, 53, 54, 55, 56, 57, 58, 59, 61, 255];
const unknownCode = arbByte.filter((code) => !KNOWN.includes(code));

export const arbDhcpOptions: fc.Arbitrary<DhcpOptions> = record({
  messageType: maybe(fc.integer({ min: 1, max: 8 })),
  requestedIp: maybe(arbIpv4),
  serverId: maybe(arbIpv4),
  leaseTime: maybe(arbU32),
  renewalTime: maybe(arbU32),
  rebindingTime: maybe(arbU32),
  subnetMask: maybe(arbIpv4),
  routers: maybe(addresses),
  dnsServers: maybe(addresses),
  ntpServers: maybe(addresses),
  domainName: maybe(text),
  hostName: maybe(text),
  paramList: maybe(fc.array(arbByte, { minLength: 1, maxLength: 20 })),
  maxMessageSize: maybe(arbU16),
  message: maybe(text),
  clientId: maybe(arbBytes(20, 2)),
  other: fc
    .uniqueArray(fc.tuple(unknownCode, arbBytes(600)), { selector: ([code]) => code, maxLength: 3 })
    .map((entries) => new Map(entries)),
}).map((options) => compact<DhcpOptions>(options));
