/**
 * One client of an MQTT broker: packets out of the byte stream, the handshake, acknowledgements, keep-alive
 * (MQTT 3.1.1). Whatever breaks the rules closes the connection (section 4.8). Routing is the broker's.
 */
import {
  type Clock,
  concat,
  EMPTY,
  err,
  type Micros,
  type Result,
  seconds,
  type Timer,
  u8,
  us,
} from '../core/index.ts';
import {
  emitMqtt,
  type Mqtt,
  type MqttConnect,
  type MqttError,
  type MqttPublish,
  type MqttSubscribe,
  type MqttWill,
  mqttFrame,
  parseMqtt,
} from '../wire/index.ts';
import type { MqttMessage, MqttSession } from './mqtt-session.ts';
import { isTopicFilter, isTopicName } from './mqtt-topic.ts';
import { refusal, type ServiceFaults } from './service.ts';
import type { Stream, StreamHandler } from './stream.ts';

/** CONNACK return codes, section 3.2.2.3. */
export const MQTT_REFUSED = { PROTOCOL: 1, CLIENT_ID: 2, UNAVAILABLE: 3, CREDENTIALS: 4, NOT_AUTHORIZED: 5 } as const;

/** What a connection needs of the broker behind it. */
export interface MqttRouter {
  /** A wrong answer is a PINGRESP instead of the CONNACK. */
  readonly faults: ServiceFaults;
  /** Return code for a CONNECT that is well-formed; 0 is welcome. */
  judge(connect: MqttConnect): number;
  /** The session of the client from now on; an older connection of it is closed. */
  open(connection: MqttConnection, connect: MqttConnect): { readonly session: MqttSession; readonly present: boolean };
  publish(message: MqttMessage): void;
  /** Retained messages that fit a filter. */
  retained(filter: string): readonly MqttMessage[];
  closed(connection: MqttConnection): void;
}

/** Type and flags of a CONNECT. */
const CONNECT_BYTE = 0x10;
/** A client has so long for its CONNECT. */
const CONNECT_TIMEOUT = seconds(30);
/** Larger packets are not for a device with 40 KB of memory, and end the connection. */
const MAX_PACKET = 256 * 1024;

export class MqttConnection implements StreamHandler {
  readonly #router: MqttRouter;
  readonly #stream: Stream;
  readonly #timeout: Timer;
  #input: Uint8Array = EMPTY;
  #session: MqttSession | undefined;
  #will: MqttWill | undefined;
  /** Silence allowed; 0 is any. */
  #patience = 0 as Micros;
  #packets = 0;
  #congested = false;
  #closed = false;

  constructor(clock: Clock, router: MqttRouter, stream: Stream) {
    this.#router = router;
    this.#stream = stream;
    this.#timeout = clock.timer('mqtt.timeout', () => this.close());
    this.#timeout.arm(CONNECT_TIMEOUT);
  }

  /** Once the client has introduced itself. */
  get session(): MqttSession | undefined {
    return this.#session;
  }

  onData(bytes: Uint8Array): void {
    this.#input = this.#input.length === 0 ? bytes : concat(this.#input, bytes);
    while (!this.#closed) {
      const packet = this.#next();
      if (packet === undefined) return;
      if (packet.ok) this.#receive(packet.value);
      else this.close();
    }
  }

  onDrain(): void {
    this.#congested = false;
  }

  onEnd(): void {
    this.close();
  }

  onClose(): void {
    this.close();
  }

  /** A message that fits one of the client's subscriptions. */
  deliver(message: MqttMessage): void {
    if (message.qos > 0) {
      this.#session?.enqueue(message);
      this.#pump();
      // Section 4.3.1: a QoS 0 message may be lost; it is when the client reads too slowly.
    } else if (!this.#congested) {
      this.#send({ type: 'publish', dup: false, id: 0, ...message });
    }
  }

  /** Ends it; unless the client has said goodbye its will is published. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timeout.cancel();
    this.#stream.end();
    this.#router.closed(this);
    if (this.#will !== undefined) this.#router.publish(this.#will);
  }

  /** Ends it with a RST and without a will, as a broker that dies. */
  destroy(): void {
    this.#will = undefined;
    this.#break();
  }

  #break(): void {
    this.#stream.destroy();
    this.close();
  }

  /** Takes the next whole packet off the input; undefined while it is not complete. */
  #next(): Result<Mqtt, MqttError | 'too-long' | 'no-connect'> | undefined {
    // Section 3.1: the first packet is a CONNECT. Whoever begins otherwise speaks another protocol.
    if (this.#session === undefined && this.#input.length > 0 && u8(this.#input, 0) !== CONNECT_BYTE)
      return err('no-connect');
    const frame = mqttFrame(this.#input);
    if (!frame.ok) return frame;
    const total = frame.value?.total;
    if (total === undefined) return undefined;
    if (total > MAX_PACKET) return err('too-long');
    if (total > this.#input.length) return undefined;
    const packet = parseMqtt(this.#input.subarray(0, total));
    this.#input = this.#input.slice(total);
    return packet;
  }

  #receive(packet: Mqtt): void {
    const { dropAfter } = this.#router.faults;
    this.#packets++;
    if (dropAfter !== undefined && this.#packets > dropAfter) {
      this.#break();
      return;
    }
    if (this.#session === undefined) {
      if (packet.type === 'connect') this.#connect(packet);
      else this.close();
      return;
    }
    if (this.#patience > 0) this.#timeout.arm(this.#patience);
    this.#serve(this.#session, packet);
  }

  /** Section 3.1.4. */
  #connect(connect: MqttConnect): void {
    const refused = refusal(this.#router.faults) ?? this.#verdict(connect);
    if (refused !== 0) {
      this.#send({ type: 'connack', sessionPresent: false, returnCode: refused });
      this.close();
      return;
    }
    const { session, present } = this.#router.open(this, connect);
    this.#session = session;
    this.#will = connect.will;
    // Section 3.1.2.10: one and a half times the keep-alive.
    this.#patience = us(connect.keepAliveS * 1_500_000);
    if (this.#patience > 0) this.#timeout.arm(this.#patience);
    else this.#timeout.cancel();
    if (this.#router.faults.wrong) this.#send({ type: 'pingresp' });
    else this.#send({ type: 'connack', sessionPresent: present, returnCode: 0 });
    for (const delivery of session.unfinished()) this.#send(delivery);
    this.#pump();
  }

  #verdict(connect: MqttConnect): number {
    const known = connect.protocol === 'MQTT' ? connect.level === 4 : connect.level === 3;
    if (!known) return MQTT_REFUSED.PROTOCOL;
    // Section 3.1.3.1: only a clean session may go without a name.
    if (connect.clientId === '' && !connect.cleanSession) return MQTT_REFUSED.CLIENT_ID;
    if (connect.will !== undefined && (connect.will.qos > 2 || !isTopicName(connect.will.topic)))
      return MQTT_REFUSED.UNAVAILABLE;
    return this.#router.judge(connect);
  }

  #serve(session: MqttSession, packet: Mqtt): void {
    switch (packet.type) {
      case 'publish':
        this.#publish(session, packet);
        break;
      case 'puback':
      case 'pubcomp':
        session.settle(packet.type, packet.id);
        this.#pump();
        break;
      case 'pubrec':
        session.settle('pubrec', packet.id);
        this.#send({ type: 'pubrel', id: packet.id });
        break;
      case 'pubrel':
        session.release(packet.id);
        this.#send({ type: 'pubcomp', id: packet.id });
        break;
      case 'subscribe':
        this.#subscribe(session, packet);
        break;
      case 'unsubscribe':
        for (const filter of packet.filters) session.subscriptions.delete(filter);
        this.#send({ type: 'unsuback', id: packet.id });
        break;
      case 'pingreq':
        this.#send({ type: 'pingresp' });
        break;
      case 'disconnect':
        this.#will = undefined;
        this.close();
        break;
      default:
        this.close();
    }
  }

  #publish(session: MqttSession, packet: MqttPublish): void {
    if (packet.qos > 2 || !isTopicName(packet.topic)) {
      this.close();
      return;
    }
    const { topic, payload, qos, retain, id } = packet;
    if (qos < 2 || session.receive(id)) this.#router.publish({ topic, payload, qos, retain });
    if (qos === 1) this.#send({ type: 'puback', id });
    else if (qos === 2) this.#send({ type: 'pubrec', id });
  }

  /** Section 3.8.4: the answer first, then what is retained. */
  #subscribe(session: MqttSession, packet: MqttSubscribe): void {
    const codes = packet.topics.map(({ filter, qos }) => (isTopicFilter(filter) && qos <= 2 ? qos : 0x80));
    packet.topics.forEach(({ filter, qos }, i) => {
      if (codes[i] !== 0x80) session.subscriptions.set(filter, qos);
    });
    this.#send({ type: 'suback', id: packet.id, codes });
    packet.topics.forEach(({ filter, qos }, i) => {
      if (codes[i] === 0x80) return;
      for (const message of this.#router.retained(filter))
        this.deliver({ ...message, qos: Math.min(message.qos, qos), retain: true });
    });
  }

  #pump(): void {
    const { session } = this;
    if (session === undefined) return;
    for (let next = session.next(); next !== undefined; next = session.next()) this.#send(next);
  }

  #send(packet: Mqtt): void {
    if (this.#closed) return;
    this.#congested = !this.#stream.write(emitMqtt(packet));
  }
}
