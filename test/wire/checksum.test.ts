import fc from 'fast-check';
import t from 'tap';
import { concat, put16 } from '../../runtime/core/index.ts';
import { checksum, pseudoHeaderSum, sum } from '../../runtime/wire/checksum.ts';
import { arbBytes, arbIpv4, arbU16 } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';

/** RFC 1071 section 4.1 read literally. */
function slow(data: Uint8Array, initial: number): number {
  let total = initial;
  for (let i = 0; i < data.length; i++) total += (data[i] ?? 0) * (i % 2 === 0 ? 256 : 1);
  while (total > 0xffff) total = (total % 65536) + Math.floor(total / 65536);
  return total;
}

t.test('the example of RFC 1071 section 3 sums to ddf2', async (t) => {
  t.equal(sum(bytes('0001 f203 f4f5 f6f7')), 0xddf2);
  t.equal(checksum(bytes('0001 f203 f4f5 f6f7')), 0x220d);
});

t.test('nothing sums to zero', async (t) => {
  t.equal(sum(new Uint8Array(0)), 0);
  t.equal(checksum(new Uint8Array(0)), 0xffff);
});

t.test('an odd last byte is the high half of a word', async (t) => {
  t.equal(sum(bytes('12')), 0x1200);
  t.equal(sum(bytes('0001 12')), 0x1201);
});

t.test('the longest packet of all ones neither overflows nor loses a carry', async (t) => {
  t.equal(sum(new Uint8Array(65535).fill(0xff), 0xffff), slow(new Uint8Array(65535).fill(0xff), 0xffff));
});

t.test('the sum is that of the plain definition, at any length and alignment', async () => {
  fc.assert(
    fc.property(arbBytes(), arbU16, fc.nat(3), (data, initial, from) => {
      const part = data.subarray(from);
      return sum(part, initial) === slow(part, initial);
    }),
    { seed: 1 },
  );
});

t.test('a message may be summed in parts that end on a word', async () => {
  fc.assert(
    fc.property(arbBytes(), arbBytes(), (a, b) => {
      const even = a.subarray(0, a.length & ~1);
      return sum(b, sum(even)) === sum(concat(even, b));
    }),
    { seed: 1 },
  );
});

t.test('a message with its checksum in place sums to ffff, and one changed bit shows', async () => {
  fc.assert(
    fc.property(arbBytes(1460, 4), fc.nat(), (data, bit) => {
      const message = data.slice();
      put16(message, 2, 0);
      put16(message, 2, checksum(message));
      const good = sum(message);
      const at = (bit >> 3) % message.length;
      message[at] = (message[at] ?? 0) ^ (1 << (bit & 7));
      return good === 0xffff && sum(message) !== 0xffff;
    }),
    { seed: 1 },
  );
});

t.test('the pseudo header sums like its twelve bytes', async () => {
  fc.assert(
    fc.property(arbIpv4, arbIpv4, fc.nat(255), arbU16, (src, dst, protocol, length) => {
      const header = new Uint8Array(12);
      put16(header, 0, src >>> 16);
      put16(header, 2, src);
      put16(header, 4, dst >>> 16);
      put16(header, 6, dst);
      put16(header, 8, protocol);
      put16(header, 10, length);
      return pseudoHeaderSum(src, dst, protocol, length) === sum(header);
    }),
    { seed: 1 },
  );
});
