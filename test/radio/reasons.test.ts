import t from 'tap';
import { AUTH_MODE, REASON } from '../../runtime/radio/reasons.ts';

t.test('reasons and modes have the numbers scripts know (wifi.eventmon.reason, wifi.OPEN …)', async (t) => {
  t.match(REASON, { ASSOC_LEAVE: 8, FOUR_WAY_HANDSHAKE_TIMEOUT: 15, BEACON_TIMEOUT: 200, NO_AP_FOUND: 201 });
  t.match(REASON, { AUTH_FAIL: 202, ASSOC_FAIL: 203, HANDSHAKE_TIMEOUT: 204 });
  t.same(AUTH_MODE, { OPEN: 0, WEP: 1, WPA_PSK: 2, WPA2_PSK: 3, WPA_WPA2_PSK: 4 });
});
