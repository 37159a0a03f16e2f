/**
 * What a script may reach beyond the virtual network. Decided by the address of each packet, at the moment it wants
 * out: what a name meant when it was looked up does not matter, so no name can be rebound to get around it.
 */
import { formatIpv4, type Ipv4Address, parseIpv4 } from '../runtime/index.ts';

/** The name of this computer's loopback, as scripts know it. */
export const HOST_NAME = 'host.mcubox.test';

/** `HOST:PORT` of the user: a name, an address or a network, and a port or any. */
export interface AllowRule {
  readonly host: string;
  /** Undefined: any. */
  readonly port: number | undefined;
}

export interface PolicyOptions {
  /** Nothing but what `allow` names. */
  readonly restrict: boolean;
  readonly allow: readonly AllowRule[];
}

/** Where a packet goes on this computer's side, or why it does not. */
export type Verdict =
  | { readonly ok: true; readonly host: string }
  | { readonly ok: false; readonly reason: string; readonly remedy?: string };

interface Network {
  readonly base: Ipv4Address;
  readonly bits: number;
  readonly what: string;
}

const network = (text: string, what: string): Network => {
  const parsed = parseNetwork(text);
  if (parsed === undefined) throw new Error(`not a network: ${text}`);
  return { ...parsed, what };
};

/** IANA's special-purpose registry (RFC 6890): everything that is not globally reachable. The first one that fits tells why. */
const SPECIAL: readonly Network[] = [
  network('127.0.0.0/8', 'a loopback address'),
  network('0.0.0.0/8', 'an address of this host on this network'),
  network('10.0.0.0/8', 'a private address'),
  network('172.16.0.0/12', 'a private address'),
  network('192.168.0.0/16', 'a private address'),
  network('169.254.0.0/16', 'a link-local address'),
  network('100.64.0.0/10', 'an address of shared space'),
  network('192.0.0.0/24', 'an address of protocol assignments'),
  network('192.0.2.0/24', 'an address of documentation'),
  network('198.51.100.0/24', 'an address of documentation'),
  network('203.0.113.0/24', 'an address of documentation'),
  network('192.88.99.0/24', 'a deprecated relay address'),
  network('198.18.0.0/15', 'an address of benchmarks'),
  network('224.0.0.0/4', 'a multicast address'),
  network('240.0.0.0/4', 'a reserved address'),
];
const LOOPBACK = SPECIAL[0] as Network;
/** Never reachable by a rule that names a host: its owner decides what the name means. */
const NEVER_BY_NAME = SPECIAL.filter(({ what }) => /loopback|link-local|this host|multicast|reserved/.test(what));

export class Policy {
  readonly #options: PolicyOptions;
  readonly #gateway: Ipv4Address;
  /** Addresses of allowed names, fixed for the whole run. */
  readonly #pinned = new Map<string, readonly Ipv4Address[]>();
  #own: readonly Ipv4Address[] = [];

  /** The address `gateway` of the virtual network stands for this computer's loopback. */
  constructor(options: PolicyOptions, gateway: Ipv4Address) {
    this.#options = options;
    this.#gateway = gateway;
  }

  get restrict(): boolean {
    return this.#options.restrict;
  }

  /** Names among the rules, in lower case: their addresses are wanted, see {@link pin}. */
  get names(): string[] {
    const names = this.#options.allow.map(({ host }) => host.toLowerCase());
    return [...new Set(names.filter((host) => host !== HOST_NAME && parseNetwork(host) === undefined))];
  }

  /** What an allowed name means from now on. */
  pin(name: string, addresses: readonly Ipv4Address[]): void {
    this.#pinned.set(name, addresses);
  }

  pinned(name: string): readonly Ipv4Address[] | undefined {
    return this.#pinned.get(name);
  }

  /** This computer's own addresses: services bound to them may rely on nobody else reaching them. */
  setOwn(addresses: readonly Ipv4Address[]): void {
    this.#own = addresses;
  }

  /** `port` undefined: a ping, allowed where any port is. */
  judge(to: Ipv4Address, port: number | undefined): Verdict {
    const address = formatIpv4(to);
    const rule = port === undefined ? address : `${address}:${port}`;
    if (to === this.#gateway) {
      if (!this.#options.restrict || this.#allowsName(HOST_NAME, port)) return { ok: true, host: '127.0.0.1' };
      return { ok: false, reason: 'restrict=yes', remedy: port === undefined ? HOST_NAME : `${HOST_NAME}:${port}` };
    }
    if (inside(to, LOOPBACK)) return { ok: false, reason: `a loopback address; this computer is ${HOST_NAME}` };
    if (this.#allows(to, port)) return { ok: true, host: address };
    if (this.#options.restrict) return { ok: false, reason: 'restrict=yes', remedy: rule };
    const special = SPECIAL.find((range) => inside(to, range));
    if (special !== undefined) return { ok: false, reason: special.what, remedy: rule };
    if (this.#own.includes(to)) return { ok: false, reason: "this computer's own address", remedy: rule };
    return { ok: true, host: address };
  }

  #allows(to: Ipv4Address, port: number | undefined): boolean {
    return this.#options.allow.some((rule) => {
      if (!fits(rule, port)) return false;
      const range = parseNetwork(rule.host);
      if (range !== undefined) return inside(to, range);
      const named = this.#pinned.get(rule.host.toLowerCase())?.includes(to) ?? false;
      return named && !NEVER_BY_NAME.some((never) => inside(to, never));
    });
  }

  #allowsName(name: string, port: number | undefined): boolean {
    return this.#options.allow.some((rule) => rule.host.toLowerCase() === name && fits(rule, port));
  }
}

const fits = (rule: AllowRule, port: number | undefined): boolean =>
  rule.port === undefined || port === undefined || rule.port === port;

const inside = (addr: Ipv4Address, { base, bits }: Pick<Network, 'base' | 'bits'>): boolean =>
  bits === 0 || (addr ^ base) >>> (32 - bits) === 0;

/** IPv4 only, and only as plain numbers: an IPv6 address with an IPv4 one inside (`::ffff:10.0.0.1`) is neither. */
export const addressesOf = (texts: readonly string[]): Ipv4Address[] =>
  texts.map(parseIpv4).filter((address) => address !== undefined);

/** `10.0.0.0/8` or a single address; undefined for a name. */
export function parseNetwork(text: string): { readonly base: Ipv4Address; readonly bits: number } | undefined {
  const [address = '', bits = '32', ...rest] = text.split('/');
  const base = parseIpv4(address);
  if (base === undefined || rest.length > 0 || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) return undefined;
  return { base, bits: Number(bits) };
}
