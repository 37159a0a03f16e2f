import fc from 'fast-check';
import t from 'tap';
import { fromHex } from '../../bindings/nodemcu/encoder.ts';
import { fromBase64, toBase64 } from '../../runtime/core/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('bytes survive both encodings and agree with Node’s', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      t.equal(toBase64(bytes), Buffer.from(bytes).toString('base64'));
      t.same(fromBase64(toBase64(bytes)), bytes);
      t.same(fromHex(Buffer.from(bytes).toString('hex').toUpperCase()), bytes);
    }),
    { seed: 1 },
  );
});

t.test('scripts see strings', async (t) => {
  t.same(
    new Esp().lua(
      'print(encoder.toHex("\\0\\255a"), encoder.fromHex("6F6b"), encoder.toBase64("ok"), encoder.fromBase64("b2s="), encoder.toHex(12), encoder.toBase64(""))',
    ),
    ['00ff61\tok\tb2s=\tok\t3132\t'],
  );
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['encoder.fromHex("abc")', 'Invalid hex string'],
    ['encoder.fromHex("xx")', 'Invalid hex string'],
    ['encoder.fromBase64("abc")', 'Invalid base64 string'],
    ['encoder.fromBase64("a=bc")', 'Invalid base64 string'],
    ['encoder.toHex()', "bad argument #1 to 'toHex' (string expected, got no value)"],
  ]);
});
