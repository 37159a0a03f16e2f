import t from 'tap';
import { authModeOf, capabilitiesOf, chosenSecurity, securityBytes, securityOf } from '../../runtime/radio/security.ts';
import { CAPABILITY_PRIVACY, type Elements, MAC_BROADCAST, parseElements } from '../../runtime/wire/index.ts';
import { AP } from '../helpers/air.ts';

const mode = (elements: Elements, capabilities: number) =>
  authModeOf({
    type: 'beacon',
    da: MAC_BROADCAST,
    sa: AP,
    bssid: AP,
    sequence: 0,
    timestamp: 0,
    interval: 100,
    capabilities,
    elements,
  });

t.test('every mode is recognised from what it shows', async (t) => {
  for (const authMode of ['OPEN', 'WPA_PSK', 'WPA2_PSK', 'WPA_WPA2_PSK'] as const) {
    t.equal(mode(securityOf(authMode), capabilitiesOf(authMode)), authMode);
  }
  t.equal(mode({}, CAPABILITY_PRIVACY), 'WEP', 'private, and no element says how');
});

t.test('of two elements RSN is chosen, and its bytes are one element', async (t) => {
  const chosen = chosenSecurity(securityOf('WPA_WPA2_PSK'));
  t.same(Object.keys(chosen), ['rsn']);
  t.same(parseElements(securityBytes(chosen)), { ok: true, value: chosen });
  t.same(Object.keys(chosenSecurity(securityOf('WPA_PSK'))), ['wpa']);
  t.equal(securityBytes(chosenSecurity({})).length, 0);
});
