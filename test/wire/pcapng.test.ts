import t from 'tap';
import { us } from '../../runtime/core/index.ts';
import { LINKTYPE_IEEE802_11 } from '../../runtime/wire/pcap.ts';
import { pcapngHeader, pcapngInterface, pcapngPacket, pcapngSecrets } from '../../runtime/wire/pcapng.ts';
import { bytes } from '../helpers/bytes.ts';

t.test('a section of unknown length starts the file', async (t) => {
  t.same(
    pcapngHeader(),
    bytes(`
      0a0d0d0a 1c000000     | block type and length
      4d3c2b1a 0100 0000    | byte order, version 1.0
      ffffffffffffffff      | section length
      1c000000              | block length again
    `),
  );
});

t.test('an interface has a link type and may have a name', async (t) => {
  t.same(pcapngInterface(), bytes('01000000 14000000 0100 0000 00000000 14000000'));
  t.same(
    pcapngInterface(LINKTYPE_IEEE802_11, 'air'),
    bytes(`
      01000000 20000000
      6900 0000 00000000    | IEEE 802.11, no snap length
      0200 0300 61697200    | if_name "air", padded
      0000 0000             | end of options
      20000000
    `),
  );
});

t.test('a packet is padded to 32 bits and may have a comment', async (t) => {
  const at = us(2 ** 32 + 5);
  t.same(
    pcapngPacket(1, at, bytes('a1a2a3a4a5')),
    bytes(`
      06000000 28000000
      01000000              | interface
      01000000 05000000     | time, high half first
      05000000 05000000     | captured length, length
      a1a2a3a4 a5000000
      28000000
    `),
  );
  t.same(
    pcapngPacket(0, us(5), bytes('a1a2a3a4'), 'lost'),
    bytes(`
      06000000 30000000
      00000000 00000000 05000000 04000000 04000000
      a1a2a3a4
      0100 0400 6c6f7374    | comment
      0000 0000
      30000000
    `),
  );
});

t.test('the keys of TLS are a block of their own', async (t) => {
  t.same(pcapngSecrets('abcde'), bytes('0a000000 1c000000 4b534c54 05000000 6162636465000000 1c000000'));
});
