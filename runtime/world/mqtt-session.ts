/**
 * What a broker remembers of one client (MQTT 3.1.1 section 3.1.2.4): subscriptions, messages on their way to it with
 * their acknowledgements, and ids of its QoS 2 messages. Outlives connections unless the client asked for a clean one.
 */
import type { MqttPublish } from '../wire/index.ts';
import { matchesTopic } from './mqtt-topic.ts';

export interface MqttMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: number;
  readonly retain: boolean;
}

/** Messages of QoS 1 and 2 a client gets at a time, and that wait for it, as mosquitto's defaults. */
const MAX_IN_FLIGHT = 20;
const MAX_QUEUED = 1000;

interface InFlight {
  readonly publish: MqttPublish;
  /** What the client has to answer next. */
  awaits: 'puback' | 'pubrec' | 'pubcomp';
}

/** A packet for the client that belongs to a message under way. */
export type Delivery = MqttPublish | { readonly type: 'pubrel'; readonly id: number };

export class MqttSession {
  readonly clientId: string;
  readonly clean: boolean;
  /** Filter to granted QoS. */
  readonly subscriptions = new Map<string, number>();
  readonly #queue: MqttMessage[] = [];
  readonly #inFlight = new Map<number, InFlight>();
  /** Ids of QoS 2 messages of the client that were passed on but not released (section 4.3.3). */
  readonly #received = new Set<number>();
  #lastId = 0;

  constructor(clientId: string, clean: boolean) {
    this.clientId = clientId;
    this.clean = clean;
  }

  /** The best QoS of all filters that fit; undefined when none does. */
  grantedQos(topic: string): number | undefined {
    let best: number | undefined;
    for (const [filter, qos] of this.subscriptions) if (matchesTopic(filter, topic) && qos >= (best ?? 0)) best = qos;
    return best;
  }

  /** Takes a message of QoS 1 or 2 to be delivered; the oldest is lost when too many wait. */
  enqueue(message: MqttMessage): void {
    if (this.#queue.length >= MAX_QUEUED) this.#queue.shift();
    this.#queue.push(message);
  }

  /** The next message to send; undefined while none waits or too many are under way. */
  next(): MqttPublish | undefined {
    if (this.#inFlight.size >= MAX_IN_FLIGHT) return undefined;
    const message = this.#queue.shift();
    if (message === undefined) return undefined;
    const publish: MqttPublish = { type: 'publish', dup: false, id: this.#newId(), ...message };
    this.#inFlight.set(publish.id, { publish, awaits: message.qos === 1 ? 'puback' : 'pubrec' });
    return publish;
  }

  /** What a returning client must get again, in the old order (section 4.4). */
  unfinished(): Delivery[] {
    return [...this.#inFlight.values()].map(({ publish, awaits }) =>
      awaits === 'pubcomp' ? { type: 'pubrel', id: publish.id } : { ...publish, dup: true },
    );
  }

  /** The client's answer to a message under way. True when it was awaited. */
  settle(type: 'puback' | 'pubrec' | 'pubcomp', id: number): boolean {
    const entry = this.#inFlight.get(id);
    if (entry?.awaits !== type) return false;
    if (type === 'pubrec') entry.awaits = 'pubcomp';
    else this.#inFlight.delete(id);
    return true;
  }

  /** A QoS 2 message of the client. False when it was passed on already. */
  receive(id: number): boolean {
    if (this.#received.has(id)) return false;
    this.#received.add(id);
    return true;
  }

  /** The client's PUBREL: the id may be used for another message. */
  release(id: number): void {
    this.#received.delete(id);
  }

  #newId(): number {
    do this.#lastId = (this.#lastId % 0xffff) + 1;
    while (this.#inFlight.has(this.#lastId));
    return this.#lastId;
  }
}
