import t from 'tap';
import { dump, printable } from '../../runtime/wire/printable.ts';

t.test('control characters and bytes above ASCII become escapes', async (t) => {
  t.equal(printable('esp~ 1'), 'esp~ 1');
  t.equal(printable('\x1b[2J\n\x7f\xe9'), '\\x1b[2J\\x0a\\x7f\\xe9');
});

t.test('a dump is cut with an ellipsis', async (t) => {
  t.equal(dump(new Uint8Array([0, 0xab])), '00ab');
  t.equal(dump(new Uint8Array(64)), '00'.repeat(64));
  t.equal(dump(new Uint8Array(65)), `${'00'.repeat(64)}…`);
});
