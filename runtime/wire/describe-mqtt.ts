/** MQTT packets in a piece of a TCP stream, for describe.ts. */
import { type Mqtt, mqttFrame, parseMqtt } from './mqtt.ts';
import { printable } from './printable.ts';

/** `MQTT CONNECT dev, PUBLISH q1 7 a/b (5)`: the whole packets from the beginning of `bytes` on; undefined if there is none. */
export function describeMqtt(bytes: Uint8Array): string | undefined {
  const found: string[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const frame = mqttFrame(rest);
    const total = frame.ok && frame.value !== undefined ? frame.value.total : rest.length + 1;
    const packet = parseMqtt(rest.subarray(0, total));
    if (total > rest.length || !packet.ok) break;
    found.push(inShort(packet.value));
    rest = rest.subarray(total);
  }
  if (found.length === 0) return undefined;
  return `MQTT ${found.join(', ')}${rest.length === 0 ? '' : ', ...'}`;
}

function inShort(packet: Mqtt): string {
  const name = packet.type.toUpperCase();
  switch (packet.type) {
    case 'connect':
      return `${name} ${printable(packet.clientId)}`;
    case 'connack':
      return `${name} ${packet.returnCode}`;
    case 'publish': {
      const id = packet.qos > 0 ? ` ${packet.id}` : '';
      return `${name} q${packet.qos}${id} ${printable(packet.topic)} (${packet.payload.length})`;
    }
    case 'subscribe':
      return `${name} ${packet.id} ${packet.topics.map(({ filter }) => printable(filter)).join(' ')}`;
    case 'unsubscribe':
      return `${name} ${packet.id} ${packet.filters.map(printable).join(' ')}`;
    default:
      return 'id' in packet ? `${name} ${packet.id}` : name;
  }
}
