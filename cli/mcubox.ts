/** The command as a function: arguments in, exit code out. */
import { parseCommandLine } from './args.ts';
import { CannotWrite } from './file-error.ts';
import { version } from './help.ts';
import { helpCommand, PAGES } from './help-pages.ts';
import type { Io } from './io.ts';
import { lfsCommand } from './lfs.ts';
import { lintCommand } from './lint/command.ts';
import { modulesText } from './modules.ts';
import { play } from './play.ts';
import { replayFile } from './replay.ts';
import { run } from './run.ts';
import { Terminal } from './terminal.ts';
import { readCapsule } from './test/capsule.ts';
import { test } from './test/command.ts';
import { replayCapsule } from './test/replay-capsule.ts';
import { runWorld } from './world-run.ts';

const USAGE = 2;

/** Resolves to the exit code. */
export async function mcubox(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await perform(argv, io);
  } catch (error) {
    if (!(error instanceof CannotWrite)) throw error;
    io.err(error.message);
    return USAGE;
  }
}

async function perform(argv: readonly string[], io: Io): Promise<number> {
  const parsed = parseCommandLine(argv);
  if (!parsed.ok) {
    io.err(`${parsed.message} (${helpCommand(argv)})`);
    return USAGE;
  }
  const command = parsed.value;
  switch (command.kind) {
    case 'run':
      if (command.options.world !== undefined)
        return runWorld(command.options, command.options.world.path, command.argv, io);
      return run(command.options, command.argv, io);
    case 'repl':
      return run(command.options, command.argv, io, new Terminal(process.stdin, (line) => io.err(line)));
    case 'test':
      return test(command.options, io);
    case 'replay':
      return replay(command.path, command.pcap, io);
    case 'lint':
      return lintCommand(command.options, io);
    case 'play':
      return play(command.options, io);
    case 'lfs':
      return lfsCommand(command.options, io);
    case 'modules':
      return print(io, modulesText());
    case 'version':
      return print(io, `mcubox ${version()}\n`);
    case 'help':
      return print(io, PAGES[command.topic]);
    default:
      return command satisfies never;
  }
}

async function replay(path: string, pcap: string | undefined, io: Io): Promise<number> {
  const capsule = readCapsule(path);
  if (capsule === undefined) return replayFile(path, pcap, io);
  if (capsule.ok && pcap === undefined) return replayCapsule(capsule.value, io);
  io.err(capsule.ok ? '--pcap goes with recordings of mcubox run --record, not with capsules' : capsule.message);
  return USAGE;
}

async function print(io: Io, text: string): Promise<number> {
  await io.out(Buffer.from(text));
  return 0;
}
