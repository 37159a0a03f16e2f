/** IGMP version 2 with version 1 reports (RFC 2236). A version 3 query reads as its first eight bytes; reports do not. */
import { err, ok, put8, put16, type Result, u8 } from '../core/index.ts';
import { type Ipv4Address, putIpv4, readIpv4 } from './address.ts';
import { checksum, sum } from './checksum.ts';

export const IGMP_LENGTH = 8;

const TYPES = { query: 0x11, 'report-v1': 0x12, 'report-v2': 0x16, leave: 0x17 } as const;

export type IgmpType = keyof typeof TYPES;

export interface Igmp {
  readonly type: IgmpType;
  /** In tenths of a second; 0 in a version 1 query and in reports. */
  readonly maxRespTenths: number;
  /** 0.0.0.0 in a general query. */
  readonly group: Ipv4Address;
}

export type IgmpError = 'truncated' | 'bad-type' | 'bad-checksum';

function typeOf(code: number): IgmpType | undefined {
  switch (code) {
    case TYPES.query:
      return 'query';
    case TYPES['report-v1']:
      return 'report-v1';
    case TYPES['report-v2']:
      return 'report-v2';
    case TYPES.leave:
      return 'leave';
    default:
      return undefined;
  }
}

/** The checksum covers all of `bytes`, the payload of the IPv4 packet (RFC 2236 section 2.3). */
export function parseIgmp(bytes: Uint8Array): Result<Igmp, IgmpError> {
  if (bytes.length < IGMP_LENGTH) return err('truncated');
  if (sum(bytes) !== 0xffff) return err('bad-checksum');
  const type = typeOf(u8(bytes, 0));
  if (type === undefined) return err('bad-type');
  return ok({ type, maxRespTenths: u8(bytes, 1), group: readIpv4(bytes, 4) });
}

export function emitIgmp(message: Igmp): Uint8Array {
  const out = new Uint8Array(IGMP_LENGTH);
  put8(out, 0, TYPES[message.type]);
  put8(out, 1, message.maxRespTenths);
  putIpv4(out, 4, message.group);
  put16(out, 2, checksum(out));
  return out;
}
