/**
 * A phone or laptop on the air: scans, joins a network, gets its lease there, asks whether the Internet is behind it the way
 * its maker does, and opens the captive portal that answers instead. Its user fills in the form.
 * Not here: JavaScript, style, cookies, pages that are compressed.
 */
import {
  type Clock,
  err,
  type Micros,
  ok,
  type Result,
  type Rng,
  seconds,
  type Timer,
  type Tracer,
} from '../core/index.ts';
import { type Medium, type Position, REASON, type ScanResult, Station } from '../radio/index.ts';
import { HOST_OPTS, type Netif, Stack } from '../stack/index.ts';
import { IPV4_ANY, type Ipv4Address, type MacAddress } from '../wire/index.ts';
import { readForm } from './html-form.ts';
import { type FetchError, type FetchOptions, HttpFetch, splitUrl } from './http-fetch.ts';
import type { HttpReply } from './http-reply.ts';

/** Where a maker's devices look whether there is a portal, and how the true answer looks. */
export const PROBES = {
  android: { url: 'http://connectivitycheck.gstatic.com/generate_204', status: 204, body: '' },
  apple: { url: 'http://captive.apple.com/hotspot-detect.html', status: 200, body: 'Success' },
  windows: { url: 'http://www.msftconnecttest.com/connecttest.txt', status: 200, body: 'Microsoft Connect Test' },
} as const;
export type PhoneKind = keyof typeof PROBES;

export interface PhoneEnv {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly trace: Tracer;
  readonly medium: Medium;
}

export interface PhoneOptions {
  readonly mac: MacAddress;
  /** By default an Android phone. */
  readonly kind?: PhoneKind;
  readonly position?: Position;
}

/** What is behind the network joined. */
export type Captive = 'not-asked' | 'internet' | 'portal' | 'nothing';
export type JoinError = 'not-found' | 'refused' | 'no-lease';
export type PageError = FetchError | 'too-many-redirects' | 'no-form' | 'compressed' | 'no-page';

/** A page that was opened. */
export interface Page extends HttpReply {
  readonly url: string;
}

const MAX_REDIRECTS = 5;
const LEASE_TIMEOUT = seconds(30);

export class Phone {
  readonly name: string;
  readonly kind: PhoneKind;
  readonly station: Station;
  readonly stack: Stack;
  readonly netif: Netif;
  /** Seen by the last scan, strongest first. */
  networks: readonly ScanResult[] = [];
  captive: Captive = 'not-asked';
  /** Where the portal wants to be opened. */
  portal: string | undefined;
  page: Page | undefined;
  readonly #clock: Clock;
  readonly #leaseTimer: Timer;
  #password: string | undefined;
  #wanted: string | undefined;
  #joined: ((error: JoinError | undefined) => void) | undefined;
  #scanned: ((networks: readonly ScanResult[]) => void) | undefined;

  constructor(name: string, env: PhoneEnv, { mac, kind = 'android', position }: PhoneOptions) {
    const { clock, rng, trace, medium } = env;
    this.name = name;
    this.kind = kind;
    this.#clock = clock;
    this.station = new Station(medium, { mac, ...(position === undefined ? {} : { position }) });
    this.station.handlers = {
      onJoined: () => this.#onJoined(),
      onLost: (reason) => this.#onLost(reason),
      onScanDone: (results) => this.#onScanDone(results),
    };
    this.stack = new Stack({ clock, rng, trace }, HOST_OPTS);
    this.netif = this.stack.addNetif('wl', this.station);
    this.netif.onStatus = () => this.#onStatus();
    this.#leaseTimer = clock.timer('phone.lease', () => this.#endJoin('no-lease'));
  }

  /** The address, once the network has given one. */
  get address(): Ipv4Address | undefined {
    return this.netif.addr === IPV4_ANY ? undefined : this.netif.addr;
  }

  /** Looks around; false while it is joining. */
  scan(done: (networks: readonly ScanResult[]) => void): boolean {
    this.#scanned = done;
    return this.station.scan();
  }

  /**
   * Looks for the network and joins the strongest access point of that very name; `done` when there is an address and
   * the question for the Internet is answered, see {@link captive}.
   */
  join(ssid: string, password: string | undefined, done: (error: JoinError | undefined) => void): void {
    this.leave();
    this.#wanted = ssid;
    this.#password = password;
    this.#joined = done;
    this.scan((networks) => {
      const ap = networks.find((network) => network.ssid === ssid);
      if (ap === undefined) this.#endJoin('not-found');
      else {
        const { bssid, channel } = ap;
        this.station.join({ ssid, bssid, channel, ...(password === undefined ? {} : { password }) });
      }
    });
  }

  /** Forgets the network. */
  leave(): void {
    this.#wanted = undefined;
    this.#joined = undefined;
    this.captive = 'not-asked';
    this.portal = undefined;
    this.station.leave();
    this.#forgetLease();
  }

  /** The network that it is to be in. */
  get wanted(): { readonly ssid: string; readonly password: string | undefined } | undefined {
    return this.#wanted === undefined ? undefined : { ssid: this.#wanted, password: this.#password };
  }

  /** One request, redirects not followed. */
  fetch(url: string, options: FetchOptions, done: (reply: Result<HttpReply, FetchError>) => void): void {
    new HttpFetch(this.#clock, this.stack, url, options, done);
  }

  /** Opens a page, following redirects; it becomes {@link page}. */
  open(url: string, done: (page: Result<Page, PageError>) => void, options: FetchOptions = {}): void {
    this.#follow(url, options, MAX_REDIRECTS, done);
  }

  /** Fills in the form of the page and sends it; fields that the form has not are sent as well. */
  submit(fields: Readonly<Record<string, string>>, done: (page: Result<Page, PageError>) => void): void {
    const { page } = this;
    const form = page === undefined ? undefined : readForm(page.body);
    const gzip = page?.headers.get('content-encoding') !== undefined;
    if (page === undefined || form === undefined) {
      const error = page === undefined ? 'no-page' : gzip ? 'compressed' : 'no-form';
      this.#clock.timer('phone.submit', () => done(err(error))).arm(0 as Micros);
      return;
    }
    const all = { ...form.fields, ...fields };
    const body = Object.entries(all)
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .join('&');
    const url = resolveUrl(page.url, form.action === '' ? page.url : form.action);
    if (form.method === 'get') this.open(`${url.split('?', 1)[0]}?${body}`, done);
    else
      this.open(url, done, { method: 'POST', body, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
  }

  #follow(url: string, options: FetchOptions, left: number, done: (page: Result<Page, PageError>) => void): void {
    this.fetch(url, options, (reply) => {
      if (!reply.ok) {
        done(reply);
        return;
      }
      const location =
        reply.value.status >= 300 && reply.value.status < 400 ? reply.value.headers.get('location') : undefined;
      if (location !== undefined && left > 0) {
        // RFC 9110 section 15.4.4, and what browsers do with 301 and 302 too: on with GET.
        this.#follow(resolveUrl(url, location), {}, left - 1, done);
        return;
      }
      this.page = { ...reply.value, url };
      done(location === undefined ? ok(this.page) : err('too-many-redirects'));
    });
  }

  #onJoined(): void {
    this.netif.dhcpStart(this.name);
    this.#leaseTimer.arm(LEASE_TIMEOUT);
  }

  #onLost(reason: number): void {
    this.#forgetLease();
    if (this.#joined === undefined) return;
    this.#endJoin(reason === REASON.NO_AP_FOUND ? 'not-found' : 'refused');
  }

  #onScanDone(results: readonly ScanResult[]): void {
    this.networks = results;
    const done = this.#scanned;
    this.#scanned = undefined;
    done?.(results);
  }

  #onStatus(): void {
    if (this.address === undefined || !this.#leaseTimer.armed) return;
    this.#leaseTimer.cancel();
    this.#probe();
  }

  #forgetLease(): void {
    this.#leaseTimer.cancel();
    this.netif.dhcpCleanup();
    this.netif.setAddr(IPV4_ANY, IPV4_ANY, IPV4_ANY);
    this.netif.setDown();
  }

  /** Is the Internet there? Whatever is not the true answer comes from a portal. */
  #probe(): void {
    const { url, status, body } = PROBES[this.kind];
    this.fetch(url, {}, (reply) => {
      if (!reply.ok) this.captive = 'nothing';
      else if (reply.value.status === status && reply.value.body.includes(body)) this.captive = 'internet';
      else {
        this.captive = 'portal';
        this.portal = resolveUrl(url, reply.value.headers.get('location') ?? url);
      }
      this.#endJoin(undefined);
    });
  }

  #endJoin(error: JoinError | undefined): void {
    const done = this.#joined;
    this.#joined = undefined;
    done?.(error);
  }
}

/** A reference against the page it stands on (RFC 3986 section 5, without dots). */
export function resolveUrl(base: string, reference: string): string {
  if (/^https?:\/\//i.test(reference)) return reference;
  const { host = '', port = 80, target = '/' } = splitUrl(base) ?? {};
  const origin = `http://${host}${port === 80 ? '' : `:${port}`}`;
  if (reference.startsWith('/')) return origin + reference;
  if (reference.startsWith('?')) return `${origin}${target.split('?', 1)[0]}${reference}`;
  return `${origin}${target.split('?', 1)[0]?.replace(/[^/]*$/, '')}${reference}`;
}

/** application/x-www-form-urlencoded, of Latin-1 text. */
const encode = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9 *._-]/g, (c) => `%${(c.charCodeAt(0) & 0xff).toString(16).toUpperCase().padStart(2, '0')}`)
    .replaceAll(' ', '+');
