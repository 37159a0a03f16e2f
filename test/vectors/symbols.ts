/** The values a device chose itself (ports, ids, keys) and the names a vector has for them. */

export type SymbolValue = number | string;

/** Names that must not stand for one value: the ephemeral TCP ports are all different. */
const DISTINCT = /^\$p\d+$/;

/** Bound symbols. A comparison works on a {@link trial} and commits it when the whole frame agrees. */
export class Symbols {
  readonly #known: Readonly<Record<string, string>>;
  readonly #bound: Map<string, SymbolValue>;

  /** @param known the `symbols` member of the vector: name to meaning. */
  constructor(known: Readonly<Record<string, string>>, bound = new Map<string, SymbolValue>()) {
    this.#known = known;
    this.#bound = bound;
  }

  get names(): readonly string[] {
    return Object.keys(this.#known);
  }

  get(name: string): SymbolValue | undefined {
    return this.#bound.get(name);
  }

  /** A copy to try bindings on. */
  trial(): Symbols {
    return new Symbols(this.#known, new Map(this.#bound));
  }

  /** Takes over what a trial bound. */
  commit(trial: Symbols): void {
    for (const [name, value] of trial.#bound) this.#bound.set(name, value);
  }

  /** Whether `value` may be what `name` stands for; binds it if nothing is bound yet. */
  unify(name: string, value: SymbolValue): boolean {
    const bound = this.#bound.get(name);
    if (bound !== undefined) return bound === value;
    if (!this.#allowed(name, value)) return false;
    this.#bound.set(name, value);
    return true;
  }

  /** The name bound to a value, for display. */
  nameOf(value: SymbolValue, kind: string): string | undefined {
    for (const [name, bound] of this.#bound) if (bound === value && name.startsWith(kind)) return name;
    return undefined;
  }

  #allowed(name: string, value: SymbolValue): boolean {
    const range = /\((\d+)\.\.(\d+)\)/.exec(this.#known[name] ?? '');
    if (range !== null && typeof value === 'number' && (value < Number(range[1]) || value > Number(range[2])))
      return false;
    if (DISTINCT.test(name))
      for (const [other, bound] of this.#bound) if (DISTINCT.test(other) && bound === value) return false;
    // "the next one is one higher": CoAP message ids count up from the first one seen.
    const id = /^\$c(\d+)$/.exec(name);
    const before = id === null ? undefined : this.#bound.get(`$c${Number(id[1]) - 1}`);
    if (typeof before === 'string' && typeof value === 'string') return word(value) === ((word(before) + 1) & 0xffff);
    return true;
  }
}

const word = (bytes: string): number => (bytes.charCodeAt(0) << 8) | bytes.charCodeAt(1);
