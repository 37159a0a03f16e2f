/** Arbitrary values that several tests of wire protocols share. */
import fc from 'fast-check';
import { toLatin1 } from '../../runtime/core/index.ts';
import type { Ipv4Address, MacAddress } from '../../runtime/wire/index.ts';

/** As fc.record, but the values are plain objects, like those of a parser. */
export const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;

export const arbByte = fc.integer({ min: 0, max: 0xff });
export const arbU16 = fc.integer({ min: 0, max: 0xffff });
export const arbU32 = fc.integer({ min: 0, max: 0xffffffff });
export const arbIpv4 = arbU32 as fc.Arbitrary<Ipv4Address>;
export const arbMac = fc.integer({ min: 0, max: 0xffffffffffff }) as fc.Arbitrary<MacAddress>;

/** Up to an Ethernet MTU by default; fast-check's own limit is tiny. */
export const arbBytes = (maxLength = 1460, minLength = 0): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength, maxLength, size: 'max' });

/** Text of any bytes, one character each. */
export const arbText = (maxLength: number): fc.Arbitrary<string> => arbBytes(maxLength).map(toLatin1);

/** A host name of one to four labels. */
export const arbName = fc
  .array(fc.stringMatching(/^[a-z0-9_]([a-z0-9-]{0,20}[a-z0-9])?$/), { minLength: 1, maxLength: 4 })
  .map((labels) => labels.join('.'));

/** Drops the keys whose value is undefined, as parsers do. */
export const compact = <T extends object>(value: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
