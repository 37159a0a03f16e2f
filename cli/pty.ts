/** `--serial pty`: the console as a pseudo terminal of the host, made by socat, which is not part of mcubox. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, lstatSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Keyboard } from './keyboard.ts';

const LOOK_MS = 20;

/** Why a pseudo terminal cannot have this name, as one sentence: only a link left by another is replaced. */
export function linkMistake(link: string): string | undefined {
  if (statSync(dirname(link), { throwIfNoEntry: false })?.isDirectory() !== true)
    return `--serial: ${link} cannot be made: ${dirname(link)} is no folder`;
  const there = lstatSync(link, { throwIfNoEntry: false });
  if (there === undefined || there.isSymbolicLink()) return undefined;
  return `--serial: ${link} is there already; give the pseudo terminal another name`;
}

export class Pty implements Keyboard {
  readonly #link: string;
  readonly #err: (line: string) => void;
  #socat: ChildProcess | undefined;
  #told: NodeJS.Timeout | undefined;
  #stopped = false;

  /** `link`: a name for it in the file system, by default one in the directory for temporary files. */
  constructor(link: string | undefined, err: (line: string) => void) {
    this.#link = link ?? join(tmpdir(), `mcubox-${process.pid}.tty`);
    this.#err = err;
  }

  start(typed: (bytes: Uint8Array) => void, quit: () => void): void {
    rmSync(this.#link, { force: true });
    // A closed terminal is no end: the next program opens it again.
    const socat = spawn('socat', ['-', `pty,rawer,link=${this.#link},ignoreeof`], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#socat = socat;
    socat.stdout.on('data', typed);
    socat.stdin.on('error', () => {});
    socat.once('error', () => {
      this.#err('--serial pty needs the program socat, which cannot be run: install it, or serve --serial tcp:PORT');
      quit();
    });
    socat.once('exit', () => {
      if (this.#stopped) return;
      this.#err('socat has ended');
      quit();
    });
    this.#told = setInterval(() => {
      if (!existsSync(this.#link)) return;
      clearInterval(this.#told);
      this.#err(`the console is at ${this.#link} (${readlinkSync(this.#link)})`);
    }, LOOK_MS);
  }

  show(bytes: Uint8Array): void {
    this.#socat?.stdin?.write(bytes);
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#told);
    this.#socat?.kill();
    rmSync(this.#link, { force: true });
  }
}
