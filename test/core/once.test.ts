import t from 'tap';
import { once } from '../../runtime/core/index.ts';

t.test('what is asked about again at once is not decoded again, and the answer is shared', async (t) => {
  let calls = 0;
  const decode = once((bytes: Uint8Array) => ({ first: bytes[0], call: ++calls }));
  const a = Uint8Array.of(1);
  const b = Uint8Array.of(1);
  const answer = decode(a);
  t.same(answer, { first: 1, call: 1 });
  t.equal(decode(a), answer);
  t.same(decode(b), { first: 1, call: 2 }, 'equal bytes are not the same frame');
  t.same(decode(a), { first: 1, call: 3 }, 'only the last answer is remembered');
});

t.test('an answer that is nothing is remembered as well', async (t) => {
  let calls = 0;
  const decode = once((_: object): undefined => {
    calls++;
  });
  const thing = {};
  decode(thing);
  decode(thing);
  t.equal(calls, 1);
});
