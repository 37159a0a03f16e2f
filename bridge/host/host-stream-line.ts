/** TCP and UNIX streams of the host computer as lines: connecting, listening, and the pressure in both directions. */
import { rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { Address, Order } from '../index.ts';
import { codeOf, type HostEnv, type HostLine, plain } from './host-line.ts';

/** `room` is told after so many bytes, as soon as no more than that are left in this process. */
const ROOM_BYTES = 16 * 1024;
/** A peer that vanished is noticed some time after so many milliseconds of silence. */
const KEEP_ALIVE_MS = 60_000;

/**
 * RST at once, where there is such a thing (UNIX sockets have none). Node's own resetAndDestroy sends what is queued
 * and a FIN first; the mark it leaves for its last step is what makes the operating system close with RST. While a FIN
 * is under way libuv refuses that (uv_tcp_close_reset: EINVAL), and Node would lose the socket: it is closed as usual.
 */
function breakOff(socket: Socket): void {
  const finishing = socket.writableEnded && !socket.writableFinished && socket.writableLength === 0;
  (socket as Socket & { resetAndClosing?: boolean }).resetAndClosing = socket.remoteFamily !== undefined && !finishing;
  socket.destroy();
}

class StreamLine implements HostLine {
  readonly #socket: Socket;
  readonly #env: HostEnv;
  #unconfirmed = 0;
  #error: string | undefined;

  constructor(socket: Socket, env: HostEnv) {
    this.#socket = socket;
    this.#env = env;
    socket.on('data', (data: Buffer) => env.arrive({ is: 'data', data: plain(data) }));
    socket.on('end', () => env.arrive({ is: 'end' }));
    socket.on('error', (error) => {
      this.#error ??= codeOf(error);
    });
    socket.on('close', () =>
      env.arrive(this.#error === undefined ? { is: 'closed' } : { is: 'closed', error: this.#error }),
    );
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.pause();
  }

  order(order: Order): void {
    const socket = this.#socket;
    switch (order.do) {
      case 'send':
        this.#unconfirmed += order.data.length;
        socket.write(order.data, () => this.#written());
        return;
      case 'end':
        socket.end();
        return;
      case 'pause':
        socket.pause();
        return;
      case 'resume':
        socket.resume();
        return;
      case 'reset':
        this.destroy();
        return;
      default:
        return;
    }
  }

  destroy(): void {
    this.#socket.removeAllListeners('data');
    breakOff(this.#socket);
  }

  #written(): void {
    const { writableLength, destroyed } = this.#socket;
    if (destroyed || this.#unconfirmed < ROOM_BYTES || writableLength > ROOM_BYTES) return;
    this.#unconfirmed = 0;
    this.#env.arrive({ is: 'room' });
  }
}

export function connectLine(to: Address, env: HostEnv): HostLine {
  const socket = createConnection({ ...to, allowHalfOpen: true });
  const line = new StreamLine(socket, env);
  socket.once('connect', () => env.arrive({ is: 'open' }));
  return line;
}

class ListenLine implements HostLine {
  readonly #server: Server;
  /** Accepted by the operating system, but not by the world yet. */
  readonly #untaken = new Set<Socket>();
  #retried = false;

  constructor(at: Address, env: HostEnv) {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    this.#server = server;
    server.on('connection', (socket) => {
      const { remoteAddress: host, remotePort: port } = socket;
      const from = host === undefined || port === undefined ? { path: '' } : { host, port };
      // Until somebody takes it, an error must find a listener.
      socket.on('error', () => {});
      this.#untaken.add(socket);
      env.accepted(from, (own) => {
        this.#untaken.delete(socket);
        const line = new StreamLine(socket, own);
        if (socket.destroyed) setImmediate(() => own.arrive({ is: 'closed' }));
        return line;
      });
    });
    server.on('error', (error) => this.#onError(error, at, env));
    this.#listen(at, env);
  }

  order(order: Order): void {
    if (order.do === 'reset') this.destroy();
  }

  destroy(): void {
    this.#server.close();
    for (const socket of this.#untaken) breakOff(socket);
  }

  #listen(at: Address, env: HostEnv): void {
    this.#server.listen({ ...at, exclusive: true }, () => {
      const bound = this.#server.address();
      const here = bound === null || typeof bound === 'string' ? at : { host: bound.address, port: bound.port };
      env.arrive({ is: 'open', at: here });
    });
  }

  #onError(error: Error, at: Address, env: HostEnv): void {
    const code = codeOf(error);
    if (code !== 'EADDRINUSE' || !('path' in at) || this.#retried) {
      env.arrive({ is: 'closed', error: code });
      return;
    }
    // The file of a UNIX socket stays when its program is killed: it is in the way only while somebody answers on it.
    this.#retried = true;
    const probe = createConnection(at);
    probe.on('connect', () => {
      probe.destroy();
      env.arrive({ is: 'closed', error: code });
    });
    probe.on('error', () => {
      rmSync(at.path, { force: true });
      this.#listen(at, env);
    });
  }
}

export const listenLine = (at: Address, env: HostEnv): HostLine => new ListenLine(at, env);
