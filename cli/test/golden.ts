/** Files that hold what is expected: compared, or written anew under `--update`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../output-file.ts';
import { difference, lineRegex, matchesGolden, refresh, Unmet } from '../testing/index.ts';
import type { Sources } from './sources.ts';

export class Golden {
  /** Files written. */
  readonly updated: string[] = [];
  readonly #folder: string;
  readonly #update: boolean;
  readonly #sources: Sources;

  /** Names are relative to `folder`. */
  constructor(folder: string, update: boolean, sources: Sources) {
    this.#folder = folder;
    this.#update = update;
    this.#sources = sources;
  }

  /**
   * Compares `actual`, bytes as Latin-1, with the file; throws {@link Unmet} when it says something else. `subject` begins
   * the message.
   */
  check(name: string, actual: string, subject: string): void {
    const path = join(this.#folder, name);
    if (!existsSync(path)) {
      if (this.#update) this.#write(path, actual);
      else throw new Unmet(`there is no ${name}; --update writes it`, { actual });
      return;
    }
    const expected = this.#sources.read(path).toString('latin1');
    checkHoles(name, expected);
    if (this.matches(expected, actual)) return;
    if (this.#update) this.#write(path, refresh(expected, actual));
    else throw differs(`${subject} is not as ${name} says; if it should be, run with --update`, expected, actual);
  }

  /** Compares with a text of the scenario itself. */
  checkText(expected: string, actual: string, subject: string): void {
    // A block of YAML ends with a line end, a console with a prompt: that end does not count.
    const bytes = Buffer.from(expected).toString('latin1');
    const [a, b] = [bytes.trimEnd(), actual.replace(/\n> $/, '').trimEnd()];
    if (!this.matches(a, b) && !this.matches(a, actual.trimEnd())) throw differs(`${subject} is different`, a, b);
  }

  matches(expected: string, actual: string): boolean {
    try {
      return matchesGolden(expected, actual);
    } catch (error) {
      throw new Unmet(`a hole is no regular expression: ${(error as Error).message}`);
    }
  }

  #write(path: string, text: string): void {
    writeWhole(path, Buffer.from(text, 'latin1'));
    this.updated.push(path);
  }
}

/** Throws a TypeError that names the line of the first broken hole. */
function checkHoles(name: string, golden: string): void {
  for (const [i, line] of golden.split('\n').entries()) {
    try {
      lineRegex(line);
    } catch {
      throw new TypeError(
        `${name}:${i + 1}: '${line}' has a hole that is no regular expression; write {{any}} or {{/re/}}`,
      );
    }
  }
}

const differs = (message: string, expected: string, actual: string): Unmet =>
  new Unmet(message, { expected, actual, difference: difference(expected, actual) });
