import t from 'tap';
import { Rng } from '../../runtime/core/index.ts';
import { SUITES, suiteName } from '../../runtime/tls/index.ts';
import { ivBytesOf, macBytesOf, Protection } from '../../runtime/tls/protection.ts';

const DATA = 23;

t.test('each suite opens what it has sealed, in order and unchanged, and nothing else', async (t) => {
  const rng = new Rng(1);
  for (const suite of SUITES) {
    for (const encryptThenMac of suite.mode === 'CBC' ? [false, true] : [false]) {
      const keys = {
        mac: rng.bytes(macBytesOf(suite)),
        key: rng.bytes(suite.keyBytes),
        iv: rng.bytes(ivBytesOf(suite)),
      };
      const end = (): Protection => new Protection(suite, keys, encryptThenMac, rng);
      const name = `${suiteName(suite)}${encryptThenMac ? ', encrypt then MAC' : ''}`;
      const [writer, reader] = [end(), end()];
      for (const length of [0, 1, 15, 16, 700]) {
        const plain = rng.bytes(length);
        const sealed = writer.seal(DATA, plain);
        t.ok(sealed.length >= reader.minimum && sealed.length <= length + 96, name);
        t.same(reader.open(DATA, sealed), plain, name);
        t.equal(reader.open(DATA, sealed), undefined, 'a second time');
        // The reader has counted on.
        writer.seal(DATA, plain);
      }
      const sealed = end().seal(DATA, rng.bytes(40));
      t.equal(end().open(22, sealed), undefined, 'another type');
      t.equal(end().open(DATA, sealed.subarray(0, reader.minimum - 1)), undefined, 'too short');
      for (let at = 0; at < sealed.length; at++) {
        const changed = Uint8Array.from(sealed);
        changed[at] = (changed[at] ?? 0) ^ 0x10;
        const opened = end().open(DATA, changed);
        if (opened !== undefined) t.fail(`${name}: byte ${at} was changed`);
      }
    }
  }
});
