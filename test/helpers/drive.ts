// A packetdrill-like driver: one TcpLayer, a scripted peer, virtual time. Sequence numbers in scripts are relative to
// the initial ones; segments are written `FLAGS SEQ+LENGTH aACK wWINDOW mMSS`, for example `PA 1+3 a1 w5840`.
import {
  fromLatin1,
  type Micros,
  ms,
  Rng,
  SILENT,
  type Tracer,
  toLatin1,
  VirtualClock,
} from '../../runtime/core/index.ts';
import type { LwipErr } from '../../runtime/stack/err.ts';
import { ERR } from '../../runtime/stack/err.ts';
import { ESP8266_OPTS, type StackOptions } from '../../runtime/stack/opts.ts';
import { TcpLayer } from '../../runtime/stack/tcp.ts';
import type { TcpHandlers, TcpPcb } from '../../runtime/stack/tcp-pcb.ts';
import {
  emitTcp,
  formatTcpFlags,
  type Ipv4Address,
  ipv4,
  type MacAddress,
  parseTcp,
  seqAdd,
  seqDiff,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  TCP_URG,
  type Tcp,
} from '../../runtime/wire/index.ts';

export const ME = ipv4(192, 168, 1, 50);
export const PEER = ipv4(192, 168, 1, 10);
export const PEER_MAC = 0x5ecf7f000102 as MacAddress;
export const NOWHERE = ipv4(10, 9, 9, 9);
export const BROADCAST = ipv4(192, 168, 1, 255);
/** Close to the wrap of the number space, so every script crosses it. */
const PEER_ISS = 0xfffffff0;
const BITS: Record<string, number> = { S: TCP_SYN, F: TCP_FIN, R: TCP_RST, P: TCP_PSH, A: TCP_ACK, U: TCP_URG };

export interface Injection {
  /** `SEQ` (default 1), acknowledgment (default: nothing of ours beyond the SYN) and the rest of a segment of the peer. */
  readonly seq?: number;
  readonly ack?: number;
  readonly win?: number;
  readonly mss?: number;
  readonly data?: string | number;
  readonly port?: number;
  readonly from?: number;
  readonly dst?: Ipv4Address;
}

export class Drive {
  readonly clock = new VirtualClock();
  readonly tcp: TcpLayer;
  /** What the watched blocks were told. */
  readonly told: string[] = [];
  readonly sent: { readonly at: number; readonly text: string; readonly tcp: Tcp; readonly dst: Ipv4Address }[] = [];
  routeUp = true;
  #iss: number | undefined = undefined;
  /** The peer's port, and ours as last seen. */
  peerPort = 80;
  myPort = 80;

  constructor(opts: Partial<StackOptions> = {}, base = ESP8266_OPTS, trace: Tracer = SILENT) {
    this.tcp = new TcpLayer(
      {
        clock: this.clock,
        rng: new Rng(1),
        trace,
        routeSource: (dst) => (this.routeUp && dst !== NOWHERE ? ME : undefined),
        isBroadcast: (addr) => addr === BROADCAST,
        output: (tcp, _src, dst) => this.#onOutput(tcp, dst),
        neighbour: () => PEER_MAC,
      },
      { ...base, ...opts },
    );
  }

  get ms(): number {
    return this.clock.now() / 1000;
  }

  #onOutput(tcp: Tcp, dst: Ipv4Address): LwipErr {
    if ((tcp.flags & TCP_SYN) !== 0) this.#iss = tcp.seq;
    this.myPort = tcp.srcPort;
    this.peerPort = tcp.dstPort;
    // The payload may be sent again later and must not change under us: keep the bytes of this moment.
    const copy = { ...tcp, payload: tcp.payload.slice() };
    this.sent.push({ at: this.ms, text: this.#text(tcp), tcp: copy, dst });
    return ERR.OK;
  }

  #text(tcp: Tcp): string {
    const seq = this.#iss === undefined ? tcp.seq : seqDiff(tcp.seq, this.#iss);
    const length = tcp.payload.length > 0 ? `+${tcp.payload.length}` : '';
    const ack = tcp.flags & TCP_ACK ? ` a${seqDiff(tcp.ack, PEER_ISS)}` : '';
    const mss = tcp.options.mss === undefined ? '' : ` m${tcp.options.mss}`;
    return `${formatTcpFlags(tcp.flags)} ${seq}${length}${ack} w${tcp.window}${mss}`;
  }

  /** A segment from the peer. */
  inject(flags: string, how: Injection = {}): void {
    const { seq = flags.includes('S') ? 0 : 1, ack = 1, win = 8192, mss, data = '', from, port, dst = ME } = how;
    const payload = typeof data === 'number' ? new Uint8Array(data).fill(0x64) : fromLatin1(data);
    const segment: Tcp = {
      srcPort: from ?? this.peerPort,
      dstPort: port ?? this.myPort,
      seq: seqAdd(PEER_ISS, seq),
      ack: flags.includes('A') ? seqAdd(this.#iss ?? 0, ack) : 0,
      flags: [...flags].reduce((bits, letter) => bits | (BITS[letter] ?? 0), 0),
      window: win,
      urgent: 0,
      options: mss === undefined ? {} : { mss },
      payload,
    };
    const bytes = emitTcp(segment, PEER, dst);
    // Proves that what we send parses, and keeps the test honest about the wire format.
    if (!parseTcp(bytes, PEER, dst).ok) throw new Error('the injected segment does not parse');
    this.tcp.input(bytes, PEER, dst);
  }

  /** What was sent since the last call. */
  take(): string[] {
    return this.sent.splice(0).map((s) => s.text);
  }

  /** The same with the time in milliseconds in front. */
  takeTimed(): string[] {
    return this.sent.splice(0).map((s) => `${s.at} ${s.text}`);
  }

  /** Payload bytes sent since the last call, as text. */
  takeData(): string[] {
    return this.sent.splice(0).flatMap((s) => (s.tcp.payload.length > 0 ? [toLatin1(s.tcp.payload)] : []));
  }

  /** What the owners were told since the last call. */
  heard(): string[] {
    return this.told.splice(0);
  }

  run(forMs: number): void {
    this.clock.runUntil((this.clock.now() + ms(forMs)) as Micros);
  }

  /** Handlers that note everything and consume all data, overridden by `more`. */
  watch(pcb: TcpPcb, more: TcpHandlers = {}, name = ''): TcpPcb {
    const say = (text: string) => this.told.push(name === '' ? text : `${name} ${text}`);
    pcb.handlers = {
      connected: () => {
        say('connected');
      },
      recv: (from, data) => {
        if (data === undefined) {
          say('fin');
          return from.close();
        }
        say(`recv ${data.length > 20 ? data.length : toLatin1(data)}`);
        from.recved(0xffff);
        return ERR.OK;
      },
      sent: (_pcb, length) => {
        say(`sent ${length}`);
      },
      error: (code) => {
        say(`error ${code}`);
      },
      ...more,
    };
    return pcb;
  }

  /** An actively opened connection, established at once. */
  established(more: TcpHandlers = {}, mss = 1460): TcpPcb {
    const pcb = this.watch(this.tcp.newPcb(), more);
    pcb.connect(PEER, 80);
    this.inject('SA', { mss });
    this.take();
    this.heard();
    return pcb;
  }

  /** A listener on port 80 that watches what it accepts. `onAccept` runs inside the callback. */
  listening(onAccept: (pcb: TcpPcb) => LwipErr | undefined = () => undefined, more: TcpHandlers = {}): TcpPcb {
    const pcb = this.tcp.newPcb();
    pcb.reuseAddr = true;
    pcb.bind(0 as Ipv4Address, 80);
    pcb.listen();
    pcb.handlers = {
      accepted: (child) => {
        this.told.push('accepted');
        this.watch(child, more);
        return onAccept(child);
      },
    };
    return pcb;
  }

  /** A client's SYN and final ACK towards the listener; returns the new connection. */
  accept(from = 4000, ack: Injection = {}): TcpPcb {
    this.inject('S', { from, port: 80, mss: 1460 });
    this.inject(ack.data === undefined ? 'A' : 'PA', { from, port: 80, ...ack });
    this.take();
    this.heard();
    return this.tcp.active[0] as TcpPcb;
  }
}
