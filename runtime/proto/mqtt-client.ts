/**
 * The firmware's MQTT client (app/modules/mqtt.c) without Lua: one connection, one strict queue of outgoing messages,
 * no retransmission of its own. Its flaws are kept, those that end in a memory fault are named as such.
 */
import { EMPTY, u8 } from '../core/index.ts';
import { IPV4_ANY, type Ipv4Address } from '../wire/index.ts';
import { connectionFor, type ProtoEnv } from './env.ts';
import { ESPCONN, type EspconnConnection, type EspconnErr, type EspconnHandlers } from './espconn.ts';
import { MqttInbox } from './mqtt-inbox.ts';
import {
  bounded,
  connectMessage,
  MQTT_TYPE,
  type MqttConfig,
  messageId,
  qosOf,
  readPublish,
  totalLength,
  typeOf,
} from './mqtt-message.ts';
import type { ProtoTimer } from './timer.ts';

/** Reasons of `failed` besides the return codes 1 to 5 of CONNACK; mqtt_msg.h. */
export const MQTT_FAIL = {
  SERVER_NOT_FOUND: -5,
  NOT_A_CONNACK_MSG: -4,
  DNS: -3,
  TIMEOUT_RECEIVING: -2,
  TIMEOUT_SENDING: -1,
} as const;

export type MqttAcknowledged = 'puback' | 'suback' | 'unsuback';

/** Who is told. Every call may call back into the client. */
export interface MqttOwner {
  connected(): void;
  failed(reason: number): void;
  /** Nothing is under way any more. `wasConnected`: TCP had been up. */
  ended(wasConnected: boolean): void;
  /** `data` is undefined when there is none; `overflow`: the beginning of one that is too long. */
  message(topic: string, data: Uint8Array | undefined, overflow: boolean): void;
  acknowledged(what: MqttAcknowledged): void;
}

/** mqtt.c MQTT_SEND_TIMEOUT. */
const SEND_TIMEOUT_MS = 5000;

type Kind =
  | 'publish'
  | 'puback'
  | 'pubrec'
  | 'pubrel'
  | 'pubcomp'
  | 'subscribe'
  | 'unsubscribe'
  | 'pingreq'
  | 'pingresp'
  | 'disconnect';

interface Pending {
  readonly kind: Kind;
  readonly bytes: Uint8Array;
  readonly id: number;
  /** Of a PUBLISH, as the script gave it. */
  readonly qos: number;
  sent: boolean;
}

export class MqttClient implements EspconnHandlers {
  readonly config: MqttConfig;
  readonly #env: ProtoEnv;
  readonly #owner: MqttOwner;
  #tcp: EspconnConnection;
  /** Whether that is a connection with TLS. */
  #secure = false;
  readonly #timer: ProtoTimer;
  readonly #inbox: MqttInbox;
  #queue: Pending[] = [];
  #lastId = 0;
  #state: 'INIT' | 'CONNECT-SENDING' | 'CONNECT-SENT' | 'DATA' = 'INIT';
  /** TCP is up. */
  #connected = false;
  #pinging = false;
  /** Something of ours is not acknowledged by TCP yet. */
  #sending = false;
  #port = 0;

  constructor(env: ProtoEnv, config: MqttConfig, owner: MqttOwner) {
    this.#env = env;
    this.config = config;
    this.#owner = owner;
    this.#tcp = env.espconn.tcp();
    this.#tcp.handlers = this;
    this.#timer = env.timer('mqtt', () => this.#onTimer());
    this.#inbox = new MqttInbox(env);
  }

  /** TCP is up, whatever MQTT thinks. */
  get isConnected(): boolean {
    return this.#connected;
  }

  /**
   * Looks the host up and connects. Not to be called while connected. A failure may be told before this returns; a
   * second call before the first has ended breaks the first.
   */
  connect(host: string, port: number, secure = false): void {
    if (secure !== this.#secure) this.#change(secure);
    this.#connected = false;
    this.#sending = false;
    this.#port = port;
    this.#tcp.allocated = true;
    this.#tcp.state = 'NONE';
    this.#timer.disarm();
    const lookup = this.#env.stack.dns.resolve(host, (addr) => this.#onFound(addr));
    if (lookup.status === 'literal') this.#onFound(lookup.addr);
    else if (lookup.status === 'error') this.#owner.failed(MQTT_FAIL.DNS);
  }

  /** Another kind of connection than the last time. */
  #change(secure: boolean): void {
    this.#secure = secure;
    this.#tcp = connectionFor(this.#env, secure);
    this.#tcp.handlers = this;
  }

  /** Queues DISCONNECT; the connection is closed when it has been sent. */
  close(): void {
    if (!this.#connected) return;
    this.#enqueue('disconnect', bounded({ type: 'disconnect' }), 0);
    this.#sendNext();
  }

  /** An id for the next message: 1 to 65535. */
  nextId(): number {
    this.#lastId = (this.#lastId + 1) & 0xffff;
    if (this.#lastId === 0) this.#lastId = 1;
    return this.#lastId;
  }

  /** Queues a message; false when it is undefined (it did not fit) or the connection refuses. */
  request(kind: 'publish' | 'subscribe' | 'unsubscribe', bytes: Uint8Array | undefined, id: number, qos = 0): boolean {
    const queued = this.#enqueue(kind, bytes, id, qos);
    return this.#sendNext() === ESPCONN.OK && queued;
  }

  /** The owner is gone (mqtt_delete): nothing is told any more. The connection is not closed. */
  dispose(): void {
    this.#timer.disarm();
    this.#connected = false;
    this.#tcp.release();
    this.#queue = [];
    this.#inbox.clear();
  }

  /** mqtt_socket_connected: CONNECT goes out past the queue. */
  connected(): void {
    this.#connected = true;
    this.#tcp.send(connectMessage(this.config) ?? EMPTY);
    this.#sending = true;
    this.#state = 'CONNECT-SENDING';
    this.#timer.arm(SEND_TIMEOUT_MS, false);
  }

  /** mqtt_socket_received. */
  received(data: Uint8Array): void {
    for (const part of this.#inbox.take(data)) {
      let rest: Uint8Array | undefined = part;
      while (rest !== undefined && rest.length > 0) rest = this.#readMessage(rest);
      if (rest === undefined) break;
    }
    this.#sendNext();
  }

  /** mqtt_socket_sent. */
  sent(): void {
    if (!this.#connected) return;
    this.#sending = false;
    if (this.#state === 'CONNECT-SENDING') {
      this.#state = 'CONNECT-SENT';
      this.#timer.arm(SEND_TIMEOUT_MS, false);
      return;
    }
    this.#armKeepAlive();
    const [head] = this.#queue;
    switch (head?.kind) {
      case 'publish':
        if (head.qos !== 0) return;
        this.#queue.shift();
        this.#owner.acknowledged('puback');
        this.#sendNext();
        return;
      case 'puback':
      case 'pubcomp':
      case 'pingreq':
        this.#queue.shift();
        this.#sendNext();
        return;
      case 'disconnect':
        this.#queue.shift();
        this.#tcp.disconnect();
        return;
      default:
        // PUBREC and PUBREL wait for their answers; a PINGRESP blocks the queue for ever.
        return;
    }
  }

  /** mqtt_socket_disconnected. */
  disconnected(): void {
    this.#timer.disarm();
    this.#queue = [];
    this.#inbox.clear();
    this.#tcp.release();
    const wasConnected = this.#connected;
    this.#connected = false;
    this.#owner.ended(wasConnected);
  }

  /** mqtt_socket_reconnected. */
  failed(_code: EspconnErr): void {
    this.#timer.disarm();
    this.#owner.failed(MQTT_FAIL.SERVER_NOT_FOUND);
    this.disconnected();
  }

  /** socket_dns_found. */
  #onFound(addr: Ipv4Address | undefined): void {
    if (addr !== undefined && addr !== IPV4_ANY) {
      if (!this.#tcp.allocated) {
        this.#env.crash('mqtt: a name is answered for a connection that was freed meanwhile');
        return;
      }
      this.#state = 'INIT';
      if (this.#tcp.connect(addr, this.#port) === ESPCONN.OK) return;
    }
    this.#owner.failed(MQTT_FAIL.DNS);
    this.disconnected();
  }

  #armKeepAlive(): void {
    this.#timer.arm((this.config.keepAliveS * 1000) >>> 0, false);
  }

  #onTimer(): void {
    if (!this.#tcp.allocated) return;
    if (this.#state === 'CONNECT-SENDING') this.#refuse(MQTT_FAIL.TIMEOUT_SENDING);
    else if (this.#state === 'CONNECT-SENT') this.#refuse(MQTT_FAIL.TIMEOUT_RECEIVING);
    else if (this.#state === 'DATA' && this.#queue.length === 0) {
      if (this.#pinging) {
        this.#tcp.disconnect();
        return;
      }
      this.#enqueue('pingreq', bounded({ type: 'pingreq' }), 0);
      this.#pinging = true;
      this.#sendNext();
    }
  }

  /** The attempt to connect ends: the owner hears of it before it hears of the end. */
  #refuse(reason: number): void {
    this.#state = 'INIT';
    this.#tcp.disconnect();
    this.#owner.failed(reason);
  }

  #enqueue(kind: Kind, bytes: Uint8Array | undefined, id: number, qos = 0): boolean {
    if (bytes === undefined) return false;
    this.#queue.push({ kind, bytes, id, qos, sent: false });
    return true;
  }

  /** mqtt_send_if_possible: the head of the queue, if nothing is under way. */
  #sendNext(): EspconnErr {
    const [head] = this.#queue;
    if (this.#sending || head === undefined || head.sent) return ESPCONN.OK;
    head.sent = true;
    const code = this.#tcp.send(head.bytes);
    this.#sending = true;
    this.#timer.arm(SEND_TIMEOUT_MS, false);
    return code;
  }

  /** One message at the beginning of `bytes`. Returns what follows it; undefined when nothing more is looked at. */
  #readMessage(bytes: Uint8Array): Uint8Array | undefined {
    if (this.#state === 'CONNECT-SENDING' || this.#state === 'CONNECT-SENT') this.#onConnack(bytes);
    else if (this.#state === 'DATA') return this.#readData(bytes);
    return undefined;
  }

  /** Whatever came in the same segment behind the CONNACK is lost. */
  #onConnack(bytes: Uint8Array): void {
    this.#armKeepAlive();
    const code = bytes.length > 3 ? u8(bytes, 3) : 0;
    if (typeOf(bytes) !== MQTT_TYPE.CONNACK) {
      this.#refuse(MQTT_FAIL.NOT_A_CONNACK_MSG);
    } else if (code !== 0) {
      this.#refuse(code);
    } else {
      this.#state = 'DATA';
      this.#pinging = false;
      this.#owner.connected();
    }
  }

  #readData(bytes: Uint8Array): Uint8Array | undefined {
    const id = messageId(bytes);
    const type = typeOf(bytes);
    let length = totalLength(bytes);
    if (length !== undefined && length <= 0) {
      this.#env.crash('mqtt: the length of a message is beyond 32 bits');
      this.#tcp.disconnect();
      return undefined;
    }
    if (length !== undefined && length > this.config.maxMessage) {
      if (qosOf(bytes) > 0 && id === 0) {
        // Too few bytes for the id that is to be acknowledged.
        length = undefined;
      } else {
        if (type === MQTT_TYPE.PUBLISH) {
          this.#deliver(bytes, true);
          this.#acknowledge(bytes, id);
        }
        if (length <= bytes.length) return bytes.subarray(length);
        this.#inbox.skip(length - bytes.length);
        return undefined;
      }
    }
    if (length === undefined || length > bytes.length) {
      if (!this.#inbox.keep(bytes, length)) this.#tcp.disconnect();
      return undefined;
    }
    this.#onMessage(type, id, bytes, length);
    return bytes.subarray(length);
  }

  #onMessage(type: number, id: number, bytes: Uint8Array, length: number): void {
    switch (type) {
      case MQTT_TYPE.PUBLISH:
        this.#acknowledge(bytes, id);
        this.#deliver(bytes.subarray(0, length), false);
        return;
      case MQTT_TYPE.PUBACK:
        if (this.#settle('publish', id)) this.#owner.acknowledged('puback');
        return;
      case MQTT_TYPE.PUBREC:
        if (this.#settle('publish', id)) this.#enqueue('pubrel', bounded({ type: 'pubrel', id }), id);
        return;
      case MQTT_TYPE.PUBREL:
        if (this.#settle('pubrec', id)) this.#enqueue('pubcomp', bounded({ type: 'pubcomp', id }), id);
        return;
      case MQTT_TYPE.PUBCOMP:
        if (this.#settle('pubrel', id)) this.#owner.acknowledged('puback');
        return;
      case MQTT_TYPE.SUBACK:
        if (this.#settle('subscribe', id)) this.#owner.acknowledged('suback');
        return;
      case MQTT_TYPE.UNSUBACK:
        if (this.#settle('unsubscribe', id)) this.#owner.acknowledged('unsuback');
        return;
      case MQTT_TYPE.PINGREQ:
        this.#enqueue('pingresp', bounded({ type: 'pingresp' }), id);
        return;
      case MQTT_TYPE.PINGRESP:
        this.#pinging = false;
        return;
      default:
        return;
    }
  }

  /** Takes the head of the queue if it is the message that is answered. */
  #settle(kind: Kind, id: number): boolean {
    const [head] = this.#queue;
    if (head?.kind !== kind || head.id !== id) return false;
    this.#queue.shift();
    return true;
  }

  /** Answers a PUBLISH as its QoS wants. */
  #acknowledge(bytes: Uint8Array, id: number): void {
    const qos = qosOf(bytes);
    if (qos === 1) this.#enqueue('puback', bounded({ type: 'puback', id }), id);
    else if (qos === 2) this.#enqueue('pubrec', bounded({ type: 'pubrec', id }), id);
  }

  #deliver(bytes: Uint8Array, overflow: boolean): void {
    const publish = readPublish(bytes);
    if (publish !== undefined) this.#owner.message(publish.topic, publish.data, overflow);
  }
}
