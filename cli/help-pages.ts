/** `mcubox help COMMAND` and `mcubox COMMAND --help`: one page each. */
import { HELP, HELP_RUN } from './help.ts';
import { HELP_TEST } from './test/help.ts';

const HELP_REPL = `Usage:
  mcubox repl [options] [DIR | FILE.lua]   a device and its console in this terminal, by the wall clock

DIR is the device's flash; FILE.lua is put there and run after boot. Every key goes to the device at once.
Ctrl-] or Ctrl-C twice quits. From a pipe the device is typed at as fast as its console reads.

Options: those of run (mcubox help run) but --world and --record.

Exit codes: 0 done, 1 an expectation failed, 2 wrong usage, 42 timeout.

Examples:
  mcubox repl
  mcubox repl my-project/ --net user
  echo 'print(node.heap())' | mcubox repl
`;

const HELP_LINT = `Usage:
  mcubox lint [--firmware 3.0|2.2|1.5] DIR | FILE.lua

Reads scripts without running them and says which firmware releases they fit, with the lines that decide it.

Options:
  --firmware 3.0|2.2|1.5   ask about this release only
  -h, --help               this text

Exit codes: 0 they fit, 1 they do not (or are no Lua), 2 wrong usage.

Examples:
  mcubox lint lua-examples
  mcubox lint --firmware 1.5 old-project/
`;

const HELP_LFS = `Usage:
  mcubox lfs [options] DIR | FILE.lua

Compiles every .lua file into one image for the Lua Flash Store; each is a module by the name of its file.
The same files give the same bytes.

Options:
  -o, --output FILE        where the image goes (default: lfs.img)
  --lua 5.1|5.3|5.3-64     the language build that will run it (default: 5.1)
  -h, --help               this text

Exit codes: 0 done, 1 a script does not compile, 2 wrong usage.

Examples:
  mcubox lfs my-project/ -o lfs.img
  mcubox run --lfs lfs.img -e 'node.LFS.main()'
`;

const HELP_REPLAY = `Usage:
  mcubox replay [--pcap FILE] RECORDING       a run of mcubox run --record again, without what was outside
  mcubox replay CAPSULE                       a failed test again, from mcubox test --save-capsule

Says at the end whether console and network were those of the recording, byte for byte.

Options:
  --pcap FILE              capture of the LAN for Wireshark (recordings only)
  -h, --help               this text

Exit codes: of a recording its own, or 1 when it went another way; of a capsule 0 the same, 1 not; 2 wrong usage.

Examples:
  mcubox run my.lua --net user --record run.rec && mcubox replay run.rec
  mcubox test --save-capsule bugs tests; mcubox replay bugs/door-1.capsule.json
`;

const HELP_PLAY = `Usage:
  mcubox play [options] [DIR | FILE.lua]   the playground in your browser, with DIR or FILE.lua as the flash

Serves the page to this computer only and says its address; without DIR it opens the page's own examples.
Ctrl-C ends.

Options:
  --port N                 the port (default 8266; 0: a free one)
  --net ..., --hostfwd ... tie the page's network to this computer, as for mcubox run (mcubox help run); off unless
                           asked for. The address then holds a secret: only the page opened by it has the bridge, one
                           world at a time. What it may reach is decided here, not in the page, and while it has the
                           bridge the world goes by the wall clock
  -h, --help               this text

Exit codes: 0 done, 1 the page is not built (npm run build:playground), 2 wrong usage.

Examples:
  mcubox play
  mcubox play --port 0 my-project/
  mcubox play --net user,hostfwd=tcp::8080-:80 my-project/
`;

const HELP_MODULES = `Usage:
  mcubox modules   every module and function: as the firmware, approximated, or not built

Example:
  mcubox modules | grep ' net\\.'
`;

export const PAGES = {
  mcubox: HELP,
  run: HELP_RUN,
  repl: HELP_REPL,
  test: HELP_TEST,
  lint: HELP_LINT,
  lfs: HELP_LFS,
  replay: HELP_REPLAY,
  play: HELP_PLAY,
  modules: HELP_MODULES,
} as const;

export type Topic = keyof typeof PAGES;

/** What can follow `mcubox`. */
export const COMMANDS = ['run', 'repl', 'test', 'lint', 'lfs', 'replay', 'play', 'modules', 'help'] as const;

/** Where more is said about a command line: `mcubox run --help`. */
export function helpCommand([command]: readonly string[]): string {
  return command !== undefined && command !== 'mcubox' && Object.hasOwn(PAGES, command)
    ? `mcubox ${command} --help`
    : 'mcubox --help';
}
