/**
 * An MQTT 3.1.1 broker for the virtual network: sessions, QoS 0 to 2, retained messages, wills, wildcards. An own one
 * because the brokers of npm (aedes) run on promises and real timers; here everything is a clock event.
 * Not here: persistence beyond the world, bridges, $SYS topics, MQTT 5.
 */
import { type Clock, toLatin1 } from '../core/index.ts';
import type { MqttConnect } from '../wire/index.ts';
import { MQTT_REFUSED, MqttConnection, type MqttRouter } from './mqtt-connection.ts';
import { type MqttMessage, MqttSession } from './mqtt-session.ts';
import { matchesTopic } from './mqtt-topic.ts';
import { LateStream, type Service, type ServiceFaults } from './service.ts';
import type { Stream } from './stream.ts';

export class MqttBroker implements MqttRouter, Service {
  readonly faults: ServiceFaults = {};
  /** User name to password. While empty everybody is welcome. */
  readonly users = new Map<string, string>();
  /** Sees every message that is published. */
  onMessage: ((message: MqttMessage) => void) | undefined;
  readonly #clock: Clock;
  readonly #retained = new Map<string, MqttMessage>();
  readonly #sessions = new Map<string, MqttSession>();
  readonly #connections = new Set<MqttConnection>();
  /** Who is connected to which session. */
  readonly #online = new Map<MqttSession, MqttConnection>();
  #nameless = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  accept(stream: Stream): void {
    const late = new LateStream(this.#clock, stream, this.faults);
    const connection = new MqttConnection(this.#clock, this, late);
    this.#connections.add(connection);
    late.handler = connection;
  }

  /** Ids of the connected clients, in the order they came. */
  get clients(): string[] {
    return [...this.#connections].flatMap(({ session }) => (session === undefined ? [] : [session.clientId]));
  }

  /** As if a client had published it. */
  publish(message: MqttMessage): void {
    this.onMessage?.(message);
    // Section 3.3.1.3: an empty payload clears what was retained.
    if (message.retain && message.payload.length === 0) this.#retained.delete(message.topic);
    else if (message.retain) this.#retained.set(message.topic, message);
    for (const session of this.#sessions.values()) this.#route(session, message);
  }

  /** Every connection breaks; sessions and retained messages are as before. */
  restart(): void {
    for (const connection of [...this.#connections]) connection.destroy();
  }

  /** @internal */
  judge(connect: MqttConnect): number {
    if (this.users.size === 0) return 0;
    const password = this.users.get(connect.username ?? '');
    if (password === undefined || connect.password === undefined) return MQTT_REFUSED.CREDENTIALS;
    return toLatin1(connect.password) === password ? 0 : MQTT_REFUSED.CREDENTIALS;
  }

  /** @internal Sections 3.1.2.4 and 3.1.4. */
  open(connection: MqttConnection, connect: MqttConnect): { session: MqttSession; present: boolean } {
    const clientId = connect.clientId === '' ? `nameless-${++this.#nameless}` : connect.clientId;
    for (const other of [...this.#connections])
      if (other !== connection && other.session?.clientId === clientId) other.close();
    const old = connect.cleanSession ? undefined : this.#sessions.get(clientId);
    const session = old ?? new MqttSession(clientId, connect.cleanSession);
    this.#sessions.set(clientId, session);
    this.#online.set(session, connection);
    return { session, present: old !== undefined };
  }

  /** @internal */
  retained(filter: string): readonly MqttMessage[] {
    return [...this.#retained.values()].filter(({ topic }) => matchesTopic(filter, topic));
  }

  /** @internal */
  closed(connection: MqttConnection): void {
    this.#connections.delete(connection);
    const { session } = connection;
    if (session === undefined) return;
    this.#online.delete(session);
    if (session.clean && this.#sessions.get(session.clientId) === session) this.#sessions.delete(session.clientId);
  }

  /** Section 3.3.1.3: to whoever subscribed before, retain is off. */
  #route(session: MqttSession, { topic, payload, qos }: MqttMessage): void {
    const granted = session.grantedQos(topic);
    if (granted === undefined) return;
    const message = { topic, payload, qos: Math.min(qos, granted), retain: false };
    const connection = this.#online.get(session);
    if (connection !== undefined) connection.deliver(message);
    else if (message.qos > 0) session.enqueue(message);
  }
}
