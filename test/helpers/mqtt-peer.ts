/** A client of a broker over a stream of its own making: every packet goes through the codec, no network between. */
import { concat } from '../../runtime/core/index.ts';
import {
  emitMqtt,
  type Ipv4Address,
  type Mqtt,
  type MqttConnect,
  mqttFrame,
  parseMqtt,
} from '../../runtime/wire/index.ts';
import type { MqttBroker } from '../../runtime/world/mqtt-broker.ts';
import type { Stream, StreamHandler } from '../../runtime/world/stream.ts';

export class MqttPeer implements Stream {
  handler: StreamHandler | undefined;
  readonly localPort = 1883;
  readonly remoteAddr = 0 as Ipv4Address;
  readonly remotePort = 1024;
  /** What the broker said and the test has not taken yet. */
  readonly heard: Mqtt[] = [];
  closed: 'no' | 'ended' | 'reset' = 'no';
  /** What `write` answers the broker: false while this client reads too slowly. */
  reads = true;
  #input: Uint8Array = new Uint8Array();

  constructor(broker: MqttBroker) {
    broker.accept(this);
  }

  /** Sends packets, or bytes that are none. */
  say(...packets: readonly (Mqtt | Uint8Array)[]): this {
    for (const packet of packets)
      if (this.closed === 'no') this.handler?.onData?.(packet instanceof Uint8Array ? packet : emitMqtt(packet));
    return this;
  }

  connect(clientId: string, more: Partial<MqttConnect> = {}): this {
    return this.say({ ...CONNECT, clientId, ...more });
  }

  /** What was heard since the last call, in short. */
  take(): string[] {
    return this.heard.splice(0).map(inShort);
  }

  /** The connection breaks. */
  vanish(): void {
    this.handler?.onClose?.(-9);
  }

  write(bytes: Uint8Array): boolean {
    if (this.closed !== 'no') return false;
    this.#input = concat(this.#input, bytes);
    for (;;) {
      const frame = mqttFrame(this.#input);
      if (!frame.ok || frame.value === undefined || frame.value.total > this.#input.length) return this.reads;
      const packet = parseMqtt(this.#input.subarray(0, frame.value.total));
      if (!packet.ok) throw new Error(`the broker said ${packet.error}`);
      this.heard.push(packet.value);
      this.#input = this.#input.slice(frame.value.total);
    }
  }

  end(): void {
    if (this.closed !== 'no') return;
    this.closed = 'ended';
    this.handler?.onClose?.(undefined);
  }

  destroy(): void {
    if (this.closed !== 'no') return;
    this.closed = 'reset';
    this.handler?.onClose?.(-8);
  }

  pause(): void {}
  resume(): void {}
}

export const CONNECT: MqttConnect = {
  type: 'connect',
  protocol: 'MQTT',
  level: 4,
  cleanSession: true,
  keepAliveS: 0,
  clientId: '',
};

function inShort(packet: Mqtt): string {
  switch (packet.type) {
    case 'publish': {
      const flags = `${packet.dup ? ' dup' : ''}${packet.retain ? ' retain' : ''}`;
      const id = packet.qos > 0 ? ` #${packet.id}` : '';
      return `publish ${packet.topic}=${String.fromCharCode(...packet.payload)} q${packet.qos}${id}${flags}`;
    }
    case 'connack':
      return `connack ${packet.returnCode}${packet.sessionPresent ? ' session' : ''}`;
    case 'suback':
      return `suback #${packet.id} ${packet.codes.join()}`;
    default:
      return 'id' in packet ? `${packet.type} #${packet.id}` : packet.type;
  }
}
