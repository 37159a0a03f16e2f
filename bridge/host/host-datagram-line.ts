/** UDP sockets of the host computer as lines, and single questions to a name server. */
import { createSocket, type Socket } from 'node:dgram';
import { getServers } from 'node:dns';
import type { Address, Order } from '../index.ts';
import { codeOf, type HostEnv, type HostLine, plain } from './host-line.ts';

/** Datagrams that wait for a name or for a turn are lost beyond this many bytes. */
const SEND_QUEUE_BYTES = 1 << 20;
/** How long a name server may take; resolv.conf's own default. */
const ANSWER_MS = 5000;

type Inet = { readonly host: string; readonly port: number };

class DatagramLine implements HostLine {
  readonly #socket: Socket;
  readonly #env: HostEnv;
  readonly #to: Inet | undefined;
  /** Sent before the socket was ready. */
  #waiting: Uint8Array[] | undefined = [];

  constructor(at: Inet | undefined, to: Inet | undefined, env: HostEnv) {
    this.#env = env;
    this.#to = to;
    const socket = createSocket('udp4');
    this.#socket = socket;
    socket.on('message', (data, { address, port }) => {
      env.arrive({ is: 'data', data: plain(data), ...(to === undefined ? { from: { host: address, port } } : {}) });
    });
    socket.on('error', (error) => this.#onError(error));
    socket.bind({ address: at?.host ?? '0.0.0.0', port: at?.port ?? 0, exclusive: true }, () => {
      if (to === undefined) this.#ready();
      else socket.connect(to.port, to.host, () => this.#ready());
    });
  }

  order(order: Order): void {
    if (order.do === 'reset') this.destroy();
    if (order.do !== 'send') return;
    if (this.#waiting !== undefined) this.#waiting.push(order.data);
    else if (this.#socket.getSendQueueSize() > SEND_QUEUE_BYTES) return;
    else if (this.#to !== undefined) this.#socket.send(order.data, (error) => this.#onError(error));
    else if (order.to !== undefined && 'host' in order.to)
      this.#socket.send(order.data, order.to.port, order.to.host, (error) => this.#onError(error));
  }

  destroy(): void {
    this.#socket.removeAllListeners('message');
    this.#close();
  }

  #ready(): void {
    const { address: host, port } = this.#socket.address();
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    this.#env.arrive({ is: 'open', at: { host, port } });
    for (const data of waiting) this.order({ do: 'send', data });
  }

  #onError(error: Error | null): void {
    if (error === null) return;
    const code = codeOf(error);
    if (code === 'ECONNREFUSED') this.#env.arrive({ is: 'refused' });
    // Only what keeps the socket from ever working ends the line; a lost datagram is a lost datagram.
    if (this.#waiting === undefined) return;
    this.#close();
    this.#env.arrive({ is: 'closed', error: code });
  }

  #close(): void {
    try {
      this.#socket.close();
    } catch {
      // It is closed already.
    }
  }
}

/** Paths are no addresses of UDP. */
const inet = (address: Address | undefined): Inet | undefined =>
  address !== undefined && 'host' in address ? address : undefined;

export const datagramLine = (at: Address | undefined, to: Address | undefined, env: HostEnv): HostLine =>
  new DatagramLine(inet(at), inet(to), env);

/** One question, one answer: `data` and `closed`, or `closed` with an error. */
export function askLine(server: Address | undefined, message: Uint8Array, env: HostEnv): HostLine {
  const to = inet(server) ?? ownServer();
  if (to === undefined) {
    setImmediate(() => env.arrive({ is: 'closed', error: 'ENOSERVER' }));
    return { order: () => {}, destroy: () => {} };
  }
  let line: HostLine | undefined;
  const finish = (error?: string): void => {
    clearTimeout(timer);
    line?.destroy();
    env.arrive(error === undefined ? { is: 'closed' } : { is: 'closed', error });
  };
  const timer = setTimeout(() => finish('ETIMEOUT'), ANSWER_MS);
  line = datagramLine(undefined, to, {
    ...env,
    arrive: (arrival) => {
      if (arrival.is === 'data') env.arrive({ is: 'data', data: arrival.data });
      if (arrival.is === 'data') finish();
      else if (arrival.is === 'refused') finish('ECONNREFUSED');
      else if (arrival.is === 'closed') finish(arrival.error);
    },
  });
  line.order({ do: 'send', data: message });
  return { order: (order) => order.do === 'reset' && finishQuietly(), destroy: () => finishQuietly() };

  function finishQuietly(): void {
    clearTimeout(timer);
    line?.destroy();
  }
}

/** The first name server of this computer that speaks IPv4: `1.2.3.4` or `1.2.3.4:5353`. */
function ownServer(): Inet | undefined {
  const found = getServers().map((server) => /^(\d+\.\d+\.\d+\.\d+)(?::(\d+))?$/.exec(server));
  const [, host, port = '53'] = found.find((match) => match !== null) ?? [];
  return host === undefined ? undefined : { host, port: Number(port) };
}
