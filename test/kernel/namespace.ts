/**
 * The Linux kernel's TCP/IP as a peer: a TAP interface in a network namespace that exists only for the test,
 * its frames carried over pipes. Needs root, /dev/net/tun, iproute2 and python3.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';

const here = new URL('.', import.meta.url).pathname;

/** Why the kernel can not be a peer here; undefined when it can. */
export function unavailable(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root for a network namespace';
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
    execFileSync('ip', ['-V'], { stdio: 'ignore' });
    execFileSync('python3', ['-V'], { stdio: 'ignore' });
    const probe = `mcubox-probe-${process.pid}`;
    execFileSync('ip', ['netns', 'add', probe], { stdio: 'ignore' });
    execFileSync('ip', ['netns', 'del', probe], { stdio: 'ignore' });
    return undefined;
  } catch (error) {
    return `needs /dev/net/tun, ip netns and python3 (${(error as Error).message.split('\n')[0]})`;
  }
}

export class KernelNamespace {
  readonly #name: string;
  readonly #tap: ChildProcess;
  #pending: Buffer = Buffer.alloc(0);
  #onReady: () => void = () => {};
  /** The namespace's interface is up. */
  readonly ready: Promise<void> = new Promise((resolve) => {
    this.#onReady = resolve;
  });
  /** A frame that the kernel sent. */
  onFrame: (frame: Uint8Array) => void = () => {};

  /** `address` with prefix, for example `192.168.1.2/24`. */
  constructor(label: string, address: string) {
    this.#name = `mcubox-${label}-${process.pid}`;
    execFileSync('ip', ['netns', 'add', this.#name]);
    this.#tap = spawn('ip', ['netns', 'exec', this.#name, 'python3', `${here}tap.py`, 'tap0', address], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#tap.stdout?.on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  /** Hands a frame to the kernel. */
  send(frame: Uint8Array): void {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(frame.length);
    this.#tap.stdin?.write(Buffer.concat([head, frame]));
  }

  /** Starts a program inside the namespace. */
  spawn(command: string, ...args: readonly string[]): ChildProcess {
    return spawn('ip', ['netns', 'exec', this.#name, command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  }

  /** One transfer by the kernel; `started` once it listens, `result` is `LENGTH SHA256`. */
  peer(role: 'listen' | 'connect', address: string, port: number, direction: 'send' | 'receive', length: number) {
    const child = this.spawn('python3', `${here}peer.py`, role, address, `${port}`, direction, `${length}`);
    let text = '';
    let isListening = () => {};
    const started = new Promise<void>((resolve) => {
      isListening = resolve;
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.startsWith('ready')) isListening();
    });
    const result = new Promise<string>((resolve) => {
      child.on('close', () => resolve(text.replace(/^ready\n/, '').trim()));
    });
    return { started, result };
  }

  close(): void {
    this.#tap.stdin?.end();
    this.#tap.kill();
    execFileSync('ip', ['netns', 'del', this.#name]);
  }

  #receive(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    while (this.#pending.length >= 4) {
      const length = this.#pending.readUInt32BE(0);
      if (this.#pending.length < 4 + length) return;
      const frame = new Uint8Array(this.#pending.subarray(4, 4 + length));
      this.#pending = this.#pending.subarray(4 + length);
      if (length === 0) this.#onReady();
      else this.onFrame(frame);
    }
  }
}
