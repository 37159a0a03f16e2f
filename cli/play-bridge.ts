/**
 * The way from the playground's page to this computer: a WebSocket for the page that was opened by the address the user
 * was given, and for no other. Who has it has what `--net` says, not more: the guard stands on this side.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { HostLines, RemoteHost } from '../bridge/host/index.ts';
import { type Arrival, type BridgeSpec, formatAddress, type Order, REPLACED, whyNot } from '../bridge/index.ts';
import { HOME_NETWORK } from '../runtime/index.ts';

/** Where the page finds it, with the token behind it. */
const BRIDGE_PATH = '/bridge';
/** The longest message is a datagram, or a piece of a stream. */
const MAX_MESSAGE = 1 << 20;
/** RFC 6455 section 7.4.1: the server ends; what was sent makes no sense. */
const GOING_AWAY = 1001;
const INVALID_PAYLOAD = 1007;
const TOKEN_BYTES = 24;

export class PlayBridge {
  readonly token = randomBytes(TOKEN_BYTES).toString('base64url');
  readonly #spec: BridgeSpec;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE, perMessageDeflate: false });
  #open: { readonly socket: WebSocket; readonly host: RemoteHost } | undefined;

  constructor(spec: BridgeSpec) {
    this.#spec = spec;
  }

  /** Takes the server's upgrades. It must be listening: its port is part of what is asked. */
  attach(server: Server): void {
    const { port } = server.address() as { port: number };
    server.on('upgrade', (request, socket, head) => {
      if (!this.#admits(request, port)) refuse(socket);
      else this.#sockets.handleUpgrade(request, socket, head, (one) => this.#begin(one));
    });
  }

  /** Whose page has the bridge, and that it is one of the addresses of the server itself. */
  #admits({ url = '', headers }: IncomingMessage, port: number): boolean {
    const hosts = ['localhost', '127.0.0.1'].map((name) => (port === 80 ? name : `${name}:${port}`));
    const { host = '', origin = '' } = headers;
    return hosts.includes(host) && origin === `http://${host}` && matches(url, `${BRIDGE_PATH}?token=${this.token}`);
  }

  /** One world at a time has the bridge, the one that was started last. */
  #begin(socket: WebSocket): void {
    this.#end(REPLACED);
    const host = new RemoteHost(this.#spec, HOME_NETWORK.router, (message) => socket.send(message));
    this.#open = { socket, host };
    socket.on('message', (data: RawData) => {
      if (this.#open?.socket === socket && !host.take(plain(data))) this.#end(INVALID_PAYLOAD);
    });
    // A WebSocket that breaks closes, too.
    socket.on('error', () => {});
    socket.on('close', () => {
      if (this.#open?.socket === socket) this.close();
    });
  }

  /** Lets go of all sockets. */
  close(): void {
    this.#end(GOING_AWAY);
  }

  #end(code: number): void {
    const open = this.#open;
    this.#open = undefined;
    open?.host.close();
    open?.socket.close(code);
  }
}

/**
 * Binds what is to be bound, to see that it can be, and lets go of it until a page comes. A port that was to be chosen
 * has a number from then on.
 */
export async function tryOut(spec: BridgeSpec): Promise<{ readonly spec: BridgeSpec; readonly failures: string[] }> {
  const failures: string[] = [];
  const answers = new Map<number, (arrival: Arrival) => void>();
  const lines = new HostLines({ arrive: (line, arrival) => answers.get(line)?.(arrival), accept: () => {} });
  const answer = (line: number, order: Order): Promise<Arrival> =>
    new Promise((resolve) => {
      answers.set(line, resolve);
      lines.order(line, order);
    });
  const forwards = await Promise.all(
    spec.forwards.map(async (forward, i) => {
      const { protocol, at } = forward;
      const arrival = await answer(i, { do: protocol === 'tcp' ? 'listen' : 'udp', at });
      if (arrival.is === 'closed')
        failures.push(`hostfwd: ${protocol} port ${whyNot(formatAddress(at), arrival.error)}`);
      return arrival.is === 'open' && arrival.at !== undefined && 'host' in arrival.at
        ? { ...forward, at: { ...at, port: arrival.at.port } }
        : forward;
    }),
  );
  lines.close();
  return { spec: { ...spec, forwards }, failures };
}

/** In a time that says nothing about how much of it is right. */
function matches(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refuse(socket: Duplex): void {
  socket.on('error', () => {});
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}

/** One message of the WebSocket, as it comes: in one piece, unless somebody asks for others. */
const plain = (data: RawData): Uint8Array =>
  data instanceof ArrayBuffer ? new Uint8Array(data) : Array.isArray(data) ? Buffer.concat(data) : data;
