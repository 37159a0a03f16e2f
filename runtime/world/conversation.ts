/**
 * Frames told as conversations, one line each, in the order they began: `tcp pc.test > esp1:80 GET / -> 200, 2 segments,
 * 0 retransmits, closed by esp1`. No times and no ephemeral ports, so that the text changes only when behaviour does.
 * TCP is in tcp-conversation.ts. Not told: ARP, 802.11, what is neither TCP, UDP nor ICMP.
 */
import {
  DHCP_CLIENT_PORT,
  DHCP_SERVER_PORT,
  DNS_PORT,
  type FrameFacts,
  formatIpv4,
  frameFacts,
  type Ipv4Address,
  PROTO_ICMP,
  PROTO_TCP,
  PROTO_UDP,
  parseDhcp,
  parseDns,
  parseIcmp,
} from '../wire/index.ts';
import type { LoggedFrame } from './frame-log.ts';
import { plural, TcpConversation } from './tcp-conversation.ts';
import type { World } from './world.ts';

/** One line in the making. */
export interface Conversation {
  add(facts: FrameFacts): void;
  line(): string;
}

/** RFC 2132 section 9.6, by number. */
const DHCP_TYPES = ['', 'DISCOVER', 'OFFER', 'REQUEST', 'DECLINE', 'ACK', 'NAK', 'RELEASE', 'INFORM'];

/** The lines of the conversations in these frames, with the names of this world's hosts and devices. */
export function conversations(frames: readonly LoggedFrame[], world: World): string[] {
  const names = new Names(world);
  const all: Conversation[] = [];
  const current = new Map<string, Conversation>();
  const packets = frames.flatMap(({ frame }) => frameFacts(frame) ?? []);
  // All names first: the first frames to a device come before any of its own.
  for (const facts of packets) names.learn(facts);
  for (const facts of packets) {
    const key = keyOf(facts);
    if (key === undefined) continue;
    const known = current.get(key);
    // The same ports for another connection are another conversation.
    const over = known instanceof TcpConversation && known.over(facts);
    const conversation = known === undefined || over ? begin(facts, names) : known;
    if (conversation !== known) {
      all.push(conversation);
      current.set(key, conversation);
    }
    conversation.add(facts);
  }
  return all.map((conversation) => conversation.line());
}

/** Who has an address: hosts by the world's table, devices by the frames they sent. */
export class Names {
  readonly #byAddress = new Map<Ipv4Address, string>();
  readonly #byMac: ReadonlyMap<number, string>;

  constructor(world: World) {
    for (const { name, addr } of world.hosts) this.#byAddress.set(addr, name);
    this.#byMac = new Map(world.devices.map(({ name, profile }) => [profile.mac, name]));
  }

  learn({ srcMac, src }: FrameFacts): void {
    const device = this.#byMac.get(srcMac);
    if (device !== undefined && src !== undefined && src !== 0) this.#byAddress.set(src, device);
  }

  of(address: Ipv4Address): string {
    return this.#byAddress.get(address) ?? formatIpv4(address);
  }

  ofMac({ srcMac }: FrameFacts): string {
    return this.#byMac.get(srcMac) ?? 'somebody';
  }
}

function keyOf({ protocol, src, dst, srcPort, dstPort, payload, srcMac, dstMac }: FrameFacts): string | undefined {
  if (protocol === PROTO_ICMP) {
    const message = parseIcmp(payload);
    if (!message.ok || (message.value.type !== 'echo-request' && message.value.type !== 'echo-reply')) return undefined;
    return message.value.type === 'echo-request' ? `icmp ${src} ${dst}` : `icmp ${dst} ${src}`;
  }
  if (srcPort === undefined) return undefined;
  if (srcPort === DHCP_CLIENT_PORT) return `dhcp ${srcMac}`;
  if (srcPort === DHCP_SERVER_PORT) return `dhcp ${dstMac}`;
  if (protocol !== PROTO_TCP && protocol !== PROTO_UDP) return undefined;
  const ends = [`${src}:${srcPort}`, `${dst}:${dstPort}`].sort();
  return `${protocol} ${ends.join(' ')}`;
}

function begin(facts: FrameFacts, names: Names): Conversation {
  if (facts.protocol === PROTO_ICMP) return new EchoConversation(facts, names);
  if (facts.protocol === PROTO_TCP) return new TcpConversation(facts, names);
  if (facts.srcPort === DHCP_CLIENT_PORT || facts.srcPort === DHCP_SERVER_PORT)
    return new DhcpConversation(names.ofMac(facts));
  if (facts.dstPort === DNS_PORT) return new DnsConversation(facts, names);
  return new UdpConversation(facts, names);
}

class DhcpConversation implements Conversation {
  readonly #client: string;
  readonly #messages: string[] = [];

  constructor(client: string) {
    this.#client = client;
  }

  add({ payload }: FrameFacts): void {
    const parsed = parseDhcp(payload);
    if (!parsed.ok) return;
    const type = parsed.value.options.messageType ?? 0;
    const address = type === 5 ? ` ${formatIpv4(parsed.value.yiaddr)}` : '';
    this.#messages.push(`${DHCP_TYPES[type] ?? type}${address}`);
  }

  line(): string {
    return `dhcp ${this.#client} ${counted(this.#messages).join(', ')}`;
  }
}

/** One client port; the firmware uses a new one for every name. */
class DnsConversation implements Conversation {
  readonly #from: string;
  /** Question to answer, in the order asked. */
  readonly #asked = new Map<string, { answer: string; times: number }>();

  constructor({ src }: FrameFacts, names: Names) {
    this.#from = names.of(src as Ipv4Address);
  }

  add({ payload }: FrameFacts): void {
    const parsed = parseDns(payload);
    const question = parsed.ok ? parsed.value.questions[0] : undefined;
    if (!parsed.ok || question === undefined) return;
    const asked = this.#asked.get(question.name) ?? { answer: 'no answer', times: 0 };
    this.#asked.set(question.name, asked);
    const { response, rcode, answers } = parsed.value;
    if (!response) asked.times++;
    else if (rcode !== 0) asked.answer = rcode === 3 ? 'NXDOMAIN' : `rcode ${rcode}`;
    else {
      const addresses = answers.flatMap((record) => (record.type === 'A' ? [formatIpv4(record.data)] : []));
      asked.answer = addresses.join(', ') || 'nothing';
    }
  }

  line(): string {
    const parts = [...this.#asked].map(
      ([name, { answer, times }]) => `${name} -> ${answer}${times > 1 ? ` (asked ${times} times)` : ''}`,
    );
    return `dns ${this.#from} ${parts.join(', ')}`;
  }
}

class UdpConversation implements Conversation {
  readonly #first: FrameFacts;
  readonly #ends: string;
  readonly #count = { there: 0, back: 0 };
  readonly #bytes = { there: 0, back: 0 };

  constructor(facts: FrameFacts, names: Names) {
    this.#first = facts;
    this.#ends = `${names.of(facts.src as Ipv4Address)} > ${names.of(facts.dst as Ipv4Address)}:${facts.dstPort}`;
  }

  add({ src, srcPort, payload }: FrameFacts): void {
    const way = src === this.#first.src && srcPort === this.#first.srcPort ? 'there' : 'back';
    this.#count[way]++;
    this.#bytes[way] += payload.length;
  }

  line(): string {
    const part = (way: 'there' | 'back'): string =>
      `${plural(this.#count[way], 'datagram')}, ${this.#bytes[way]} bytes`;
    return `udp ${this.#ends} ${part('there')}${this.#count.back === 0 ? ', none back' : `; back ${part('back')}`}`;
  }
}

class EchoConversation implements Conversation {
  readonly #ends: string;
  #requests = 0;
  #replies = 0;

  constructor({ src, dst }: FrameFacts, names: Names) {
    this.#ends = `${names.of(src as Ipv4Address)} > ${names.of(dst as Ipv4Address)}`;
  }

  add({ payload }: FrameFacts): void {
    const message = parseIcmp(payload);
    if (!message.ok) return;
    if (message.value.type === 'echo-request') this.#requests++;
    else this.#replies++;
  }

  line(): string {
    return `icmp ${this.#ends} ${plural(this.#requests, 'echo', 'echoes')}, ${plural(this.#replies, 'reply', 'replies')}`;
  }
}

/** `DISCOVER x3` for three in a row. */
function counted(words: readonly string[]): string[] {
  const runs: { word: string; times: number }[] = [];
  for (const word of words) {
    const last = runs.at(-1);
    if (last?.word === word) last.times++;
    else runs.push({ word, times: 1 });
  }
  return runs.map(({ word, times }) => (times === 1 ? word : `${word} x${times}`));
}
