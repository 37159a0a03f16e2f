/** One line for each thing that was refused, but not a thousand for a script that tries a thousand times. */
import type { Micros, World } from '../runtime/index.ts';

/** Virtual time during which the same complaint is only counted. */
const AGAIN_US = 30_000_000;
/** More different complaints than this are not told apart any more. */
const MAX_KINDS = 1000;

interface Told {
  readonly at: Micros;
  again: number;
}

export class Complaints {
  readonly #world: World;
  readonly #say: (line: string) => void;
  readonly #told = new Map<string, Told>();

  constructor(world: World, say: (line: string) => void) {
    this.#world = world;
    this.#say = say;
  }

  /** `what` happened to `whom`; the same pair is told once in a while, with the number of times in between. */
  tell(whom: string, what: string): void {
    const key = this.#told.size < MAX_KINDS ? `${whom} ${what}` : what;
    const told = this.#told.get(key);
    if (told !== undefined && this.#world.now < told.at + AGAIN_US) {
      told.again++;
      return;
    }
    const since = told === undefined || told.again === 0 ? '' : ` (and ${told.again} times since the last line)`;
    this.#told.set(key, { at: this.#world.now, again: 0 });
    this.#say(`${whom}: ${what}${since}`);
  }
}
