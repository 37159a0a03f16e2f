import { fileError } from './file-error.ts';

/** How the command reaches the outside: a terminal or a pipe, and Ctrl-C. Tests bring their own. */
export interface Io {
  /** Console bytes. Resolves when more may be written; false when nobody reads any more. */
  out(bytes: Uint8Array): Promise<boolean>;
  /** One line of our own, without prefix and line end. */
  err(line: string): void;
  /** Calls back at the first Ctrl-C or other order to end; the result stops listening. */
  onInterrupt(handler: () => void): () => void;
}

/** What asks a process to end: Ctrl-C, `kill`, a terminal that goes away. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface ProcessIo extends Io {
  /** Output is lost: not because nobody reads it, but because it cannot be written. */
  readonly lost: boolean;
}

/** The streams of this process. A second signal finds no handler and kills. */
export function processIo(): ProcessIo {
  let broken = false;
  let lost = false;
  const err = (line: string): void => {
    // A terminal in raw mode does not return its carriage by itself.
    process.stderr.write(`mcubox: ${line}${process.stdin.isRaw ? '\r' : ''}\n`);
  };
  const fail = (error: NodeJS.ErrnoException): void => {
    if (broken) return;
    broken = true;
    // `| head` closes the pipe, a terminal is closed: ordinary ends, no errors.
    if (error.code === 'EPIPE' || error.code === 'EIO') return;
    lost = true;
    err(`cannot write the output: ${fileError(error)}`);
  };
  process.stdout.on('error', fail);
  // Nobody is left who could be told.
  process.stderr.on('error', () => {});
  return {
    out: (bytes) =>
      new Promise((resolve) => {
        if (broken) resolve(false);
        else
          process.stdout.write(bytes, (error) => {
            if (error) fail(error);
            resolve(!broken);
          });
      }),
    err,
    onInterrupt: (handler) => {
      const stop = (): void => {
        for (const signal of ENDING) process.off(signal, first);
      };
      const first = (): void => {
        stop();
        handler();
      };
      for (const signal of ENDING) process.on(signal, first);
      return stop;
    },
    get lost() {
      return lost;
    },
  };
}
