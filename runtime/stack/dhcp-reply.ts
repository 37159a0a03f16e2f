/**
 * A server's message as lwIP 1.4 reads it (dhcp.c dhcp_recv, dhcp_parse_reply): nobody looks at hardware kind and magic
 * cookie, the list of options may go on in the file and name fields, and an option's length says how many values follow
 * it in lwIP's table, whosever that is.
 */
import { err, ok, type Result, u8, u32 } from '../core/index.ts';
import { type Dhcp, type Ipv4Address, readIpv4, readMac } from '../wire/index.ts';

/** What the client uses of a message; as in {@link Dhcp}. */
export interface DhcpReply extends Pick<Dhcp, 'op' | 'xid' | 'chaddr' | 'yiaddr'> {
  readonly options: {
    readonly messageType?: number | undefined;
    readonly serverId?: Ipv4Address | undefined;
    readonly leaseTime?: number | undefined;
    readonly renewalTime?: number | undefined;
    readonly rebindingTime?: number | undefined;
    readonly subnetMask?: Ipv4Address | undefined;
    readonly routers?: readonly Ipv4Address[];
    readonly dnsServers?: readonly Ipv4Address[];
    readonly ntpServers?: readonly Ipv4Address[];
  };
}

const CHADDR = 28;
const SNAME = 44;
const FILE = 108;
const COOKIE = 236;
const OPTIONS = 240;

const PAD = 0;
const ROUTER = 3;
const DNS = 6;
const END = 255;

/** Places in the table of values, DHCP_OPTION_IDX_…; DNS servers take the last ones. */
const OVERLOAD_AT = 0;
const DNS_AT = 9;
const PLACES: ReadonlyMap<number, number> = new Map([
  [52, OVERLOAD_AT],
  [53, 1],
  [54, 2],
  [51, 3],
  [58, 4],
  [59, 5],
  [1, 6],
  [ROUTER, 7],
  [42, 8],
  [DNS, DNS_AT],
]);

/** Options of a message, one number per place. */
class Table {
  readonly values: (number | undefined)[] = [];
  readonly #bytes: Uint8Array;
  readonly #dnsServers: number;

  constructor(bytes: Uint8Array, dnsServers: number) {
    this.#bytes = bytes;
    this.#dnsServers = dnsServers;
  }

  /** Reads the list from `at`, at most to `limit`; the end of the message ends it too. */
  read(at: number, limit: number): void {
    const bytes = this.#bytes;
    let offset = at;
    while (offset < Math.min(limit, bytes.length) && u8(bytes, offset) !== END) {
      const code = u8(bytes, offset);
      if (code === PAD) {
        offset++;
        continue;
      }
      const length = offset + 1 < bytes.length ? u8(bytes, offset + 1) : 0;
      const place = PLACES.get(code);
      if (place !== undefined) this.#store(place, offset + 2, this.#used(code, length));
      offset += length + 2;
    }
  }

  /** Of routers lwIP reads one, even from a shorter option; of DNS servers as many as it has room for. */
  #used(code: number, length: number): number {
    if (code === ROUTER) return 4;
    return code === DNS ? Math.min(length, 4 * this.#dnsServers) : length;
  }

  /** Four bytes each, the next ones in the next place; of a rest below four only the first counts. */
  #store(place: number, at: number, length: number): void {
    const end = DNS_AT + this.#dnsServers;
    const word = new Uint8Array(4);
    for (let i = 0; i < length && place + i / 4 < end; i += 4) {
      const left = Math.min(4, length - i);
      word.set(this.#bytes.subarray(at + i, at + i + left));
      this.values[place + i / 4] = left === 4 ? u32(word, 0) : u8(word, 0);
    }
  }
}

/** `dnsServers`: how many the resolver holds. Errors: `truncated` without any option. */
export function readDhcpReply(bytes: Uint8Array, dnsServers: number): Result<DhcpReply, 'truncated'> {
  if (bytes.length <= OPTIONS) return err('truncated');
  const table = new Table(bytes, dnsServers);
  const { values } = table;
  table.read(OPTIONS, bytes.length);
  // RFC 2132 section 9.3: 1 is the file field, 2 the name, 3 both.
  const overload = values[OVERLOAD_AT];
  if (overload === 1 || overload === 3) table.read(FILE, COOKIE);
  if (overload === 2 || overload === 3) table.read(SNAME, FILE);
  const address = (place: number) => values[place] as Ipv4Address | undefined;
  const list = (place: number, count: number): Ipv4Address[] => {
    const end = Array.from({ length: count }, (_, i) => values[place + i]).indexOf(undefined);
    return values.slice(place, place + (end < 0 ? count : end)) as Ipv4Address[];
  };
  const messageType = values[1];
  return ok({
    op: u8(bytes, 0),
    xid: u32(bytes, 4),
    chaddr: readMac(bytes, CHADDR),
    yiaddr: readIpv4(bytes, 16),
    options: {
      messageType: messageType === undefined ? undefined : messageType & 0xff,
      serverId: address(2),
      leaseTime: values[3],
      renewalTime: values[4],
      rebindingTime: values[5],
      subnetMask: address(6),
      routers: list(7, 1),
      ntpServers: list(8, 1),
      dnsServers: list(DNS_AT, dnsServers),
    },
  });
}
