import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('scripts get raw bytes', async (t) => {
  const esp = new Esp({ files: { f: 'abc' } });
  t.same(
    esp.lua(
      'print(encoder.toHex(crypto.hash("md5", "abc")), encoder.toHex(crypto.fhash("MD5", "f")))',
      'print(encoder.toHex(crypto.sha1("abc")))',
      'local h = crypto.new_hash("SHA1") h:update("a") h:update("bc") print(encoder.toHex(h:finalize()))',
      'local m = crypto.new_hmac("SHA256", "key") m:update("abc") print(m:finalize() == crypto.hmac("SHA256", "abc", "key"))',
      'print(crypto.mask("abc", "\\1"), #crypto.encrypt("aes-cbc", ("k"):rep(16), "hello"), crypto.decrypt("AES-CBC", ("k"):rep(16), crypto.encrypt("AES-CBC", ("k"):rep(16), "hello", "iv"), "iv"):sub(1, 5))',
    ),
    [
      '900150983cd24fb0d6963f7d28e17f72\t900150983cd24fb0d6963f7d28e17f72',
      'a9993e364706816aba3e25717850c26c9cd0d89d',
      'a9993e364706816aba3e25717850c26c9cd0d89d',
      'true',
      '`cb\t16\thello',
    ],
  );
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['crypto.hash("sha2", "x")', 'unknown hash mech'],
    ['crypto.new_hash("x")', 'unknown hash mech'],
    ['crypto.hmac("x", 1, 2)', 'unknown hash mech'],
    ['crypto.hash("md5")', "bad argument #2 to 'hash' (string expected, got no value)"],
    ['crypto.fhash("md5", "none")', 'file does not exist'],
    ['crypto.mask("x", "")', 'invalid argument: mask'],
    ['crypto.encrypt("des", "k", "d")', 'unknown cipher: des'],
    ['crypto.encrypt("AES-ECB", "short", "d")', 'crypto op failed'],
  ]);
});
