/** How a network's authentication mode stands in its frames, and back. */
import {
  AKM_PSK,
  type Beacon,
  CAPABILITY_ESS,
  CAPABILITY_PRIVACY,
  CAPABILITY_SHORT_SLOT,
  CIPHER_CCMP,
  CIPHER_TKIP,
  type Elements,
  emitRsnElement,
  emitWpaElement,
  type SecurityElement,
  WPA_AKM_PSK,
  WPA_CIPHER_CCMP,
  WPA_CIPHER_TKIP,
} from '../wire/index.ts';
import type { AuthMode } from './reasons.ts';

const RSN: SecurityElement = {
  groupCipher: CIPHER_CCMP,
  pairwiseCiphers: [CIPHER_CCMP],
  akms: [AKM_PSK],
  capabilities: 0,
};
/** A network that also takes WPA stations sends its groups with TKIP. */
const RSN_MIXED: SecurityElement = { ...RSN, groupCipher: CIPHER_TKIP };
const WPA: SecurityElement = {
  groupCipher: WPA_CIPHER_TKIP,
  pairwiseCiphers: [WPA_CIPHER_TKIP, WPA_CIPHER_CCMP],
  akms: [WPA_AKM_PSK],
};

/** The security elements that a network of this mode shows. */
export function securityOf(mode: AuthMode): Pick<Elements, 'rsn' | 'wpa'> {
  switch (mode) {
    case 'WPA2_PSK':
      return { rsn: RSN };
    case 'WPA_PSK':
      return { wpa: WPA };
    case 'WPA_WPA2_PSK':
      return { rsn: RSN_MIXED, wpa: WPA };
    default:
      return {};
  }
}

/** Of several elements the RSN one is taken, as stations prefer it. */
export function chosenSecurity(e: Pick<Elements, 'rsn' | 'wpa'>): Pick<Elements, 'rsn' | 'wpa'> {
  if (e.rsn !== undefined) return { rsn: e.rsn };
  return e.wpa === undefined ? {} : { wpa: e.wpa };
}

/** The bytes of the chosen element as the 4-way handshake repeats them; empty for an open network. */
export function securityBytes(e: Pick<Elements, 'rsn' | 'wpa'>): Uint8Array {
  if (e.rsn !== undefined) return emitRsnElement(e.rsn);
  return e.wpa === undefined ? new Uint8Array(0) : emitWpaElement(e.wpa);
}

export function authModeOf({ elements, capabilities }: Beacon): AuthMode {
  if (elements.rsn !== undefined) return elements.wpa === undefined ? 'WPA2_PSK' : 'WPA_WPA2_PSK';
  if (elements.wpa !== undefined) return 'WPA_PSK';
  return (capabilities & CAPABILITY_PRIVACY) !== 0 ? 'WEP' : 'OPEN';
}

export const capabilitiesOf = (mode: AuthMode): number =>
  CAPABILITY_ESS | CAPABILITY_SHORT_SLOT | (mode === 'OPEN' ? 0 : CAPABILITY_PRIVACY);

/** 802.11b/g rates in units of 500 kbit/s, basic ones marked: 1 2 5.5 11 6 9 12 18, then 24 36 48 54. */
export const RATES = {
  rates: [0x82, 0x84, 0x8b, 0x96, 0x0c, 0x12, 0x18, 0x24],
  extendedRates: [0x30, 0x48, 0x60, 0x6c],
} as const satisfies Elements;
