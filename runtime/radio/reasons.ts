/** Numbers of the air interface that scripts see: reason and status codes, authentication modes. */

/**
 * Why a station lost or did not get its access point. Up to 24: IEEE 802.11-2016 table 9-45. From 200: the ESP8266's own
 * (firmware app/modules/wifi_common.h, `wifi.eventmon.reason`).
 */
export const REASON = {
  UNSPECIFIED: 1,
  AUTH_EXPIRE: 2,
  AUTH_LEAVE: 3,
  ASSOC_EXPIRE: 4,
  ASSOC_TOOMANY: 5,
  NOT_AUTHED: 6,
  NOT_ASSOCED: 7,
  ASSOC_LEAVE: 8,
  ASSOC_NOT_AUTHED: 9,
  IE_INVALID: 13,
  MIC_FAILURE: 14,
  FOUR_WAY_HANDSHAKE_TIMEOUT: 15,
  GROUP_KEY_UPDATE_TIMEOUT: 16,
  IE_IN_4WAY_DIFFERS: 17,
  BEACON_TIMEOUT: 200,
  NO_AP_FOUND: 201,
  AUTH_FAIL: 202,
  ASSOC_FAIL: 203,
  HANDSHAKE_TIMEOUT: 204,
} as const satisfies Record<string, number>;

/** Status codes of authentication and association responses (IEEE 802.11-2016 table 9-46). */
export const STATUS = {
  SUCCESS: 0,
  UNSPECIFIED_FAILURE: 1,
  UNSUPPORTED_ALGORITHM: 13,
  AP_FULL: 17,
  INVALID_ELEMENT: 40,
} as const satisfies Record<string, number>;

/** Authentication modes with the firmware's numbers (`wifi.OPEN` …; WEP exists only in scan results). */
export const AUTH_MODE = {
  OPEN: 0,
  WEP: 1,
  WPA_PSK: 2,
  WPA2_PSK: 3,
  WPA_WPA2_PSK: 4,
} as const satisfies Record<string, number>;

export type AuthMode = keyof typeof AUTH_MODE;
