import fc from 'fast-check';
import t from 'tap';
import {
  concat,
  equalBytes,
  fromLatin1,
  hex,
  put16,
  put32,
  toBase64,
  toLatin1,
  u16,
  u32,
  useLatin1Decoder,
} from '../../runtime/core/index.ts';

t.test('integers are read and written in network order', async (t) => {
  const b = new Uint8Array(6);
  put16(b, 0, 0x1234);
  put32(b, 2, 0xfedcba98);
  t.equal(hex(b, ' '), '12 34 fe dc ba 98');
  t.equal(u16(b, 0), 0x1234);
  t.equal(u32(b, 2), 0xfedcba98, 'unsigned');
});

t.test('every byte string survives the way through Latin-1 text', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 10_000 }), (bytes) => equalBytes(fromLatin1(toLatin1(bytes)), bytes)),
    { seed: 1 },
  );
});

t.test("the host's way to make text is taken for long pieces only", async (t) => {
  useLatin1Decoder(() => 'host');
  t.teardown(() => useLatin1Decoder(undefined));
  t.equal(toLatin1(new Uint8Array(100)), 'host');
  t.equal(toLatin1(fromLatin1('short')), 'short');
  useLatin1Decoder(() => undefined);
  t.equal(toLatin1(new Uint8Array(100).fill(0x80)), '\x80'.repeat(100), 'what the host cannot do is done here');
});

t.test('concat joins and equalBytes compares', async (t) => {
  const joined = concat(fromLatin1('ab'), new Uint8Array(0), fromLatin1('c'));
  t.equal(toLatin1(joined), 'abc');
  t.notOk(equalBytes(joined, fromLatin1('abd')));
  t.notOk(equalBytes(joined, fromLatin1('ab')));
});

t.test('base64 has the examples of its standard', async (t) => {
  const encoded = ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) => toBase64(fromLatin1(text)));
  t.same(encoded, ['', 'Zg==', 'Zm8=', 'Zm9v', 'Zm9vYg==', 'Zm9vYmE=', 'Zm9vYmFy']);
});
