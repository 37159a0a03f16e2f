import t from 'tap';
import { concat, seconds, us } from '../../runtime/core/index.ts';
import { LINKTYPE_IEEE802_11, pcapHeader, pcapRecord } from '../../runtime/wire/pcap.ts';
import { bytes } from '../helpers/bytes.ts';

t.test('a file starts with magic, version, zone, accuracy, snap length and link type', async (t) => {
  t.same(pcapHeader(), bytes('d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000'));
  t.same(pcapHeader(LINKTYPE_IEEE802_11).subarray(20), bytes('69000000'));
});

t.test('a record is time, captured length, length and the frame', async (t) => {
  t.same(pcapRecord(us(12_503_007), bytes('a1a2a3')), bytes('0c000000 dfac0700 03000000 03000000 a1a2a3'));
});

t.test('time keeps its microseconds for as long as 32 bits of seconds last', async (t) => {
  const last = us(seconds(2 ** 32 - 1) + 999_999);
  t.same(pcapRecord(last, new Uint8Array(0)), concat(bytes('ffffffff 3f420f00'), new Uint8Array(8)));
});
