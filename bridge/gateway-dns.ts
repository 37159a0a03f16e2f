/**
 * Names that the virtual world does not know, asked of this computer: addresses through its resolver as any program
 * here would, other records of its name server. Reserved names stay inside (RFC 6761).
 */
import { type Ipv4Address, type Micros, type NameQuery, seconds } from '../runtime/index.ts';
import type { Address, Arrival } from './door.ts';
import { type GatewayEnv, refusal } from './gateway-env.ts';
import { addressesOf } from './policy.ts';

/** How long an answer of the resolver is used; it does not say for how long it is true. */
const TTL_S = 60;
/** Answers kept. */
const MAX_KNOWN = 500;

type Answer = readonly Ipv4Address[] | 'no such name' | 'no answer';

/** getaddrinfo's and Node's codes for a name that does not exist, or not with an IPv4 address. */
const NO_NAME: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EAI_NONAME', 'EAI_NODATA']);

export class GatewayDns {
  readonly #env: GatewayEnv;
  readonly #server: Address | undefined;
  /** Queries for the same name: the firmware asks again every second, under another number. */
  readonly #waiting = new Map<string, NameQuery[]>();
  readonly #known = new Map<string, { readonly answer: Answer; readonly until: number }>();

  constructor(env: GatewayEnv, server: Address | undefined) {
    this.#env = env;
    this.#server = server;
  }

  query(query: NameQuery): void {
    const { name, type } = query;
    if (name === 'test' || name.endsWith('.test')) {
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
    this.#env.door.open({ do: 'lookup', name }, (arrival) => {
      if (arrival.is === 'denied') this.#complain(name, arrival);
      this.#onFound(name, answerOf(arrival), arrival.is !== 'denied');
    });
  }

  #onFound(name: string, answer: Answer, keep: boolean): void {
    const queries = this.#waiting.get(name) ?? [];
    this.#waiting.delete(name);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    if (keep && answer !== 'no answer') this.#known.set(name, { answer, until: this.#env.world.now + ttl });
    for (const query of queries) give(query, answer);
  }

  #ask(query: NameQuery): void {
    const { name, type, message: data } = query;
    const server = this.#server === undefined ? {} : { server: this.#server };
    this.#env.door.open({ do: 'ask', name, ...server, data }, (arrival) => {
      if (arrival.is === 'data') query.relay(arrival.data);
      else if (arrival.is === 'found')
        query.answer(type === 'A' || type === 'ANY' ? addressesOf(arrival.addresses) : [], TTL_S);
      else if (arrival.is === 'denied') {
        this.#complain(name, arrival);
        query.fail('no such name');
      } else if (arrival.is === 'closed' && arrival.error !== undefined) query.fail('no answer');
    });
  }

  #complain(name: string, denied: Arrival & { readonly is: 'denied' }): void {
    this.#env.complaints.tell(`lookup of ${name}`, refusal(denied));
  }
}

const ttl: Micros = seconds(TTL_S);

function give(query: NameQuery, answer: Answer): void {
  if (typeof answer === 'string') query.fail(answer);
  else query.answer(answer, TTL_S);
}

function answerOf(arrival: Arrival): Answer {
  if (arrival.is === 'found') {
    const addresses = addressesOf(arrival.addresses);
    return addresses.length > 0 ? addresses : 'no such name';
  }
  if (arrival.is === 'denied') return 'no such name';
  return arrival.is === 'closed' && NO_NAME.has(arrival.error ?? '') ? 'no such name' : 'no answer';
}
