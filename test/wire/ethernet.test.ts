import t from 'tap';
import { MAC_BROADCAST, type MacAddress } from '../../runtime/wire/address.ts';
import {
  ETHERNET_HLEN,
  ETHERTYPE_ARP,
  emitEthernet,
  ethernetLength,
  parseEthernet,
} from '../../runtime/wire/ethernet.ts';
import { arbBytes, arbMac, arbU16, record } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';
import { codecLaws } from '../helpers/codec-laws.ts';

codecLaws(
  t,
  {
    parse: parseEthernet,
    emit: emitEthernet,
    length: ethernetLength,
    reasons: ['truncated'],
    shortest: ETHERNET_HLEN,
  },
  record({ dst: arbMac, src: arbMac, etherType: arbU16, payload: arbBytes(1500) }),
  [
    {
      what: 'a broadcast',
      bytes: bytes(`
        ff ff ff ff ff ff   | destination
        5c cf 7f 12 34 56   | source
        08 06               | ARP
        de ad               | payload
      `),
      value: {
        dst: MAC_BROADCAST,
        src: 0x5ccf7f123456 as MacAddress,
        etherType: ETHERTYPE_ARP,
        payload: bytes('dead'),
      },
    },
  ],
);

t.test('the payload aliases the frame', async (t) => {
  const frame = new Uint8Array(20);
  const parsed = parseEthernet(frame);
  t.ok(parsed.ok && parsed.value.payload.buffer === frame.buffer);
});
