/** The part of dns-packet 5.6 that dns.ts uses. Its published types ask for Node's, which runtime/ must not see. */
declare module 'dns-packet' {
  interface Part<T> {
    encode: { (value: T, buf: unknown, offset: number): unknown; bytes: number };
    decode: { (buf: unknown, offset: number): T; bytes: number };
  }
  export const name: Part<string>;
  /** The codec of a record's data with the 16-bit length in front. */
  export function record(type: string): Part<unknown>;
}
