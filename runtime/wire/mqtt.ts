/**
 * MQTT 3.1 and 3.1.1 control packets (OASIS mqtt-v3.1.1). Texts are bytes as Latin-1: a client of the firmware sends
 * what its script wrote, UTF-8 or not. An own codec because mqtt-packet is made for Node's Buffer and streams, which
 * the runtime does without; the tests hold it against that package.
 */
import { concat, EMPTY, err, fromLatin1, ok, type Result, toLatin1, u8, u16 } from '../core/index.ts';

/** IANA's port of MQTT without TLS. */
export const MQTT_PORT = 1883;

/** Section 2.2.1, in the order of their numbers; 0 and 15 are reserved. */
const TYPES = [
  '',
  'connect',
  'connack',
  'publish',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'subscribe',
  'suback',
  'unsubscribe',
  'unsuback',
  'pingreq',
  'pingresp',
  'disconnect',
] as const;

/** Section 2.2.2: the only value of the four flag bits, 2 for some and 0 for the rest; PUBLISH has flags of its own. */
const FIXED_FLAGS: Readonly<Record<string, number>> = { pubrel: 2, subscribe: 2, unsubscribe: 2 };

export interface MqttWill {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: number;
  readonly retain: boolean;
}

/** Section 3.1. */
export interface MqttConnect {
  readonly type: 'connect';
  /** `MQTT` with level 4, `MQIsdp` with level 3. */
  readonly protocol: string;
  readonly level: number;
  readonly cleanSession: boolean;
  readonly keepAliveS: number;
  readonly clientId: string;
  readonly will?: MqttWill;
  readonly username?: string;
  readonly password?: Uint8Array;
}

/** Section 3.2. */
export interface MqttConnack {
  readonly type: 'connack';
  readonly sessionPresent: boolean;
  readonly returnCode: number;
}

/** Section 3.3. `id` is 0 with QoS 0. */
export interface MqttPublish {
  readonly type: 'publish';
  readonly dup: boolean;
  readonly qos: number;
  readonly retain: boolean;
  readonly topic: string;
  readonly id: number;
  readonly payload: Uint8Array;
}

/** Sections 3.4 to 3.7 and 3.11. */
export interface MqttAck {
  readonly type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp' | 'unsuback';
  readonly id: number;
}

/** Section 3.8. */
export interface MqttSubscribe {
  readonly type: 'subscribe';
  readonly id: number;
  readonly topics: readonly { readonly filter: string; readonly qos: number }[];
}

/** Section 3.9: per filter the granted QoS, or 0x80. */
export interface MqttSuback {
  readonly type: 'suback';
  readonly id: number;
  readonly codes: readonly number[];
}

/** Section 3.10. */
export interface MqttUnsubscribe {
  readonly type: 'unsubscribe';
  readonly id: number;
  readonly filters: readonly string[];
}

/** Sections 3.12 to 3.14. */
export interface MqttBare {
  readonly type: 'pingreq' | 'pingresp' | 'disconnect';
}

export type Mqtt =
  | MqttConnect
  | MqttConnack
  | MqttPublish
  | MqttAck
  | MqttSubscribe
  | MqttSuback
  | MqttUnsubscribe
  | MqttBare;

export type MqttError =
  | 'truncated'
  | 'bad-length'
  | 'bad-type'
  | 'bad-flags'
  | 'bad-protocol'
  | 'bad-connect-flags'
  | 'no-topics'
  | 'trailing-bytes';

/** Section 2.2.3: most bytes of a remaining length. */
const MAX_LENGTH_BYTES = 4;

/** Where the body begins and how many bytes the whole packet has; undefined while the header is incomplete. */
export function mqttFrame(
  bytes: Uint8Array,
): Result<{ readonly head: number; readonly total: number } | undefined, 'bad-length'> {
  let length = 0;
  for (let i = 0; i < MAX_LENGTH_BYTES; i++) {
    if (i + 1 >= bytes.length) return ok(undefined);
    const octet = u8(bytes, i + 1);
    length += (octet & 0x7f) * 128 ** i;
    if ((octet & 0x80) === 0) return ok({ head: i + 2, total: i + 2 + length });
  }
  return err('bad-length');
}

/** Reads fields one after the other; beyond the end it only notes that something was missing. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  truncated = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(length: number): Uint8Array {
    if (length > this.left) {
      this.truncated = true;
      this.#at = this.#bytes.length;
      return EMPTY;
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  octet(): number {
    const bytes = this.take(1);
    return bytes.length === 1 ? u8(bytes, 0) : 0;
  }

  word(): number {
    const bytes = this.take(2);
    return bytes.length === 2 ? u16(bytes, 0) : 0;
  }

  /** Section 1.5.3. */
  text(): string {
    return toLatin1(this.data());
  }

  data(): Uint8Array {
    return this.take(this.word());
  }
}

/** Exactly one packet. */
export function parseMqtt(bytes: Uint8Array): Result<Mqtt, MqttError> {
  const frame = mqttFrame(bytes);
  if (!frame.ok) return frame;
  if (frame.value === undefined || frame.value.total > bytes.length) return err('truncated');
  if (frame.value.total < bytes.length) return err('trailing-bytes');
  const type = TYPES[u8(bytes, 0) >> 4] ?? '';
  if (type === '') return err('bad-type');
  const flags = u8(bytes, 0) & 0x0f;
  if (type !== 'publish' && flags !== (FIXED_FLAGS[type] ?? 0)) return err('bad-flags');
  const reader = new Reader(bytes.subarray(frame.value.head));
  const packet = parseBody(type, flags, reader);
  if (!packet.ok) return packet;
  if (reader.truncated) return err('truncated');
  return reader.left > 0 ? err('trailing-bytes') : packet;
}

function parseBody(type: Mqtt['type'], flags: number, reader: Reader): Result<Mqtt, MqttError> {
  switch (type) {
    case 'connect':
      return parseConnect(reader);
    case 'connack':
      return ok({ type, sessionPresent: (reader.octet() & 1) !== 0, returnCode: reader.octet() });
    case 'publish':
      return parsePublish(flags, reader);
    case 'subscribe': {
      const id = reader.word();
      const topics: { filter: string; qos: number }[] = [];
      while (reader.left > 0) topics.push({ filter: reader.text(), qos: reader.octet() });
      return topics.length === 0 ? err('no-topics') : ok({ type, id, topics });
    }
    case 'suback':
      return ok({ type, id: reader.word(), codes: [...reader.take(reader.left)] });
    case 'unsubscribe': {
      const id = reader.word();
      const filters: string[] = [];
      while (reader.left > 0) filters.push(reader.text());
      return filters.length === 0 ? err('no-topics') : ok({ type, id, filters });
    }
    case 'pingreq':
    case 'pingresp':
    case 'disconnect':
      return ok({ type });
    default:
      return ok({ type, id: reader.word() });
  }
}

function parsePublish(flags: number, reader: Reader): Result<Mqtt, MqttError> {
  const qos = (flags >> 1) & 3;
  const topic = reader.text();
  const id = qos > 0 ? reader.word() : 0;
  const payload = reader.take(reader.left);
  return ok({ type: 'publish', dup: (flags & 8) !== 0, qos, retain: (flags & 1) !== 0, topic, id, payload });
}

function parseConnect(reader: Reader): Result<Mqtt, MqttError> {
  const protocol = reader.text();
  const level = reader.octet();
  const flags = reader.octet();
  const keepAliveS = reader.word();
  if (reader.truncated) return err('truncated');
  if (protocol !== 'MQTT' && protocol !== 'MQIsdp') return err('bad-protocol');
  // Section 3.1.2.3: the lowest bit is reserved.
  if ((flags & 1) !== 0) return err('bad-connect-flags');
  // Section 3.1.2.6: without a will its QoS and retain bits are 0.
  if ((flags & 0x04) === 0 && (flags & 0x38) !== 0) return err('bad-connect-flags');
  const clientId = reader.text();
  const will =
    (flags & 0x04) === 0
      ? {}
      : {
          will: {
            topic: reader.text(),
            payload: reader.data(),
            qos: (flags >> 3) & 3,
            retain: (flags & 0x20) !== 0,
          },
        };
  const username = (flags & 0x80) === 0 ? {} : { username: reader.text() };
  const password = (flags & 0x40) === 0 ? {} : { password: reader.data() };
  const cleanSession = (flags & 0x02) !== 0;
  return ok({
    type: 'connect',
    protocol,
    level,
    cleanSession,
    keepAliveS,
    clientId,
    ...will,
    ...username,
    ...password,
  });
}

const octets = (...values: readonly number[]): Uint8Array => Uint8Array.of(...values);
const word = (value: number): Uint8Array => octets(value >> 8, value & 0xff);
const data = (bytes: Uint8Array): Uint8Array => concat(word(bytes.length), bytes);
const text = (value: string): Uint8Array => data(fromLatin1(value));
const bit = (on: boolean, value: number): number => (on ? value : 0);

/** A whole packet. Nothing is checked: a client may send what a server refuses. */
export function emitMqtt(packet: Mqtt): Uint8Array {
  const body = emitBody(packet);
  const flags =
    packet.type === 'publish'
      ? bit(packet.dup, 8) | ((packet.qos & 3) << 1) | bit(packet.retain, 1)
      : (FIXED_FLAGS[packet.type] ?? 0);
  return concat(octets((TYPES.indexOf(packet.type) << 4) | flags), remainingLength(body.length), body);
}

function remainingLength(length: number): Uint8Array {
  const out: number[] = [];
  let left = length;
  do {
    out.push((left % 128) | bit(left >= 128, 0x80));
    left = Math.floor(left / 128);
  } while (left > 0);
  return octets(...out);
}

function emitBody(packet: Mqtt): Uint8Array {
  switch (packet.type) {
    case 'connect':
      return emitConnect(packet);
    case 'connack':
      return octets(bit(packet.sessionPresent, 1), packet.returnCode);
    case 'publish':
      return concat(text(packet.topic), packet.qos > 0 ? word(packet.id) : EMPTY, packet.payload);
    case 'subscribe':
      return concat(word(packet.id), ...packet.topics.flatMap(({ filter, qos }) => [text(filter), octets(qos)]));
    case 'suback':
      return concat(word(packet.id), octets(...packet.codes));
    case 'unsubscribe':
      return concat(word(packet.id), ...packet.filters.map(text));
    case 'pingreq':
    case 'pingresp':
    case 'disconnect':
      return EMPTY;
    default:
      return word(packet.id);
  }
}

function emitConnect(packet: MqttConnect): Uint8Array {
  const { will, username, password } = packet;
  const flags =
    bit(packet.cleanSession, 0x02) |
    (will === undefined ? 0 : 0x04 | ((will.qos & 3) << 3) | bit(will.retain, 0x20)) |
    bit(username !== undefined, 0x80) |
    bit(password !== undefined, 0x40);
  return concat(
    text(packet.protocol),
    octets(packet.level, flags),
    word(packet.keepAliveS & 0xffff),
    text(packet.clientId),
    ...(will === undefined ? [] : [text(will.topic), data(will.payload)]),
    ...(username === undefined ? [] : [text(username)]),
    ...(password === undefined ? [] : [data(password)]),
  );
}
