import { crc32, inflateSync } from 'node:zlib';
import t from 'tap';
import { png } from '../../runtime/hardware/png.ts';

t.test('any decoder can read it', async (t) => {
  const width = 300;
  const height = 250;
  const grey = Uint8Array.from({ length: width * height }, (_, i) => (i * 7) & 0xff);
  const file = Buffer.from(png(width, height, grey));
  const kinds: string[] = [];
  let pixels = Buffer.alloc(0);
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const body = file.subarray(at + 4, at + 8 + length);
    kinds.push(body.toString('latin1', 0, 4));
    t.equal(file.readUInt32BE(at + 8 + length), crc32(body));
    if (kinds.at(-1) === 'IDAT') pixels = inflateSync(body.subarray(4));
    at += length + 12;
  }
  t.same(kinds, ['IHDR', 'IDAT', 'IEND']);
  t.equal(pixels.length, height * (width + 1));
  t.same([...pixels.subarray(301 * 249 + 1)], [...grey.subarray(300 * 249)]);
});
