/** A network namespace of the test's own: nothing in it reaches anything outside. Needs root and iproute2. */
import { spawnSync } from 'node:child_process';
import type { Test } from 'tap';
import { mcubox, Program } from './programs.ts';

let made = 0;

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}

export class Namespace {
  readonly name = `mcubox-${process.pid}-${++made}`;
  readonly #t: Test;
  readonly #within: readonly string[];

  /** With its loopback up; gone with the test. */
  constructor(t: Test) {
    this.#t = t;
    this.#within = ['ip', 'netns', 'exec', this.name];
    ip('netns', 'add', this.name);
    t.teardown(() => {
      spawnSync('ip', ['netns', 'del', this.name]);
    });
    this.ip('link', 'set', 'lo', 'up');
  }

  /** iproute2 inside. */
  ip(...args: readonly string[]): void {
    ip('-n', this.name, ...args);
  }

  /** An interface `nowhere` that leads nowhere, with these addresses. */
  nowhere(...addresses: readonly string[]): void {
    // Not every kernel has the type dummy.
    this.ip('tuntap', 'add', 'dev', 'nowhere', 'mode', 'tap');
    for (const address of addresses) this.ip('addr', 'add', address, 'dev', 'nowhere');
    this.ip('link', 'set', 'nowhere', 'up');
  }

  /** A program inside. */
  program(command: string, ...args: readonly string[]): Program {
    return new Program(this.#t, 'ip', ['netns', 'exec', this.name, command, ...args]);
  }

  /** Runs a program inside to its end; its output, whatever its exit code. */
  async output(command: string, ...args: readonly string[]): Promise<string> {
    const program = this.program(command, ...args);
    await program.end();
    return program.stdout + program.stderr;
  }

  mcubox(...args: readonly string[]): Program {
    return mcubox(this.#t, args, this.#within);
  }

  /** A TAP interface `tap0`, its frames as datagrams between two ports of the namespace's loopback (socat). */
  async tap(address: string | undefined, ours: number, theirs: number): Promise<Program> {
    const options = ['tun-type=tap', 'tun-name=tap0', 'iff-no-pi', 'iff-up'].join(',');
    const tun = address === undefined ? `TUN,${options}` : `TUN:${address},${options}`;
    const socat = this.program('socat', '-d', '-d', tun, `UDP4-DATAGRAM:127.0.0.1:${theirs},bind=127.0.0.1:${ours}`);
    await socat.said('starting data transfer loop');
    return socat;
  }
}
