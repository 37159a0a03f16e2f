import fc from 'fast-check';
import t from 'tap';
import {
  emitNtp,
  NTP_CLIENT,
  NTP_LENGTH,
  NTP_SERVER,
  type Ntp,
  ntpTimestamp,
  parseNtp,
} from '../../runtime/wire/ntp.ts';
import { arbByte, arbBytes, arbU32, record } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';
import { codecLaws } from '../helpers/codec-laws.ts';

const bits = (n: number) => fc.integer({ min: 0, max: 2 ** n - 1 });
const signed = arbByte.map((byte) => byte - 128);
const stamp = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

const arbNtp: fc.Arbitrary<Ntp> = record({
  leap: bits(2),
  version: bits(3),
  mode: bits(3),
  stratum: arbByte,
  poll: signed,
  precision: signed,
  rootDelay: arbU32,
  rootDispersion: arbU32,
  referenceId: arbBytes(4, 4).map((id) => String.fromCharCode(...id)),
  reference: stamp,
  origin: stamp,
  receive: stamp,
  transmit: stamp,
});

const EMPTY_FIELDS = { stratum: 0, poll: 0, precision: 0, rootDelay: 0, rootDispersion: 0, referenceId: '\0\0\0\0' };

codecLaws(t, { parse: parseNtp, emit: emitNtp, reasons: ['truncated'], shortest: NTP_LENGTH }, arbNtp, [
  {
    what: 'a request of the firmware',
    bytes: bytes(`23000000 00000000 00000000 00000000 ${'00'.repeat(24)} 83aa7e82 80000000`),
    value: {
      ...EMPTY_FIELDS,
      leap: 0,
      version: 4,
      mode: NTP_CLIENT,
      reference: 0n,
      origin: 0n,
      receive: 0n,
      transmit: 0x83aa7e82_80000000n,
    },
  },
  {
    what: 'a refusal',
    bytes: bytes(`e40006ec 0000028f 0000051e 44454e59 e8fe6f80 0147ae14 ${'00'.repeat(24)}`),
    value: {
      leap: 3,
      version: 4,
      mode: NTP_SERVER,
      stratum: 0,
      poll: 6,
      precision: -20,
      rootDelay: 0x28f,
      rootDispersion: 0x51e,
      referenceId: 'DENY',
      reference: 0xe8fe6f80_0147ae14n,
      origin: 0n,
      receive: 0n,
      transmit: 0n,
    },
  },
]);

t.test('a Unix time becomes seconds since 1900 and a fraction', async (t) => {
  t.equal(ntpTimestamp(1_700_000_000, 500_000), 0xe8fe6f80_80000000n);
  t.equal(ntpTimestamp(-1, 1), 0x83aa7e7f_000010c6n, 'before 1970; the fraction is rounded down');
  t.equal(ntpTimestamp(2_085_978_496, 0), 0n, 'the era ends in 2036');
});

t.test('a short reference id is padded', async (t) => {
  const message = {
    ...EMPTY_FIELDS,
    leap: 0,
    version: 4,
    mode: 4,
    reference: 0n,
    origin: 0n,
    receive: 0n,
    transmit: 0n,
  };
  t.same(emitNtp({ ...message, referenceId: 'GPS' }).subarray(12, 16), bytes('47505300'));
});
