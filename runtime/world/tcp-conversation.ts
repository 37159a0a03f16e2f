/**
 * One TCP connection as a line: who called whom, HTTP and MQTT by name or else bytes, segments with data, retransmits,
 * and how it ended. Read from frames alone, so it holds for any two ends.
 */
import { concat, EMPTY, toLatin1 } from '../core/index.ts';
import {
  type FrameFacts,
  type Ipv4Address,
  mqttFrame,
  parseMqtt,
  seqAdd,
  seqDiff,
  seqGt,
  TCP_ACK,
  TCP_FIN,
  TCP_RST,
  TCP_SYN,
} from '../wire/index.ts';

/** One direction, put together in order. */
interface Side {
  readonly name: string;
  /** The number behind the last byte or flag sent. */
  next: number | undefined;
  segments: number;
  retransmits: number;
  fin: boolean;
  /** Offset of the stream's first byte. */
  readonly start: { seq: number | undefined };
  bytes: Uint8Array;
}

const REQUEST = /^([A-Z]{3,7}) (\S+) HTTP\/1\.[01]\r$/gm;
const STATUS = /^HTTP\/1\.[01] ([2-5]\d\d)/gm;
const MQTT_PORT = 1883;

export class TcpConversation {
  readonly #client: Side;
  readonly #server: Side;
  readonly #clientPort: number;
  readonly #serverPort: number;
  #answered = false;
  #end: string | undefined;

  constructor({ src, dst, srcPort, dstPort, flags }: FrameFacts, names: { of(address: Ipv4Address): string }) {
    // A SYN-ACK first means that the SYN was lost before it was seen.
    const fromServer = ((flags ?? 0) & (TCP_SYN | TCP_ACK)) === (TCP_SYN | TCP_ACK);
    const from = { name: names.of(src as Ipv4Address), port: srcPort as number };
    const to = { name: names.of(dst as Ipv4Address), port: dstPort as number };
    const [client, server] = fromServer ? [to, from] : [from, to];
    this.#client = side(client.name);
    this.#server = side(server.name);
    this.#clientPort = client.port;
    this.#serverPort = server.port;
  }

  /** True when this frame opens another connection between the same ports. */
  over({ flags = 0, srcPort, seq }: FrameFacts): boolean {
    const opens = (flags & TCP_SYN) !== 0 && (flags & TCP_ACK) === 0 && srcPort === this.#clientPort;
    const { seq: first } = this.#client.start;
    return opens && first !== undefined && seqAdd(seq as number, 1) !== first;
  }

  add({ srcPort, flags = 0, seq = 0, payload }: FrameFacts): void {
    const [from, to] =
      srcPort === this.#clientPort ? [this.#client, this.#server] : ([this.#server, this.#client] as const);
    if (from === this.#server && (flags & TCP_RST) === 0) this.#answered = true;
    if ((flags & TCP_RST) !== 0) {
      const refused = from === this.#server && !this.#answered;
      this.#end ??= refused ? 'refused' : `reset by ${from.name}`;
      return;
    }
    const length = payload.length + ((flags & TCP_SYN) === 0 ? 0 : 1) + ((flags & TCP_FIN) === 0 ? 0 : 1);
    if (length === 0) return;
    const end = seqAdd(seq, length);
    if (from.next !== undefined && !seqGt(end, from.next)) {
      from.retransmits++;
      return;
    }
    from.start.seq ??= seqAdd(seq, (flags & TCP_SYN) === 0 ? 0 : 1);
    from.next = end;
    if (payload.length > 0) from.segments++;
    this.#append(from, seqAdd(seq, (flags & TCP_SYN) === 0 ? 0 : 1), payload);
    if ((flags & TCP_FIN) === 0) return;
    from.fin = true;
    if (!to.fin) this.#end ??= `closed by ${from.name}`;
  }

  line(): string {
    const { segments, retransmits } = this.#client;
    const total = segments + this.#server.segments;
    const again = retransmits + this.#server.retransmits;
    const silent = !this.#answered && this.#end === undefined;
    const end = this.#end ?? (silent ? 'no answer' : 'open');
    const said = this.#answered ? `${this.#said()}, ` : '';
    const ends = `${this.#client.name} > ${this.#server.name}:${this.#serverPort}`;
    return `tcp ${ends} ${said}${plural(total, 'segment')}, ${plural(again, 'retransmit')}, ${end}`;
  }

  #said(): string {
    const out = toLatin1(this.#client.bytes);
    const back = toLatin1(this.#server.bytes);
    const requests = [...out.matchAll(REQUEST)].map(([, method, target]) => `${method} ${target}`);
    if (requests.length > 0) {
      const statuses = [...back.matchAll(STATUS)].map(([, status]) => status);
      return requests.map((request, i) => `${request} -> ${statuses[i] ?? 'no answer'}`).join('; ');
    }
    if (this.#serverPort === MQTT_PORT) return `${mqtt(this.#client.bytes)} -> ${mqtt(this.#server.bytes)}`;
    return `${this.#client.bytes.length} bytes, ${this.#server.bytes.length} back`;
  }

  /** What was not seen (lost before the first look) stays zero; what was sent twice is written once. */
  #append(to: Side, seq: number, payload: Uint8Array): void {
    const at = seqDiff(seq, to.start.seq as number);
    if (at < 0 || payload.length === 0) return;
    const gap = Math.max(0, at - to.bytes.length);
    const known = to.bytes.subarray(0, at);
    to.bytes = gap > 0 ? concat(known, new Uint8Array(gap), payload) : concat(known, payload);
  }
}

const side = (name: string): Side => ({
  name,
  next: undefined,
  segments: 0,
  retransmits: 0,
  fin: false,
  start: { seq: undefined },
  bytes: EMPTY,
});

/** `1 segment`, `2 segments`. */
export const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** The packets of an MQTT stream by name: `CONNECT, PUBLISH home/temp`. */
function mqtt(bytes: Uint8Array): string {
  const names: string[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const frame = mqttFrame(rest);
    if (!frame.ok || frame.value === undefined) break;
    const packet = parseMqtt(rest.subarray(0, frame.value.total));
    if (!packet.ok) break;
    const name = packet.value.type.toUpperCase();
    names.push(packet.value.type === 'publish' ? `${name} ${packet.value.topic}` : name);
    rest = rest.subarray(frame.value.total);
  }
  return names.join(', ') || 'nothing';
}
