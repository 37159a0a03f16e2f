/**
 * Names that the virtual world does not know, asked of this computer: addresses through its resolver as any program
 * here would, other records of its name server. Reserved names stay inside (RFC 6761).
 */
import { type Ipv4Address, type Micros, type NameQuery, parseIpv4, seconds } from '../runtime/index.ts';
import type { Address, Arrival } from './door.ts';
import type { GatewayEnv } from './gateway-env.ts';
import type { Policy } from './policy.ts';
import type { Startup } from './startup.ts';

/** How long an answer of the resolver is used; it does not say for how long it is true. */
const TTL_S = 60;
/** Answers kept. */
const MAX_KNOWN = 500;

type Answer = readonly Ipv4Address[] | 'no such name' | 'no answer';

/** getaddrinfo's and Node's codes for a name that does not exist, or not with an IPv4 address. */
const NO_NAME: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EAI_NONAME', 'EAI_NODATA']);

export class GatewayDns {
  readonly #env: GatewayEnv;
  readonly #policy: Policy;
  readonly #server: Address | undefined;
  /** Queries for the same name: the firmware asks again every second, under another number. */
  readonly #waiting = new Map<string, NameQuery[]>();
  readonly #known = new Map<string, { readonly answer: Answer; readonly until: number }>();

  constructor(env: GatewayEnv, policy: Policy, startup: Startup, server: Address | undefined) {
    this.#env = env;
    this.#policy = policy;
    this.#server = server;
    const done = startup.begin();
    env.door.open({ do: 'interfaces' }, (arrival) => {
      if (arrival.is === 'found') policy.setOwn(addressesOf(arrival));
      done();
    });
    for (const name of policy.names) this.#pin(name, startup.begin());
  }

  query(query: NameQuery): void {
    const { name, type } = query;
    const pinned = this.#policy.pinned(name);
    if (pinned !== undefined) {
      query.answer(type === 'A' || type === 'ANY' ? pinned : [], TTL_S);
      return;
    }
    if (name === 'test' || name.endsWith('.test')) {
      query.fail('no such name');
      return;
    }
    if (this.#policy.restrict) {
      this.#env.complaints.tell(`lookup of ${name}`, `refused, restrict=yes (allow=${name}:PORT lets it through)`);
      query.fail('no such name');
      return;
    }
    // Behind this gateway there is no IPv6.
    if (type === 'AAAA') query.answer([], TTL_S);
    else if (type === 'A' && this.#server === undefined) this.#lookup(query);
    else this.#ask(query);
  }

  #lookup(query: NameQuery): void {
    const { name } = query;
    const known = this.#known.get(name);
    if (known !== undefined && this.#env.world.now < known.until) {
      give(query, known.answer);
      return;
    }
    const waiting = this.#waiting.get(name);
    if (waiting !== undefined) {
      waiting.push(query);
      return;
    }
    this.#waiting.set(name, [query]);
    this.#env.door.open({ do: 'lookup', name }, (arrival) => this.#onFound(name, answerOf(arrival)));
  }

  #onFound(name: string, answer: Answer): void {
    const queries = this.#waiting.get(name) ?? [];
    this.#waiting.delete(name);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    if (answer !== 'no answer') this.#known.set(name, { answer, until: this.#env.world.now + ttl });
    for (const query of queries) give(query, answer);
  }

  #ask(query: NameQuery): void {
    const server = this.#server === undefined ? {} : { server: this.#server };
    this.#env.door.open({ do: 'ask', ...server, data: query.message }, (arrival) => {
      if (arrival.is === 'data') query.relay(arrival.data);
      else if (arrival.is === 'closed' && arrival.error !== undefined) query.fail('no answer');
    });
  }

  /** An allowed name is looked up once, before anybody asks; what it means then it means to the end of the run. */
  #pin(name: string, done: () => void): void {
    this.#env.door.open({ do: 'lookup', name }, (arrival) => {
      const answer = answerOf(arrival);
      const found = typeof answer === 'string' ? [] : answer;
      this.#policy.pin(name, found);
      if (found.length === 0) this.#env.complaints.tell(`allow=${name}`, 'this computer knows no address for it');
      done();
    });
  }
}

const ttl: Micros = seconds(TTL_S);

function give(query: NameQuery, answer: Answer): void {
  if (typeof answer === 'string') query.fail(answer);
  else query.answer(answer, TTL_S);
}

function answerOf(arrival: Arrival): Answer {
  if (arrival.is === 'found') {
    const addresses = addressesOf(arrival);
    return addresses.length > 0 ? addresses : 'no such name';
  }
  return arrival.is === 'closed' && NO_NAME.has(arrival.error ?? '') ? 'no such name' : 'no answer';
}

/** IPv4 only, and only as plain numbers: an IPv6 address with an IPv4 one inside (`::ffff:10.0.0.1`) is neither. */
const addressesOf = (arrival: Arrival & { readonly is: 'found' }): Ipv4Address[] =>
  arrival.addresses.map(parseIpv4).filter((address) => address !== undefined);
