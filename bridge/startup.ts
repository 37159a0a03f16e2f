/** What has to answer before the world begins: ports that are bound, names that are looked up. */
export class Startup {
  readonly #pending = new Set<object>();
  readonly #failures: string[] = [];
  /** Called when nothing is pending any more, or something failed. */
  onSettled: () => void = () => {};

  get settled(): boolean {
    return this.#pending.size === 0 || this.#failures.length > 0;
  }

  /** Sentences for the user; empty when all is well. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  /** Something begins; to be called with its end, and with a sentence when it is no good. Later calls do nothing. */
  begin(): (failure?: string) => void {
    const token = {};
    this.#pending.add(token);
    return (failure) => {
      if (!this.#pending.delete(token)) return;
      if (failure !== undefined) this.#failures.push(failure);
      if (this.settled) this.onSettled();
    };
  }
}

const SENTENCES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use by another program; choose another',
  EACCES: 'needs more rights than you have',
  EADDRNOTAVAIL: 'is no address of this computer',
  ENOTFOUND: 'is a name without an address',
  ENOENT: 'does not exist',
  ECONNREFUSED: 'has nobody listening',
};

/** `127.0.0.1:8080 is in use by another program; choose another` */
export const whyNot = (what: string, code: string | undefined): string =>
  `${what} ${SENTENCES[code ?? ''] ?? `cannot be used (${code})`}`;
