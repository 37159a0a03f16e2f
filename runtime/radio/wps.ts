/**
 * Push-button Wi-Fi Protected Setup as far as it can be seen: the element in beacons while a button is pressed. What the
 * registrar then tells (EAP-WSC) is not on the air; it is handed over past it.
 */
import { seconds } from '../core/index.ts';
import { type Beacon, ELEMENT_VENDOR, type RawElement } from '../wire/index.ts';

/** How it ends for whoever asks: with the credentials, with a failure, or never. */
export type WpsOutcome = 'success' | 'failed' | 'silence' | 'wep';

/** What a registrar tells. */
export interface WpsOffer {
  readonly ssid: string;
  readonly password: string;
  readonly outcome: WpsOutcome;
}

/** The walk time of the specification (WSC 2.0 section 2): a button counts for two minutes. */
export const WPS_WALK_TIME = seconds(120);

/** Microsoft's OUI and type 4; version 1.0, state configured, selected registrar yes, password id push button (WSC 2.0 section 12). */
const PUSHED: RawElement = {
  id: ELEMENT_VENDOR,
  body: Uint8Array.of(
    ...[0x00, 0x50, 0xf2, 0x04],
    ...[0x10, 0x4a, 0, 1, 0x10],
    ...[0x10, 0x44, 0, 1, 2],
    ...[0x10, 0x41, 0, 1, 1],
    ...[0x10, 0x12, 0, 2, 0, 4],
  ),
};

export const wpsElements = (pushed: boolean): { readonly other?: readonly RawElement[] } =>
  pushed ? { other: [PUSHED] } : {};

/** Whether the button of the access point that sent this is pressed. */
export const saysPushed = ({ elements }: Beacon): boolean =>
  elements.other?.some(
    ({ id, body }) =>
      id === PUSHED.id && body.length === PUSHED.body.length && body.every((b, i) => b === PUSHED.body[i]),
  ) === true;
