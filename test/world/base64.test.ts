import fc from 'fast-check';
import t from 'tap';
import { fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import { fromBase64, toBase64 } from '../../runtime/world/base64.ts';

t.test('any bytes, as Node writes and reads them', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = toBase64(toLatin1(bytes));
      return text === Buffer.from(bytes).toString('base64') && fromBase64(text) === toLatin1(bytes);
    }),
    { seed: 1 },
  );
});

t.test('what is none', async (t) => {
  for (const text of ['a', 'ab!c', 'abcde']) t.equal(fromBase64(text), undefined, text);
  t.equal(fromBase64(' YQ==\n'), toLatin1(fromLatin1('a')), 'space around it does not matter');
});
