/** A computer on the LAN that talks to devices: HTTP requests, TCP and UDP conversations, pings. Calls let virtual time pass. */
import {
  formatIpv4,
  fromLatin1,
  type Host,
  type HostStream,
  type HostUdp,
  type HttpReply,
  type Ipv4Address,
  ms,
  readReply,
  toLatin1,
  type World,
} from '../../runtime/index.ts';
import { type HttpCall, requestText } from './http.ts';
import { find, shown, type Wanted } from './text.ts';
import { inSeconds, micros, type Time, Unmet } from './unmet.ts';

export interface HostSurroundings {
  readonly world: World;
  until(done: () => boolean, withinUs: number): boolean;
  readonly patience: number;
}

/** Between the two pieces of a split request: long enough for a segment of its own. */
const SPLIT_PAUSE = ms(50);
/** lwIP's error numbers, as a connection's end. */
const ENDS: Readonly<Record<number, string>> = { [-8]: 'timed out or aborted', [-9]: 'reset by the other side' };

/** An open TCP connection; text is Latin-1. */
export class TestConnection {
  /** Everything received. */
  received = '';
  open = false;
  ended = false;
  closed = false;
  error: number | undefined;
  readonly #env: HostSurroundings;
  readonly #stream: HostStream;
  readonly #peer: string;
  #read = 0;

  /** @internal Made by `host.tcp()`. */
  constructor(env: HostSurroundings, host: Host, to: Ipv4Address, port: number) {
    this.#env = env;
    this.#peer = `${formatIpv4(to)}:${port}`;
    this.#stream = host.connect(to, port, {
      onOpen: () => {
        this.open = true;
      },
      onData: (bytes) => {
        this.received += toLatin1(bytes);
      },
      // Closing is the test's business.
      onEnd: () => {
        this.ended = true;
      },
      onClose: (error) => {
        this.closed = true;
        this.ended = true;
        this.error = error;
      },
    });
  }

  send(text: string): void {
    this.#stream.write(fromLatin1(text));
  }

  /** Waits for a text in what was not waited for yet; returns everything up to it. */
  expect(wanted: Wanted, within?: Time): string {
    const limit = within === undefined ? this.#env.patience : micros(within);
    const seen = (): boolean => find(wanted, this.received, this.#read) !== undefined;
    if (!seen()) this.#env.until(() => seen() || this.ended, limit);
    const match = find(wanted, this.received, this.#read);
    if (match === undefined)
      throw new Unmet(`${this.#peer} did not answer '${shown(wanted)}'${this.ended ? `: ${this.#why()}` : ''}`, {
        expected: shown(wanted),
        actual: this.received.slice(this.#read),
        timeout: !this.ended,
      });
    const text = this.received.slice(this.#read, match.end);
    this.#read = match.end;
    return text;
  }

  /** Waits until the other side has closed. */
  expectEnd(within?: Time): void {
    const limit = within === undefined ? this.#env.patience : micros(within);
    if (this.ended || this.#env.until(() => this.ended, limit)) return;
    throw new Unmet(`${this.#peer} did not close within ${inSeconds(limit)}`, { timeout: true });
  }

  /** @internal Waits until `done`, or the end. */
  wait(done: () => boolean, limit: number): void {
    if (!done() && !this.ended) this.#env.until(() => done() || this.ended, limit);
  }

  /** FIN after what was sent. */
  end(): void {
    this.#stream.end();
  }

  /** RST. */
  reset(): void {
    this.#stream.destroy();
  }

  /** @internal For messages. */
  why(): string {
    return this.#why();
  }

  #why(): string {
    if (this.error === undefined) return 'the connection was closed';
    if (!this.open) return `no connection to ${this.#peer} (${ENDS[this.error] ?? this.error})`;
    return `the connection was ${ENDS[this.error] ?? this.error}`;
  }
}

export interface Datagram {
  readonly text: string;
  readonly from: string;
  readonly port: number;
}

/** A bound UDP port. */
export class TestSocket {
  readonly received: Datagram[] = [];
  readonly #env: HostSurroundings;
  readonly #socket: HostUdp;
  #read = 0;

  /** @internal Made by `host.udp()`. */
  constructor(env: HostSurroundings, host: Host, port: number) {
    this.#env = env;
    this.#socket = host.udp(port, (bytes, addr, from) => {
      this.received.push({ text: toLatin1(bytes), from: formatIpv4(addr), port: from });
    });
  }

  get port(): number {
    return this.#socket.port;
  }

  send(text: string, to: Ipv4Address, port: number): void {
    this.#socket.send(fromLatin1(text), to, port);
  }

  /** Waits for a datagram that has the text and was not waited for yet. */
  expect(wanted: Wanted, within?: Time): Datagram {
    const limit = within === undefined ? this.#env.patience : micros(within);
    const index = (): number => this.received.findIndex(({ text }, i) => i >= this.#read && find(wanted, text));
    if (index() < 0 && !this.#env.until(() => index() >= 0, limit))
      throw new Unmet(`no datagram '${shown(wanted)}' came within ${inSeconds(limit)}`, {
        expected: shown(wanted),
        actual: this.received
          .slice(this.#read)
          .map(({ text }) => text)
          .join('\n'),
        timeout: true,
      });
    this.#read = index() + 1;
    return this.received[this.#read - 1] as Datagram;
  }

  /** No datagram that was not waited for comes within the time. */
  expectSilence(within: Time): void {
    if (this.received.length === this.#read) this.#env.until(() => this.received.length > this.#read, micros(within));
    const extra = this.received[this.#read];
    if (extra !== undefined) throw new Unmet('a datagram came', { expected: 'silence', actual: extra.text });
  }

  close(): void {
    this.#socket.close();
  }
}

export class TestHost {
  readonly host: Host;
  readonly #env: HostSurroundings;
  #pings = 0;

  /** @internal Made by `world().host()`. */
  constructor(host: Host, env: HostSurroundings) {
    this.host = host;
    this.#env = env;
  }

  /** One request on a connection of its own; waits for the whole answer. */
  http(to: Ipv4Address, call: HttpCall = {}, within?: Time): HttpReply {
    const limit = within === undefined ? this.#env.patience : micros(within);
    const connection = new TestConnection(this.#env, this.host, to, call.port ?? 80);
    const text = requestText(formatIpv4(to), call);
    connection.send(text.slice(0, call.split ?? text.length));
    if (call.split !== undefined) {
      connection.wait(() => connection.open, limit);
      this.#env.until(() => false, SPLIT_PAUSE);
      connection.send(text.slice(call.split));
    }
    const what = `${call.method ?? 'GET'} ${call.path ?? '/'}`;
    const reply = () => readReply(connection.received, connection.ended);
    connection.wait(() => reply() !== undefined, limit);
    const answer = reply();
    if (answer === undefined || 'wrong' in answer) {
      connection.reset();
      const nothing = connection.received === '';
      const how = connection.ended ? connection.why() : `nothing whole within ${inSeconds(limit)}`;
      throw new Unmet(`${what} had no ${nothing ? '' : 'valid '}answer: ${how}`, {
        expected: 'an HTTP response',
        actual: connection.received,
        timeout: !connection.ended,
      });
    }
    connection.end();
    return answer;
  }

  /** Opens a connection; it is open when this returns. */
  tcp(to: Ipv4Address, port: number, within?: Time): TestConnection {
    const limit = within === undefined ? this.#env.patience : micros(within);
    const connection = new TestConnection(this.#env, this.host, to, port);
    connection.wait(() => connection.open, limit);
    if (connection.open) return connection;
    throw new Unmet(`${connection.ended ? connection.why() : `no connection to ${formatIpv4(to)}:${port}`}`, {
      expected: 'a connection',
      actual: connection.ended ? 'refused' : 'no answer',
      timeout: !connection.ended,
    });
  }

  /** A UDP port of this host; 0 for any. */
  udp(port = 0): TestSocket {
    return new TestSocket(this.#env, this.host, port);
  }

  /** One echo request; whether the reply came in time. */
  ping(to: Ipv4Address, within: Time = '1s'): boolean {
    const seq = ++this.#pings;
    let answered = false;
    const { icmp } = this.host.stack;
    const listener = {
      onEchoReply: (from: Ipv4Address, id: number, number: number): boolean => {
        answered ||= from === to && id === PING_ID && number === seq;
        return false;
      },
    };
    icmp.register(listener);
    icmp.sendEcho(to, PING_ID, seq, fromLatin1('mcubox'));
    this.#env.until(() => answered, micros(within));
    icmp.unregister(listener);
    return answered;
  }
}

const PING_ID = 0x6d63;
