/**
 * Information elements of 802.11 management frames (IEEE 802.11-2016 section 9.4.2): those that joining a network needs are
 * fields, everything else is kept as it came. A malformed security element counts as an unknown one.
 */
import { concat, fromLatin1, invariant, type Result, toLatin1, u8, u32 } from '../core/index.ts';

export const ELEMENT_SSID = 0;
export const ELEMENT_RATES = 1;
export const ELEMENT_DS_PARAMETER = 3;
export const ELEMENT_TIM = 5;
export const ELEMENT_CHANNEL_SWITCH = 37;
export const ELEMENT_RSN = 48;
export const ELEMENT_EXTENDED_RATES = 50;
export const ELEMENT_VENDOR = 221;

/** Cipher suites (table 9-131) and key management suites (table 9-133): OUI and type as one number. */
export const CIPHER_TKIP = 0x000fac02;
export const CIPHER_CCMP = 0x000fac04;
export const AKM_PSK = 0x000fac02;
/** The same in the WPA element of 2003, under Microsoft's OUI. */
export const WPA_CIPHER_TKIP = 0x0050f202;
export const WPA_CIPHER_CCMP = 0x0050f204;
export const WPA_AKM_PSK = 0x0050f202;

/** OUI 00:50:f2 and type 1: a vendor element with it is the WPA element. */
const WPA_OUI_TYPE = 0x0050f201;

/** RSN element (9.4.2.25) or WPA element; what may follow the capabilities (PMKIDs, group management cipher) is not kept. */
export interface SecurityElement {
  readonly groupCipher: number;
  readonly pairwiseCiphers: readonly number[];
  readonly akms: readonly number[];
  /** RSN capabilities; absent in the WPA element. */
  readonly capabilities?: number;
}

export interface Tim {
  readonly dtimCount: number;
  readonly dtimPeriod: number;
  readonly control: number;
  readonly bitmap: Uint8Array;
}

export interface ChannelSwitch {
  readonly mode: number;
  readonly channel: number;
  /** Beacons until it happens. */
  readonly count: number;
}

export interface RawElement {
  readonly id: number;
  readonly body: Uint8Array;
}

export interface Elements {
  /** Latin-1: one character, one byte. Empty: any network, or a hidden one. */
  readonly ssid?: string;
  /** Units of 500 kbit/s; 0x80 marks a basic rate. */
  readonly rates?: readonly number[];
  readonly extendedRates?: readonly number[];
  /** DS Parameter Set: the channel the frame was sent on. */
  readonly channel?: number;
  readonly tim?: Tim;
  readonly channelSwitch?: ChannelSwitch;
  readonly rsn?: SecurityElement;
  readonly wpa?: SecurityElement;
  /** Unknown or malformed ones; `body` aliases the parsed bytes. */
  readonly other?: readonly RawElement[];
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Little-endian, as 802.11 (unlike the Internet protocols) writes its numbers. */
export const le16 = (b: Uint8Array, at: number): number => u8(b, at) | (u8(b, at + 1) << 8);

export function putLe16(b: Uint8Array, at: number, value: number): void {
  b[at] = value;
  b[at + 1] = value >>> 8;
}

/** Parses elements up to the end of `bytes`. Of a repeated known element the first counts. */
export function parseElements(bytes: Uint8Array): Result<Elements, 'truncated'> {
  const out: Writable<Elements> = {};
  const other: RawElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 2 > bytes.length) return { ok: false, error: 'truncated' };
    const id = u8(bytes, at);
    const end = at + 2 + u8(bytes, at + 1);
    if (end > bytes.length) return { ok: false, error: 'truncated' };
    const body = bytes.subarray(at + 2, end);
    if (!parseKnown(out, id, body)) other.push({ id, body });
    at = end;
  }
  if (other.length > 0) out.other = other;
  return { ok: true, value: out };
}

function parseKnown(out: Writable<Elements>, id: number, body: Uint8Array): boolean {
  switch (id) {
    case ELEMENT_SSID:
      if (out.ssid !== undefined || body.length > 32) return false;
      out.ssid = toLatin1(body);
      return true;
    case ELEMENT_RATES:
      if (out.rates !== undefined) return false;
      out.rates = [...body];
      return true;
    case ELEMENT_EXTENDED_RATES:
      if (out.extendedRates !== undefined) return false;
      out.extendedRates = [...body];
      return true;
    case ELEMENT_DS_PARAMETER:
      if (out.channel !== undefined || body.length !== 1) return false;
      out.channel = u8(body, 0);
      return true;
    case ELEMENT_TIM:
      if (out.tim !== undefined || body.length < 4) return false;
      out.tim = {
        dtimCount: u8(body, 0),
        dtimPeriod: u8(body, 1),
        control: u8(body, 2),
        bitmap: body.subarray(3),
      };
      return true;
    case ELEMENT_CHANNEL_SWITCH:
      if (out.channelSwitch !== undefined || body.length !== 3) return false;
      out.channelSwitch = { mode: u8(body, 0), channel: u8(body, 1), count: u8(body, 2) };
      return true;
    case ELEMENT_RSN: {
      const rsn = out.rsn === undefined ? parseSecurity(body, true) : undefined;
      if (rsn === undefined) return false;
      out.rsn = rsn;
      return true;
    }
    case ELEMENT_VENDOR: {
      const isWpa = body.length >= 4 && u32(body, 0) === WPA_OUI_TYPE;
      const wpa = isWpa && out.wpa === undefined ? parseSecurity(body.subarray(4), false) : undefined;
      if (wpa === undefined) return false;
      out.wpa = wpa;
      return true;
    }
    default:
      return false;
  }
}

/** Version 1, group cipher, pairwise ciphers, key managements, for RSN also capabilities. */
function parseSecurity(body: Uint8Array, isRsn: boolean): SecurityElement | undefined {
  if (body.length < 8 || le16(body, 0) !== 1) return undefined;
  const pairwise = parseSuites(body, 6);
  if (pairwise === undefined) return undefined;
  const akms = parseSuites(body, pairwise.end);
  if (akms === undefined) return undefined;
  const base = { groupCipher: u32(body, 2), pairwiseCiphers: pairwise.suites, akms: akms.suites };
  if (!isRsn) return base;
  return akms.end + 2 <= body.length ? { ...base, capabilities: le16(body, akms.end) } : base;
}

function parseSuites(body: Uint8Array, at: number): { suites: number[]; end: number } | undefined {
  if (at + 2 > body.length) return undefined;
  const end = at + 2 + 4 * le16(body, at);
  if (end > body.length) return undefined;
  const suites: number[] = [];
  for (let i = at + 2; i < end; i += 4) suites.push(u32(body, i));
  return { suites, end };
}

/** In the order of the standard's beacon body (table 9-27), unknown ones last. */
export function emitElements(e: Elements): Uint8Array {
  const parts: Uint8Array[] = [];
  if (e.ssid !== undefined) parts.push(element(ELEMENT_SSID, fromLatin1(e.ssid)));
  if (e.rates !== undefined) parts.push(element(ELEMENT_RATES, Uint8Array.from(e.rates)));
  if (e.channel !== undefined) parts.push(element(ELEMENT_DS_PARAMETER, Uint8Array.of(e.channel)));
  if (e.tim !== undefined) {
    const { dtimCount, dtimPeriod, control, bitmap } = e.tim;
    parts.push(element(ELEMENT_TIM, concat(Uint8Array.of(dtimCount, dtimPeriod, control), bitmap)));
  }
  if (e.channelSwitch !== undefined) {
    const { mode, channel, count } = e.channelSwitch;
    parts.push(element(ELEMENT_CHANNEL_SWITCH, Uint8Array.of(mode, channel, count)));
  }
  if (e.extendedRates !== undefined) parts.push(element(ELEMENT_EXTENDED_RATES, Uint8Array.from(e.extendedRates)));
  if (e.rsn !== undefined) parts.push(emitRsnElement(e.rsn));
  if (e.wpa !== undefined) parts.push(emitWpaElement(e.wpa));
  for (const { id, body } of e.other ?? []) parts.push(element(id, body));
  return concat(...parts);
}

/** The whole RSN element with its two-byte head, as message 2 and 3 of the 4-way handshake carry it. */
export const emitRsnElement = (s: SecurityElement): Uint8Array => element(ELEMENT_RSN, emitSecurity(s));

/** The whole WPA element with its two-byte head. */
export const emitWpaElement = (s: SecurityElement): Uint8Array =>
  element(ELEMENT_VENDOR, concat(Uint8Array.of(0x00, 0x50, 0xf2, 0x01), emitSecurity(s)));

function emitSecurity(s: SecurityElement): Uint8Array {
  const capabilities = s.capabilities;
  return concat(
    Uint8Array.of(1, 0),
    suite(s.groupCipher),
    suites(s.pairwiseCiphers),
    suites(s.akms),
    capabilities === undefined ? new Uint8Array(0) : Uint8Array.of(capabilities, capabilities >>> 8),
  );
}

const suite = (s: number): Uint8Array => Uint8Array.of(s >>> 24, s >>> 16, s >>> 8, s);

const suites = (list: readonly number[]): Uint8Array =>
  concat(Uint8Array.of(list.length, list.length >>> 8), ...list.map(suite));

function element(id: number, body: Uint8Array): Uint8Array {
  invariant(body.length <= 255, `element ${id} of ${body.length} bytes`);
  return concat(Uint8Array.of(id, body.length), body);
}
