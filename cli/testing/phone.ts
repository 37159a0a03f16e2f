/** A phone in a test: joins networks, a device's own access point too, and goes through a captive portal. Calls let time pass. */
import { formatIpv4, type Page, type PageError, type Phone } from '../../runtime/index.ts';
import { inSeconds, micros, type Time, Unmet } from './unmet.ts';

export interface PhoneSurroundings {
  until(done: () => boolean, withinUs: number): boolean;
  readonly patience: number;
  readonly now: number;
}

type Outcome<T> = { readonly value: T } | undefined;

export class TestPhone {
  /** The phone itself, for everything that has no shorter word here. */
  readonly phone: Phone;
  readonly #env: PhoneSurroundings;

  /** @internal Made by `world().phone()`. */
  constructor(phone: Phone, env: PhoneSurroundings) {
    this.phone = phone;
    this.#env = env;
  }

  /** Its address; undefined in no network. */
  get address(): string | undefined {
    return this.phone.address === undefined ? undefined : formatIpv4(this.phone.address);
  }

  /** Names of the networks in range, strongest first. */
  networks(within?: Time): string[] {
    const found = this.#wait<readonly { ssid: string }[]>('the scan', within, (done) => {
      if (!this.phone.scan(done)) throw new Unmet(`${this.phone.name} is joining a network and cannot scan`);
    });
    return found.map(({ ssid }) => ssid);
  }

  /** Waits until a network is there and joins it; tells what is behind it, `portal` for a captive portal. */
  join(ssid: string, options: { readonly password?: string; readonly within?: Time } = {}): Phone['captive'] {
    const { password, within } = options;
    const end = this.#env.now + (within === undefined ? this.#env.patience : micros(within));
    for (;;) {
      const error = this.#wait<string | undefined>('joining', undefined, (done) =>
        this.phone.join(ssid, password, done),
      );
      if (error === undefined) return this.phone.captive;
      if (error !== 'not-found' || this.#env.now >= end)
        throw new Unmet(`${this.phone.name} did not get into '${ssid}': ${error}`, { timeout: error === 'not-found' });
    }
  }

  /** Waits for a network whose name begins so; the strongest of them. */
  findNetwork(prefix: string, within?: Time): string {
    const end = this.#env.now + (within === undefined ? this.#env.patience : micros(within));
    for (;;) {
      const found = this.networks().find((ssid) => ssid.startsWith(prefix));
      if (found !== undefined) return found;
      if (this.#env.now >= end)
        throw new Unmet(`${this.phone.name} sees no network that begins with '${prefix}'`, { timeout: true });
    }
  }

  leave(): void {
    this.phone.leave();
  }

  /** Opens the portal that was found when the network was joined. */
  openPortal(within?: Time): Page {
    const { portal } = this.phone;
    if (portal === undefined) throw new Unmet(`${this.phone.name} has found no portal`);
    return this.open(portal, within);
  }

  /** Opens a page, following redirects. */
  open(url: string, within?: Time): Page {
    return this.#page(url, within, (done) => this.phone.open(url, done));
  }

  /** Fills in the form of the open page and sends it; the page that answers. */
  submit(fields: Readonly<Record<string, string>>, within?: Time): Page {
    return this.#page('the form', within, (done) => this.phone.submit(fields, done));
  }

  #page(what: string, within: Time | undefined, begin: (done: (page: PageResult) => void) => void): Page {
    const page = this.#wait<PageResult>(what, within, begin);
    if (page.ok) return page.value;
    throw new Unmet(`${this.phone.name} got no answer for ${what}: ${page.error}`);
  }

  #wait<T>(what: string, within: Time | undefined, begin: (done: (value: T) => void) => void): T {
    const limit = within === undefined ? this.#env.patience : micros(within);
    const box: { outcome: Outcome<T> } = { outcome: undefined };
    begin((value) => {
      box.outcome = { value };
    });
    this.#env.until(() => box.outcome !== undefined, limit);
    if (box.outcome !== undefined) return box.outcome.value;
    throw new Unmet(`${this.phone.name}: ${what} took longer than ${inSeconds(limit)}`, { timeout: true });
  }
}

type PageResult = { readonly ok: true; readonly value: Page } | { readonly ok: false; readonly error: PageError };
