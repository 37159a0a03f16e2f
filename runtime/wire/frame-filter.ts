/**
 * Which frames are meant, in tcpdump's words (pcap-filter(7)): `tcp and dst port 80`, `udp or not host 10.0.0.1`.
 * Added: the TCP flags by name (`syn`, `fin`, `rst`, `psh`, `ack`), `contains "text"`, names of hosts, and primitives
 * side by side without `and`. Not here: byte expressions (`tcp[13]`), networks, IPv6.
 */
import { err, ok, type Result, toLatin1 } from '../core/index.ts';
import { type Ipv4Address, isGroupMac, MAC_BROADCAST, type MacAddress, parseIpv4, parseMac } from './address.ts';
import { ETHERTYPE_ARP, ETHERTYPE_IPV4 } from './ethernet.ts';
import { type FrameFacts, frameFacts } from './frame-facts.ts';
import { PROTO_ICMP, PROTO_IGMP, PROTO_TCP, PROTO_UDP } from './ipv4.ts';
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from './tcp.ts';

/** Answers whether a frame is meant. */
export type FrameFilter = (frame: Uint8Array) => boolean;

export interface FilterError {
  readonly message: string;
  /** Position of the word in the text. */
  readonly at: number;
}

type Test = (facts: FrameFacts) => boolean;

const PROTOCOLS: Readonly<Record<string, number>> = {
  tcp: PROTO_TCP,
  udp: PROTO_UDP,
  icmp: PROTO_ICMP,
  igmp: PROTO_IGMP,
};
const FLAGS: Readonly<Record<string, number>> = {
  syn: TCP_SYN,
  fin: TCP_FIN,
  rst: TCP_RST,
  psh: TCP_PSH,
  ack: TCP_ACK,
};

/** Every word a filter may have; for "did you mean". */
export const FILTER_WORDS: readonly string[] = [
  ...Object.keys(PROTOCOLS),
  ...Object.keys(FLAGS),
  ...['ip', 'arp', 'broadcast', 'multicast', 'host', 'port', 'ether', 'src', 'dst', 'less', 'greater', 'contains'],
  ...['and', 'or', 'not'],
];

/** `resolve` gives the address of a host's name. */
export function parseFilter(
  text: string,
  resolve: (name: string) => Ipv4Address | undefined = () => undefined,
): Result<FrameFilter, FilterError> {
  const reader = new Reader(text, resolve);
  const test = reader.whole();
  if (reader.error !== undefined) return err(reader.error);
  return ok((frame) => {
    const facts = frameFacts(frame);
    return facts !== undefined && test(facts);
  });
}

interface Word {
  readonly text: string;
  readonly at: number;
  readonly quoted: boolean;
}

const NOTHING: Test = () => false;

/** Recursive descent; after the first error everything answers NOTHING until the end. */
class Reader {
  error: FilterError | undefined;
  readonly #words: readonly Word[];
  readonly #end: number;
  readonly #resolve: (name: string) => Ipv4Address | undefined;
  #next = 0;

  constructor(text: string, resolve: (name: string) => Ipv4Address | undefined) {
    this.#end = text.length;
    this.#resolve = resolve;
    this.#words = [...text.matchAll(/"([^"]*)"|'([^']*)'|[()!]|&&|\|\||[^\s()!]+/g)].map((match) => ({
      text: match[1] ?? match[2] ?? match[0],
      at: match.index,
      quoted: match[1] !== undefined || match[2] !== undefined,
    }));
  }

  whole(): Test {
    if (this.#words.length === 0) return this.#fail('the filter is empty');
    const test = this.#or();
    if (this.error === undefined && this.#peek() !== undefined) this.#fail(`'${this.#peek()}' is not expected here`);
    return test;
  }

  #or(): Test {
    let left = this.#and();
    while (this.#take('or') || this.#take('||')) {
      const [a, b] = [left, this.#and()];
      left = (facts) => a(facts) || b(facts);
    }
    return left;
  }

  #and(): Test {
    let left = this.#not();
    for (;;) {
      const explicit = this.#take('and') || this.#take('&&');
      const next = this.#peek();
      if (!explicit && (next === undefined || next === ')' || next === 'or' || next === '||')) return left;
      if (this.error !== undefined) return NOTHING;
      const [a, b] = [left, this.#not()];
      left = (facts) => a(facts) && b(facts);
    }
  }

  #not(): Test {
    if (this.#take('not') || this.#take('!')) {
      const test = this.#not();
      return (facts) => !test(facts);
    }
    if (!this.#take('(')) return this.#primitive();
    const test = this.#or();
    if (!this.#take(')')) this.#fail("')' is missing");
    return test;
  }

  #primitive(): Test {
    const word = this.#peek();
    if (word === undefined) return this.#fail('something is missing at the end');
    const side = this.#take('src') ? 'src' : this.#take('dst') ? 'dst' : undefined;
    if (side !== undefined) return this.#sided(side);
    if (word === 'host' || word === 'port') return this.#sided(undefined);
    this.#next++;
    const protocol = PROTOCOLS[word];
    if (protocol !== undefined) return (facts) => facts.protocol === protocol;
    const flag = FLAGS[word];
    if (flag !== undefined) return (facts) => ((facts.flags ?? 0) & flag) !== 0;
    switch (word) {
      case 'ip':
        return (facts) => facts.etherType === ETHERTYPE_IPV4;
      case 'arp':
        return (facts) => facts.etherType === ETHERTYPE_ARP;
      case 'broadcast':
        return (facts) => facts.dstMac === MAC_BROADCAST;
      case 'multicast':
        return (facts) => isGroupMac(facts.dstMac);
      case 'ether':
        return this.#ether();
      case 'less': {
        const limit = this.#number(65_535);
        return (facts) => facts.length <= limit;
      }
      case 'greater': {
        const limit = this.#number(65_535);
        return (facts) => facts.length >= limit;
      }
      case 'contains': {
        const text = this.#words[this.#next++]?.text;
        if (text === undefined) return this.#fail("contains needs a text, such as contains 'GET /'");
        return (facts) => toLatin1(facts.payload).includes(text);
      }
      default:
        this.#next--;
        return this.#fail(`'${word}' is not a word of filters`);
    }
  }

  /** Behind an optional src or dst: `host NAME` or `port N`. */
  #sided(side: 'src' | 'dst' | undefined): Test {
    if (this.#take('port')) {
      const port = this.#number(65_535);
      return ({ srcPort, dstPort }) => (side !== 'dst' && srcPort === port) || (side !== 'src' && dstPort === port);
    }
    this.#take('host');
    const name = this.#words[this.#next]?.text;
    const address = name === undefined ? undefined : (parseIpv4(name) ?? this.#resolve(name));
    if (address === undefined)
      return this.#fail(name === undefined ? 'an address is missing' : `no host is called '${name}'`);
    this.#next++;
    return ({ src, dst }) => (side !== 'dst' && src === address) || (side !== 'src' && dst === address);
  }

  #ether(): Test {
    const side = this.#take('src') ? 'src' : this.#take('dst') ? 'dst' : undefined;
    this.#take('host');
    const mac: MacAddress | undefined = parseMac(this.#peek() ?? '');
    if (mac === undefined) return this.#fail('ether needs an address, such as ether src 5c:cf:7f:12:34:56');
    this.#next++;
    return ({ srcMac, dstMac }) => (side !== 'dst' && srcMac === mac) || (side !== 'src' && dstMac === mac);
  }

  #number(max: number): number {
    const text = this.#peek() ?? '';
    if (/^\d+$/.test(text) && Number(text) <= max) {
      this.#next++;
      return Number(text);
    }
    this.#fail(text === '' ? 'a number is missing' : `'${text}' is not a number from 0 to ${max}`);
    return 0;
  }

  #peek(): string | undefined {
    const word = this.#words[this.#next];
    return word?.quoted === true ? `"${word.text}"` : word?.text.toLowerCase();
  }

  #take(text: string): boolean {
    if (this.#peek() !== text) return false;
    this.#next++;
    return true;
  }

  #fail(message: string): Test {
    this.error ??= { message, at: this.#words[this.#next]?.at ?? this.#end };
    this.#next = this.#words.length;
    return NOTHING;
  }
}
