import t from 'tap';
import { DnsBytes } from '../../runtime/wire/dns-bytes.ts';
import { bytes } from '../helpers/bytes.ts';

t.test('it looks at the given bytes without copying them', async (t) => {
  const given = bytes('ff 0102 03040506 ff').subarray(1, 7);
  const view = DnsBytes.over(given);
  t.equal(view.length, 6);
  t.equal(view.readUInt16BE(0), 0x0102);
  t.equal(view.readUInt32BE(2), 0x03040506);
  view.writeUInt16BE(0xa0b0, 4);
  t.equal(given[4], 0xa0);
});

t.test('reads and writes beyond the end throw RangeError, as those of Buffer do', async (t) => {
  const view = DnsBytes.over(new Uint8Array(4));
  t.throws(() => view.readUInt16BE(3), RangeError);
  t.throws(() => view.readUInt32BE(1), RangeError);
  t.throws(() => view.readUInt16BE(-1), RangeError);
  t.throws(() => view.writeUInt16BE(0, 3), RangeError);
  t.throws(() => view.writeUInt32BE(0, 1), RangeError);
  t.throws(() => view.write('abc', 2), RangeError);
});

t.test('text is one character per byte', async (t) => {
  const view = new DnsBytes(4);
  t.equal(view.write('aé', 1), 2);
  t.same([...view], [0, 0x61, 0xe9, 0]);
  t.equal(view.toString('utf-8', 1, 3), 'aé');
});

t.test('parts of it are plain byte arrays', async (t) => {
  const view = new DnsBytes(4);
  t.equal(view.subarray(1, 3).constructor, Uint8Array);
  t.equal(view.slice(1, 3).constructor, Uint8Array);
});
