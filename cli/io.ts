/** How the command reaches the outside: a terminal or a pipe, and Ctrl-C. Tests bring their own. */
export interface Io {
  /** Console bytes. Resolves when more may be written; false when nobody reads any more. */
  out(bytes: Uint8Array): Promise<boolean>;
  /** One line of our own, without prefix and line end. */
  err(line: string): void;
  /** Calls back at the first Ctrl-C; the result stops listening. */
  onInterrupt(handler: () => void): () => void;
}

/** The streams of this process. A second Ctrl-C finds no handler and kills. */
export function processIo(): Io {
  let broken = false;
  // `| head` closes the pipe: an ordinary end, not an error.
  process.stdout.on('error', () => {
    broken = true;
  });
  return {
    out: (bytes) =>
      new Promise((resolve) => {
        if (broken) resolve(false);
        else process.stdout.write(bytes, () => resolve(!broken));
      }),
    err: (line) => {
      // A terminal in raw mode does not return its carriage by itself.
      process.stderr.write(`mcubox: ${line}${process.stdin.isRaw ? '\r' : ''}\n`);
    },
    onInterrupt: (handler) => {
      process.once('SIGINT', handler);
      return () => process.off('SIGINT', handler);
    },
  };
}
