/** Programs that nobody here wrote, as peers: where one is missing its tests are skipped loudly, in CI they fail. */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import type { Test } from 'tap';

/** tap's `skip`: false, or which of the programs is not there. */
export function missing(...programs: readonly string[]): string | false {
  const absent = programs.filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
  return verdict(absent.length === 0 ? undefined : `needs ${absent.join(', ')}`);
}

/** How long something is waited for that must come: what it takes is the business of the machine. */
export const PATIENCE_MS = 300_000;

/** Debian's Python, which has the modules of Debian's packages. */
export const PYTHON = '/usr/bin/python3';

/** The same for modules of that Python. */
export function missingPython(...modules: readonly string[]): string | false {
  const absent = modules.filter((name) => spawnSync(PYTHON, ['-c', `import ${name}`]).status !== 0);
  return verdict(absent.length === 0 ? undefined : `needs ${absent.join(', ')} for ${PYTHON}`);
}

/** The same for network namespaces with TAP interfaces. */
export function missingNamespaces(): string | false {
  if (process.getuid?.() !== 0) return verdict('needs root for a network namespace');
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
  } catch {
    return verdict('needs /dev/net/tun');
  }
  const probe = spawnSync('unshare', ['-n', 'true']);
  return verdict(probe.status === 0 ? undefined : 'needs network namespaces');
}

function verdict(why: string | undefined): string | false {
  if (why !== undefined && process.env.CI !== undefined) throw new Error(`this test cannot run in CI: ${why}`);
  return why ?? false;
}

/** A program that runs beside the test. */
export class Program {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #ended: Promise<number | null>;

  /** Ends with the test at the latest. */
  constructor(t: Test, command: string, args: readonly string[], options: SpawnOptions = {}) {
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
    this.child.stdin?.on('error', () => {});
    this.child.stdout?.on('data', (data: Buffer) => {
      this.stdout += data.toString('latin1');
    });
    this.child.stderr?.on('data', (data: Buffer) => {
      this.stderr += data.toString();
    });
    this.#ended = new Promise((resolve) => {
      this.child.on('close', (code) => resolve(code));
      this.child.on('error', () => resolve(null));
    });
    t.teardown(() => this.stop('SIGKILL'));
  }

  /** Waits for its end; the exit code, null when a signal ended it. */
  end(): Promise<number | null> {
    return this.#ended;
  }

  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return this.#ended;
  }

  /** Waits until it has said something, on either stream. */
  async said(text: string | RegExp): Promise<RegExpExecArray> {
    const pattern = typeof text === 'string' ? new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : text;
    return until(
      () => pattern.exec(this.stdout) ?? pattern.exec(this.stderr),
      PATIENCE_MS,
      () => `${this.child.spawnargs.join(' ')} never said ${text}\n${this.stdout}\n${this.stderr}`,
    );
  }
}

/** Runs a program to its end; throws unless it ends well. */
export async function run(command: string, ...args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString('latin1');
  });
  child.stderr.on('data', (data: Buffer) => {
    err += data.toString();
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${out}\n${err}`);
  return out;
}

/** Asks again and again, for so long. */
export async function until<T>(
  ask: () => T | null | undefined | false,
  limitMs: number,
  why: () => string = () => 'it never happened',
): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const answer = ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(why());
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const ROOT = new URL('../..', import.meta.url).pathname;

/** What starts the command: what `npm test` has just built, or its source when a test file is run by itself. */
export const MCUBOX: readonly string[] =
  process.env.MCUBOX_BUILT === undefined
    ? [process.execPath, '--import', 'tsx', `${ROOT}cli/main.ts`]
    : [process.execPath, `${ROOT}dist/cli/main.js`];

/** The command itself, as a user starts it; `within` is a prefix such as `ip netns exec NAME`. */
export const mcubox = (t: Test, args: readonly string[], within: readonly string[] = []): Program => {
  const [command = '', ...rest] = [...within, ...MCUBOX, ...args];
  return new Program(t, command, rest, { cwd: ROOT });
};

/** A port of the loopback that nobody has at the moment. */
export async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
