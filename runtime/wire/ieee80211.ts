/**
 * 802.11 frames without FCS (IEEE 802.11-2016 chapter 9): the management frames of joining and leaving a network, and data
 * frames with an LLC/SNAP header. Not here: control frames, fragments, four addresses, encrypted bodies (named errors),
 * and the retry and power flags (ignored when parsing, clear when emitting).
 */
import { concat, err, invariant, ok, put16, type Result, u8, u16 } from '../core/index.ts';
import { isGroupMac, MAC_LENGTH, type MacAddress, putMac, readMac } from './address.ts';
import { type Elements, emitElements, le16, parseElements, putLe16 } from './ieee80211-elements.ts';

/** Frame control, duration, three addresses, sequence control. */
export const IEEE80211_HLEN = 24;
/** AA AA 03, OUI 0, EtherType (RFC 1042). */
export const LLC_SNAP_HLEN = 8;

/** Capability information (9.4.1.4). */
export const CAPABILITY_ESS = 0x0001;
export const CAPABILITY_PRIVACY = 0x0010;
export const CAPABILITY_SHORT_PREAMBLE = 0x0020;
export const CAPABILITY_SHORT_SLOT = 0x0400;

interface Header {
  /** Final receiver and first sender, as on an Ethernet. */
  readonly da: MacAddress;
  readonly sa: MacAddress;
  readonly bssid: MacAddress;
  /** 12 bits. */
  readonly sequence: number;
}

export interface Beacon extends Header {
  readonly type: 'beacon' | 'probe-response';
  /** Microseconds of the access point's own clock. */
  readonly timestamp: number;
  /** Time units of 1024 us. */
  readonly interval: number;
  readonly capabilities: number;
  readonly elements: Elements;
}

export interface ProbeRequest extends Header {
  readonly type: 'probe-request';
  readonly elements: Elements;
}

export interface Authentication extends Header {
  readonly type: 'authentication';
  /** 0 is Open System. */
  readonly algorithm: number;
  readonly transaction: number;
  readonly status: number;
}

export interface AssociationRequest extends Header {
  readonly type: 'association-request';
  readonly capabilities: number;
  /** Beacon intervals. */
  readonly listenInterval: number;
  readonly elements: Elements;
}

export interface ReassociationRequest extends Header {
  readonly type: 'reassociation-request';
  readonly capabilities: number;
  readonly listenInterval: number;
  readonly currentAp: MacAddress;
  readonly elements: Elements;
}

export interface AssociationResponse extends Header {
  readonly type: 'association-response' | 'reassociation-response';
  readonly capabilities: number;
  readonly status: number;
  /** 1 … 2007; 0 with a refusal. */
  readonly aid: number;
  readonly elements: Elements;
}

export interface Farewell extends Header {
  readonly type: 'disassociation' | 'deauthentication';
  readonly reason: number;
}

/** The way of a data frame through the access point; `direct` is an ad hoc frame without one. */
export type DsDirection = 'to-ap' | 'from-ap' | 'direct';

export interface DataFrame extends Header {
  readonly type: 'data';
  readonly direction: DsDirection;
  readonly etherType: number;
  /** Aliases the parsed bytes. */
  readonly payload: Uint8Array;
}

/** No body; keeps a station known to its access point. */
export interface NullFrame extends Header {
  readonly type: 'null';
  readonly direction: DsDirection;
}

export type Ieee80211Frame =
  | Beacon
  | ProbeRequest
  | Authentication
  | AssociationRequest
  | ReassociationRequest
  | AssociationResponse
  | Farewell
  | DataFrame
  | NullFrame;

export type Ieee80211Error = 'truncated' | 'bad-version' | 'unsupported' | 'fragment' | 'protected' | 'bad-snap';

const TYPE_MANAGEMENT = 0;
const TYPE_DATA = 2;

/** Subtypes of management frames (table 9-1). */
const MANAGEMENT = {
  'association-request': 0,
  'association-response': 1,
  'reassociation-request': 2,
  'reassociation-response': 3,
  'probe-request': 4,
  'probe-response': 5,
  beacon: 8,
  disassociation: 10,
  authentication: 11,
  deauthentication: 12,
} as const satisfies Record<string, number>;
type ManagementType = keyof typeof MANAGEMENT;
const MANAGEMENT_TYPES = new Map(Object.entries(MANAGEMENT).map(([type, n]) => [n as number, type as ManagementType]));

const SUBTYPE_DATA = 0;
const SUBTYPE_NULL = 4;
const SUBTYPE_QOS_DATA = 8;
const QOS_CONTROL_LENGTH = 2;

const TO_DS = 0x01;
const FROM_DS = 0x02;
const MORE_FRAGMENTS = 0x04;
const PROTECTED = 0x40;

/** What the medium stays reserved for after a frame to one receiver: SIFS and the acknowledgement at 24 and at 1 Mbit/s. */
const DURATION_DATA = 44;
const DURATION_MANAGEMENT = 314;

/** The two high bits of an association number are always set (9.4.1.8). */
const AID_MARK = 0xc000;

/** Who the frame is addressed to on the air (address 1); for whole frames only. */
export const receiverOf = (bytes: Uint8Array): MacAddress => readMac(bytes, 4);

/** Told by the first byte alone; for whole frames only. */
export const isProbeRequest = (bytes: Uint8Array): boolean => u8(bytes, 0) === MANAGEMENT['probe-request'] << 4;

export function parseIeee80211(bytes: Uint8Array): Result<Ieee80211Frame, Ieee80211Error> {
  if (bytes.length < IEEE80211_HLEN) return err('truncated');
  const control = u8(bytes, 0);
  const flags = u8(bytes, 1);
  if ((control & 3) !== 0) return err('bad-version');
  if ((flags & PROTECTED) !== 0) return err('protected');
  if ((flags & MORE_FRAGMENTS) !== 0 || (u8(bytes, 22) & 0x0f) !== 0) return err('fragment');
  const type = (control >> 2) & 3;
  const subtype = control >> 4;
  if (type === TYPE_DATA) return parseData(bytes, subtype, flags);
  const name = type === TYPE_MANAGEMENT ? MANAGEMENT_TYPES.get(subtype) : undefined;
  if (name === undefined || (flags & (TO_DS | FROM_DS)) !== 0) return err('unsupported');
  const header = {
    da: readMac(bytes, 4),
    sa: readMac(bytes, 10),
    bssid: readMac(bytes, 16),
    sequence: sequence(bytes),
  };
  return parseManagement(name, header, bytes.subarray(IEEE80211_HLEN));
}

const sequence = (bytes: Uint8Array): number => le16(bytes, 22) >>> 4;

function parseData(bytes: Uint8Array, subtype: number, flags: number): Result<Ieee80211Frame, Ieee80211Error> {
  const direction = directionOf(flags);
  if (direction === undefined) return err('unsupported');
  const [a1, a2, a3] = [readMac(bytes, 4), readMac(bytes, 10), readMac(bytes, 16)];
  // Table 9-26: where receiver, sender and BSSID stand depends on the two DS bits.
  const header =
    direction === 'to-ap'
      ? { da: a3, sa: a2, bssid: a1, sequence: sequence(bytes) }
      : direction === 'from-ap'
        ? { da: a1, sa: a3, bssid: a2, sequence: sequence(bytes) }
        : { da: a1, sa: a2, bssid: a3, sequence: sequence(bytes) };
  if (subtype === SUBTYPE_NULL) return ok({ type: 'null', direction, ...header });
  if (subtype !== SUBTYPE_DATA && subtype !== SUBTYPE_QOS_DATA) return err('unsupported');
  const at = IEEE80211_HLEN + (subtype === SUBTYPE_QOS_DATA ? QOS_CONTROL_LENGTH : 0);
  if (bytes.length < at + LLC_SNAP_HLEN) return err('truncated');
  if (u16(bytes, at) !== 0xaaaa || u16(bytes, at + 2) !== 0x0300 || u16(bytes, at + 4) !== 0) return err('bad-snap');
  return ok({
    type: 'data',
    direction,
    ...header,
    etherType: u16(bytes, at + 6),
    payload: bytes.subarray(at + LLC_SNAP_HLEN),
  });
}

function directionOf(flags: number): DsDirection | undefined {
  switch (flags & (TO_DS | FROM_DS)) {
    case TO_DS:
      return 'to-ap';
    case FROM_DS:
      return 'from-ap';
    case 0:
      return 'direct';
    default:
      return undefined;
  }
}

function parseManagement(
  type: ManagementType,
  header: Header,
  body: Uint8Array,
): Result<Ieee80211Frame, Ieee80211Error> {
  const fixed = FIXED_LENGTH[type];
  if (body.length < fixed) return err('truncated');
  const parsed = parseElements(body.subarray(fixed));
  if (!parsed.ok) return parsed;
  const elements = parsed.value;
  switch (type) {
    case 'beacon':
    case 'probe-response':
      return ok({
        type,
        ...header,
        timestamp: readTimestamp(body),
        interval: le16(body, 8),
        capabilities: le16(body, 10),
        elements,
      });
    case 'probe-request':
      return ok({ type, ...header, elements });
    case 'authentication':
      return ok({ type, ...header, algorithm: le16(body, 0), transaction: le16(body, 2), status: le16(body, 4) });
    case 'association-request':
      return ok({ type, ...header, capabilities: le16(body, 0), listenInterval: le16(body, 2), elements });
    case 'reassociation-request':
      return ok({
        type,
        ...header,
        capabilities: le16(body, 0),
        listenInterval: le16(body, 2),
        currentAp: readMac(body, 4),
        elements,
      });
    case 'association-response':
    case 'reassociation-response':
      return ok({
        type,
        ...header,
        capabilities: le16(body, 0),
        status: le16(body, 2),
        aid: le16(body, 4) & ~AID_MARK,
        elements,
      });
    default:
      return ok({ type, ...header, reason: le16(body, 0) });
  }
}

/** Bytes of the body before the elements (tables 9-27 to 9-41). */
const FIXED_LENGTH = {
  'association-request': 4,
  'association-response': 6,
  'reassociation-request': 4 + MAC_LENGTH,
  'reassociation-response': 6,
  'probe-request': 0,
  'probe-response': 12,
  beacon: 12,
  disassociation: 2,
  authentication: 6,
  deauthentication: 2,
} as const satisfies Record<ManagementType, number>;

/** 64 bits, little-endian; exact up to 2^53. */
function readTimestamp(body: Uint8Array): number {
  let value = 0;
  for (let i = 7; i >= 0; i--) value = value * 256 + u8(body, i);
  return value;
}

export function emitIeee80211(frame: Ieee80211Frame): Uint8Array {
  if (frame.type === 'data') return emitData(frame);
  if (frame.type === 'null') return emitHeader(TYPE_DATA, SUBTYPE_NULL, frame, frame.direction, 0);
  const body = managementBody(frame);
  const out = emitHeader(TYPE_MANAGEMENT, MANAGEMENT[frame.type], frame, 'direct', body.length);
  out.set(body, IEEE80211_HLEN);
  return out;
}

function emitData(frame: DataFrame): Uint8Array {
  const length = LLC_SNAP_HLEN + frame.payload.length;
  const out = emitHeader(TYPE_DATA, SUBTYPE_DATA, frame, frame.direction, length);
  put16(out, IEEE80211_HLEN, 0xaaaa);
  put16(out, IEEE80211_HLEN + 2, 0x0300);
  put16(out, IEEE80211_HLEN + 6, frame.etherType);
  out.set(frame.payload, IEEE80211_HLEN + LLC_SNAP_HLEN);
  return out;
}

function emitHeader(type: number, subtype: number, h: Header, direction: DsDirection, bodyLength: number): Uint8Array {
  invariant(h.sequence >= 0 && h.sequence < 4096, `sequence number ${h.sequence}`);
  const out = new Uint8Array(IEEE80211_HLEN + bodyLength);
  out[0] = (subtype << 4) | (type << 2);
  out[1] = direction === 'to-ap' ? TO_DS : direction === 'from-ap' ? FROM_DS : 0;
  const receiver = direction === 'to-ap' ? h.bssid : h.da;
  putMac(out, 4, receiver);
  putMac(out, 10, direction === 'from-ap' ? h.bssid : h.sa);
  putMac(out, 16, direction === 'to-ap' ? h.da : direction === 'from-ap' ? h.sa : h.bssid);
  if (!isGroupMac(receiver)) putLe16(out, 2, type === TYPE_DATA ? DURATION_DATA : DURATION_MANAGEMENT);
  putLe16(out, 22, h.sequence << 4);
  return out;
}

function managementBody(frame: Exclude<Ieee80211Frame, DataFrame | NullFrame>): Uint8Array {
  const fixed = new Uint8Array(FIXED_LENGTH[frame.type]);
  switch (frame.type) {
    case 'beacon':
    case 'probe-response':
      for (let i = 0, rest = frame.timestamp; i < 8; i++, rest = Math.floor(rest / 256)) fixed[i] = rest % 256;
      putLe16(fixed, 8, frame.interval);
      putLe16(fixed, 10, frame.capabilities);
      break;
    case 'probe-request':
      break;
    case 'authentication':
      putLe16(fixed, 0, frame.algorithm);
      putLe16(fixed, 2, frame.transaction);
      putLe16(fixed, 4, frame.status);
      return fixed;
    case 'association-request':
    case 'reassociation-request':
      putLe16(fixed, 0, frame.capabilities);
      putLe16(fixed, 2, frame.listenInterval);
      if (frame.type === 'reassociation-request') putMac(fixed, 4, frame.currentAp);
      break;
    case 'association-response':
    case 'reassociation-response':
      putLe16(fixed, 0, frame.capabilities);
      putLe16(fixed, 2, frame.status);
      putLe16(fixed, 4, frame.aid | AID_MARK);
      break;
    default:
      putLe16(fixed, 0, frame.reason);
      return fixed;
  }
  return concat(fixed, emitElements(frame.elements));
}
