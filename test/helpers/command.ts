/** The mcubox command within the test's process, its console as text with `\n`. */
import { mcubox } from '../../cli/mcubox.ts';

export interface Finished {
  readonly code: number;
  readonly out: string;
  /** Lines of stderr without their prefix. */
  readonly err: readonly string[];
}

export async function runCommand(...args: string[]): Promise<Finished> {
  let out = '';
  const err: string[] = [];
  const code = await mcubox(args, {
    out: async (bytes) => {
      out += Buffer.from(bytes).toString('latin1').replaceAll('\r', '');
      return true;
    },
    err: (line) => err.push(line),
    onInterrupt: () => () => {},
  });
  return { code, out, err };
}
