/**
 * MQTT messages as the firmware's client makes and reads them (app/mqtt/mqtt_msg.c): made within a buffer of fixed
 * size, read leniently from whatever has arrived so far. The packets themselves are runtime/wire/mqtt.ts.
 */
import { fromLatin1, toLatin1, u8, u16 } from '../core/index.ts';
import { emitMqtt, type Mqtt } from '../wire/index.ts';

/** modules/mqtt.c MQTT_BUF_SIZE, of which the largest fixed header is kept free. */
const BUFFER_SIZE = 1460;
const MAX_HEADER = 3;

/** Packet types, MQTT 3.1.1 section 2.2.1. */
export const MQTT_TYPE = {
  CONNACK: 2,
  PUBLISH: 3,
  PUBACK: 4,
  PUBREC: 5,
  PUBREL: 6,
  PUBCOMP: 7,
  SUBACK: 9,
  UNSUBACK: 11,
  PINGREQ: 12,
  PINGRESP: 13,
} as const;

export interface MqttConfig {
  readonly clientId: string;
  readonly keepAliveS: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly cleanSession: boolean;
  /** Largest message that is delivered whole, header included. */
  readonly maxMessage: number;
  will:
    | { readonly topic: string; readonly message: string; readonly qos: number; readonly retain: boolean }
    | undefined;
}

/** The packet's bytes; undefined when they do not fit into the firmware's buffer. */
export function bounded(packet: Mqtt): Uint8Array | undefined {
  const bytes = emitMqtt(packet);
  const header = bytes.length - 2 > 127 ? MAX_HEADER : 2;
  return bytes.length - header + MAX_HEADER > BUFFER_SIZE ? undefined : bytes;
}

/** A text as C reads it: up to the first zero byte. */
const cString = (text: string): string => text.split('\0', 1)[0] as string;

/** An empty text counts as absent. */
const given = (text: string | undefined): string | undefined => {
  const cut = cString(text ?? '');
  return cut === '' ? undefined : cut;
};

/** CONNECT; undefined without a client id or when it is too long. */
export function connectMessage(config: MqttConfig): Uint8Array | undefined {
  const clientId = given(config.clientId);
  if (clientId === undefined) return undefined;
  const topic = given(config.will?.topic);
  const username = given(config.username);
  const password = given(config.password);
  return bounded({
    type: 'connect',
    protocol: 'MQTT',
    level: 4,
    cleanSession: config.cleanSession,
    keepAliveS: config.keepAliveS & 0xffff,
    clientId,
    ...(topic === undefined || config.will === undefined
      ? {}
      : {
          will: {
            topic,
            payload: fromLatin1(cString(config.will.message)),
            qos: config.will.qos & 3,
            retain: config.will.retain,
          },
        }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: fromLatin1(password) }),
  });
}

/** PUBLISH; undefined with an empty topic or when it is too long. */
export function publishMessage(
  topic: string,
  payload: Uint8Array,
  qos: number,
  retain: boolean,
  id: number,
): Uint8Array | undefined {
  const name = given(topic);
  if (name === undefined) return undefined;
  const bytes = bounded({ type: 'publish', dup: false, qos, retain, topic: name, id, payload });
  return bytes;
}

/** SUBSCRIBE; undefined with an empty filter or when it is too long. */
export function subscribeMessage(
  id: number,
  topics: readonly { readonly filter: string; readonly qos: number }[],
): Uint8Array | undefined {
  const cut = topics.map(({ filter, qos }) => ({ filter: cString(filter), qos }));
  return cut.some(({ filter }) => filter === '') ? undefined : bounded({ type: 'subscribe', id, topics: cut });
}

/** UNSUBSCRIBE; undefined with an empty filter or when it is too long. */
export function unsubscribeMessage(id: number, filters: readonly string[]): Uint8Array | undefined {
  const cut = filters.map(cString);
  return cut.includes('') ? undefined : bounded({ type: 'unsubscribe', id, filters: cut });
}

export const typeOf = (bytes: Uint8Array): number => u8(bytes, 0) >> 4;
export const qosOf = (bytes: Uint8Array): number => (u8(bytes, 0) >> 1) & 3;

/**
 * mqtt_get_total_length: undefined while only the first byte is there. A length cut off in the middle counts as
 * complete, and one of more than four bytes wraps in 32 bits, so the result can be negative.
 */
export function totalLength(bytes: Uint8Array): number | undefined {
  if (bytes.length === 1) return undefined;
  let length = 0;
  let i = 1;
  while (i < bytes.length) {
    const octet = u8(bytes, i);
    length = (length + ((octet & 0x7f) << (7 * (i - 1)))) | 0;
    i++;
    if ((octet & 0x80) === 0) break;
  }
  return (length + i) | 0;
}

/** Where the variable header begins, if the message is long enough for one. */
function bodyAt(bytes: Uint8Array): number {
  let i = 1;
  while (i < bytes.length && (u8(bytes, i) & 0x80) !== 0) i++;
  return Math.min(i + 1, bytes.length);
}

const ACKS: ReadonlySet<number> = new Set([
  MQTT_TYPE.PUBACK,
  MQTT_TYPE.PUBREC,
  MQTT_TYPE.PUBREL,
  MQTT_TYPE.PUBCOMP,
  8, // SUBSCRIBE
  MQTT_TYPE.SUBACK,
  MQTT_TYPE.UNSUBACK,
]);

/** mqtt_get_id: 0 where there is none, or not enough bytes to tell. */
export function messageId(bytes: Uint8Array): number {
  if (ACKS.has(typeOf(bytes))) return bytes.length >= 4 && (u8(bytes, 1) & 0x80) === 0 ? u16(bytes, 2) : 0;
  if (typeOf(bytes) !== MQTT_TYPE.PUBLISH || qosOf(bytes) === 0) return 0;
  const at = bodyAt(bytes);
  if (at + 2 > bytes.length) return 0;
  const end = at + 2 + u16(bytes, at);
  return end + 2 > bytes.length ? 0 : u16(bytes, end);
}

/** What a PUBLISH holds as far as it is there. `bytes` may end before the message does, or behind it. */
export function readPublish(
  bytes: Uint8Array,
): { readonly topic: string; readonly data: Uint8Array | undefined } | undefined {
  const at = bodyAt(bytes);
  if (at + 2 > bytes.length) return undefined;
  const end = at + 2 + u16(bytes, at);
  if (end > bytes.length || end === at + 2) return undefined;
  const topic = toLatin1(bytes.subarray(at + 2, end));
  const from = qosOf(bytes) > 0 ? end + 2 : end;
  const total = totalLength(bytes) ?? 0;
  const data = from > bytes.length || total < from ? undefined : bytes.subarray(from, Math.min(total, bytes.length));
  return { topic, data: data?.length === 0 ? undefined : data };
}
