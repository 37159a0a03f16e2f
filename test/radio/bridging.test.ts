import fc from 'fast-check';
import t from 'tap';
import { toAir, toEthernet } from '../../runtime/radio/bridging.ts';
import { parseIeee80211 } from '../../runtime/wire/index.ts';
import { AP, ethernet, HOST, STA } from '../helpers/air.ts';
import { arbBytes } from '../helpers/arb.ts';

t.test('an Ethernet frame comes out of the air as it went in, either way', async (t) => {
  fc.assert(
    fc.property(arbBytes(1514, 14), fc.constantFrom('to-ap' as const, 'from-ap' as const), (frame, direction) => {
      const parsed = parseIeee80211(toAir(frame, direction, AP, 0) ?? new Uint8Array(0));
      if (!parsed.ok || parsed.value.type !== 'data') throw new Error('no data frame');
      t.same(toEthernet(parsed.value), frame);
    }),
    { seed: 1, numRuns: 50 },
  );
});

t.test('less than an Ethernet header does not go into the air', async (t) => {
  t.equal(toAir(new Uint8Array(13), 'to-ap', AP, 0), undefined);
});

t.test('the frame that comes out is the receiver’s own', async (t) => {
  const parsed = parseIeee80211(toAir(ethernet(HOST, STA, 1), 'to-ap', AP, 0) ?? new Uint8Array(0));
  if (!parsed.ok || parsed.value.type !== 'data') throw new Error('no data frame');
  toEthernet(parsed.value).fill(0xff);
  t.same([...parsed.value.payload], new Array(20).fill(1));
});
