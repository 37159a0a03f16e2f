import t from 'tap';
import { reasonOf } from '../../runtime/proto/secure-reasons.ts';

t.test('numbers of mbed TLS in words, where there are some', async (t) => {
  t.equal(reasonOf(-0x2700, undefined), 'no trusted certificate vouches for the server (mbed TLS -0x2700)');
  t.equal(reasonOf(-0x7780, 40), 'the server refuses: handshake_failure (mbed TLS -0x7780)');
  t.match(reasonOf(-0x7780, 70), 'protocol_version; the device speaks TLS 1.2 only');
  t.match(reasonOf(-0x7780, 199), 'alert 199');
  t.equal(reasonOf(-0x7b00, undefined), 'mbed TLS -0x7b00');
});
