/**
 * TLS connections of a device as its modules see them: the counterpart of espconn.ts (app/mbedtls/app/espconn_mbedtls.c,
 * espconn_secure.c, lwIPSocket.c). One record under way each, ends told by a task. A handshake takes no device time here;
 * the firmware's prints about it are notes.
 */
import type { Rng } from '../core/index.ts';
import { ERR, type LwipErr, type TcpPcb } from '../stack/index.ts';
import { MBEDTLS_ERR, TlsClient, type TlsSecret } from '../tls/index.ts';
import { IPV4_ANY, type Ipv4Address } from '../wire/index.ts';
import {
  ESPCONN,
  type Espconn,
  type EspconnConnection,
  type EspconnEnv,
  type EspconnErr,
  type EspconnHandlers,
} from './espconn.ts';
import { reasonOf } from './secure-reasons.ts';
import type { SecureSettings } from './secure-settings.ts';
import type { ProtoTimer } from './timer.ts';

/** sys/socket.h NUM_SOCKETS. */
const MAX_SOCKETS = 3;
/** espconn_secure_connect: SSL_BUFFER_SIZE and ESPCONN_SECURE_DEFAULT_HEAP must be free. */
const LEAST_HEAP = 4096 + 0x3800;
/** espconn_mbedtls.h MBEDTLS_SSL_PLAIN_ADD: bytes of data in one record. */
const PLAIN = 1460;
const RECORD_HEADER = 5;

export interface SecureEnv extends EspconnEnv {
  readonly espconn: Espconn;
  readonly settings: SecureSettings;
  freeHeap(): number;
  /** Why a session ended, for people. */
  note(text: string): void;
  /** The secret of a session, for a key log. */
  secret(secret: TlsSecret): void;
}

/** One connection under way (espconn_msg with mbedtls_msg). */
interface SecureLink {
  readonly conn: EspconnTls;
  readonly pcb: TcpPcb;
  client: TlsClient | undefined;
  /** The handshake is over (`quiet`). */
  open: boolean;
  /** The socket is closed (fd -1). */
  closed: boolean;
  /** Another buffer may be sent (SentFnFlag). */
  ready: boolean;
  /** Data that has not been put into a record yet. */
  rest: Uint8Array;
  /** Bytes of the last record that are acknowledged, while one is under way (record_len, write_flag). */
  acked: number;
  writing: boolean;
  /** What TCP said about the last record. */
  writeError: LwipErr;
  /** Code of the end: hs_status, or else pcommon.err. */
  status: EspconnErr | undefined;
  error: EspconnErr;
}

interface Signal {
  readonly link: SecureLink;
  readonly kind: 'error' | 'close';
}

/** A TLS client connection: a struct espconn that is used with the espconn_secure functions. */
export class EspconnTls implements EspconnConnection {
  readonly #layer: EspconnSecure;
  handlers: EspconnHandlers = {};
  localPort = 0;
  remoteAddr: Ipv4Address = IPV4_ANY;
  remotePort = 0;
  state: EspconnConnection['state'] = 'NONE';
  allocated = true;

  constructor(layer: EspconnSecure) {
    this.#layer = layer;
  }

  release(): void {
    this.allocated = false;
  }

  /**
   * Sends the SYN; the handshake follows. RTE without an address, MEM without 18 KB of heap, without a socket or a
   * route; nothing follows then.
   */
  connect(addr: Ipv4Address, port: number): EspconnErr {
    this.remoteAddr = addr;
    this.remotePort = port;
    return this.#layer.connect(this);
  }

  /** One buffer at a time: INPROGRESS until `sent`. ARG when there is no connection. */
  send(data: Uint8Array): EspconnErr {
    return this.#layer.send(this, data);
  }

  /** Has no effect on a TLS connection but one: to end it reads through a null pointer. */
  hold(on: boolean): void {
    this.#layer.hold(this, on);
  }

  /** Sends FIN, without a word of TLS. INPROGRESS when closing, ARG when there is no connection. */
  disconnect(): EspconnErr {
    return this.#layer.disconnect(this);
  }
}

export class EspconnSecure {
  readonly #env: SecureEnv;
  readonly #rng: Rng;
  readonly #task: ProtoTimer;
  readonly #signals: Signal[] = [];
  readonly #links: SecureLink[] = [];
  /** Connections on hold. */
  readonly #held = new Set<EspconnTls>();

  constructor(env: SecureEnv) {
    this.#env = env;
    this.#rng = env.rng.fork('tls');
    this.#task = env.timer('espconn tls', () => this.#runTask());
  }

  get settings(): SecureSettings {
    return this.#env.settings;
  }

  /** An idle connection of this layer. */
  connection(): EspconnTls {
    return new EspconnTls(this);
  }

  /** @internal espconn_secure_connect, espconn_ssl_client. */
  connect(conn: EspconnTls): EspconnErr {
    const { stack, espconn } = this.#env;
    if (!stack.netifs.some(({ addr }) => addr !== IPV4_ANY)) return ESPCONN.RTE;
    if (this.#env.freeHeap() <= LEAST_HEAP || this.#links.length >= MAX_SOCKETS) {
      const why =
        this.#links.length >= MAX_SOCKETS
          ? 'three are open already'
          : `it wants more than ${LEAST_HEAP} bytes of free heap`;
      this.#env.note(`TLS: no connection is made, and nobody is told: ${why}`);
      return ESPCONN.MEM;
    }
    const pcb = stack.tcp.newPcb();
    const link: SecureLink = {
      conn,
      pcb,
      client: undefined,
      open: false,
      closed: false,
      ready: false,
      rest: new Uint8Array(0),
      acked: 0,
      writing: false,
      writeError: ERR.OK,
      status: undefined,
      error: ESPCONN.OK,
    };
    pcb.handlers = {
      connected: () => this.#proceed(link),
      recv: (_pcb, data) => this.#onReceived(link, data),
      sent: (_pcb, length) => this.#onSent(link, length),
      error: (code) => this.#onError(link, code),
    };
    if (pcb.connect(conn.remoteAddr, conn.remotePort) !== ERR.OK) {
      pcb.handlers = {};
      pcb.close();
      return ESPCONN.MEM;
    }
    conn.state = 'WAIT';
    this.#links.push(link);
    espconn.secureLinks++;
    return ESPCONN.OK;
  }

  /** @internal espconn_secure_send. */
  send(conn: EspconnTls, data: Uint8Array): EspconnErr {
    conn.state = 'WRITE';
    const link = this.#find(conn);
    if (link === undefined) return ESPCONN.ARG;
    if (!link.ready) return ESPCONN.INPROGRESS;
    link.ready = false;
    // The length travels in 16 bits.
    this.#write(link, data.slice(0, data.length & 0xffff));
    return ESPCONN.OK;
  }

  /** @internal espconn_recv_hold, espconn_recv_unhold. */
  hold(conn: EspconnTls, on: boolean): void {
    if (this.#find(conn) === undefined) return;
    if (!on && this.#held.has(conn)) this.#env.crash('espconn_recv_unhold has no TCP connection for TLS');
    if (on) this.#held.add(conn);
    else this.#held.delete(conn);
  }

  /** @internal espconn_secure_disconnect. */
  disconnect(conn: EspconnTls): EspconnErr {
    const link = this.#find(conn);
    if (link === undefined) return ESPCONN.ARG;
    if (conn.state === 'CLOSE') return ESPCONN.INPROGRESS;
    this.#closeSocket(link);
    conn.state = 'CLOSE';
    this.#post({ link, kind: 'close' });
    return ESPCONN.OK;
  }

  #find(conn: EspconnTls): SecureLink | undefined {
    return this.#links.find((link) => link.conn === conn);
  }

  /** recv_tcp. */
  #onReceived(link: SecureLink, data: Uint8Array | undefined): LwipErr {
    if (data === undefined) {
      this.#fail(link, MBEDTLS_ERR.SSL_PEER_CLOSE_NOTIFY);
      return ERR.OK;
    }
    link.pcb.recved(data.length);
    link.client?.feed(data);
    return this.#proceed(link);
  }

  /** espconn_mbedtls_parse_internal. */
  #proceed(link: SecureLink): LwipErr {
    if (link.open) this.#read(link);
    else this.#shakeHands(link);
    return link.pcb.freed ? ERR.ABRT : ERR.OK;
  }

  #shakeHands(link: SecureLink): void {
    link.client ??= this.#start(link);
    const result = link.client?.handshake() ?? MBEDTLS_ERR.SSL_ALLOC_FAILED;
    if (result === 'done') {
      link.open = true;
      link.ready = true;
      link.conn.state = 'CONNECT';
      link.conn.handlers.connected?.();
    } else if (result === 'want') {
      this.#checkWrite(link);
    } else {
      this.#fail(link, result);
    }
  }

  /** mbedtls_msg_config. */
  #start(link: SecureLink): TlsClient | undefined {
    const config = this.#env.settings.configure();
    if (config === undefined) return undefined;
    const transmit = (record: Uint8Array): void => this.#transmit(link, record);
    return new TlsClient({ rng: this.#rng, transmit, secret: (secret) => this.#env.secret(secret) }, config);
  }

  #read(link: SecureLink): void {
    const { conn } = link;
    const client = link.client as TlsClient;
    for (;;) {
      // A socket that the owner has closed meanwhile is an error of its own.
      const result = link.closed && !client.hasUnread ? MBEDTLS_ERR.NET_INVALID_CONTEXT : client.read(PLAIN);
      if (typeof result === 'object') {
        conn.state = 'READ';
        conn.handlers.received?.(result);
        conn.state = link.closed ? 'CLOSE' : 'CONNECT';
      } else if (result === MBEDTLS_ERR.SSL_PEER_CLOSE_NOTIFY) {
        client.closeNotify();
      } else {
        if (result !== 'want') this.#fail(link, result);
        return;
      }
    }
  }

  /** espconn_ssl_sent: one record of what is to be sent. */
  #write(link: SecureLink, data: Uint8Array): void {
    link.writing = true;
    link.rest = data.subarray(PLAIN);
    if (link.closed) this.#fail(link, MBEDTLS_ERR.NET_INVALID_CONTEXT);
    else link.client?.write(data.subarray(0, PLAIN));
    this.#checkWrite(link);
  }

  /** lwip_send: what the send buffer does not take is lost. */
  #transmit(link: SecureLink, record: Uint8Array): void {
    const { pcb } = link;
    if (link.closed) return;
    const code = pcb.write(record.subarray(0, Math.min(pcb.sndBuf, 2 * pcb.mss)));
    link.writeError = code === ERR.OK ? pcb.output() : code;
  }

  #checkWrite(link: SecureLink): void {
    const { writeError } = link;
    link.writeError = ERR.OK;
    if (writeError !== ERR.OK) this.#fail(link, writeError);
  }

  /** espconn_mbedtls_parse_thread: a record is through when exactly its bytes are acknowledged. */
  #onSent(link: SecureLink, length: number): LwipErr {
    if (!link.open || link.client === undefined) return ERR.OK;
    if (link.writing) link.acked += length;
    if (link.acked !== link.client.sentLength + RECORD_HEADER) return ERR.OK;
    link.acked = 0;
    link.writing = false;
    if (link.rest.length > 0) {
      this.#write(link, link.rest);
    } else {
      link.ready = true;
      link.conn.state = 'CONNECT';
      link.conn.handlers.sent?.();
    }
    return link.pcb.freed ? ERR.ABRT : ERR.OK;
  }

  /** err_tcp: what lwIP only calls aborted gets a name when it gave up sending again. */
  #onError(link: SecureLink, code: LwipErr): void {
    const { tcpMaxRetransmits, tcpMaxSynRetransmits } = this.#env.stack.opts;
    const connected = link.client !== undefined;
    const gaveUp = link.pcb.retransmits >= (connected ? tcpMaxRetransmits : tcpMaxSynRetransmits);
    link.error = code === ERR.ABRT && gaveUp ? (connected ? ESPCONN.TIMEOUT : ESPCONN.CONN) : code;
    link.closed = true;
    link.conn.state = 'CLOSE';
    this.#post({ link, kind: 'error' });
  }

  /** mbedtls_fail_info: the number of mbed TLS, squeezed into the eight bits of an espconn code. */
  #fail(link: SecureLink, error: number): void {
    const code = -error;
    if (link.open && error !== MBEDTLS_ERR.SSL_PEER_CLOSE_NOTIFY && !link.closed) link.client?.closeNotify();
    if (error === MBEDTLS_ERR.SSL_PEER_CLOSE_NOTIFY) {
      link.status = undefined;
    } else {
      link.status = ((-((code & 0xff) === 0 ? code >> 8 : (code >> 8) + code) << 24) >> 24) as EspconnErr;
      const what = link.open ? 'the session' : 'the handshake';
      this.#env.note(`TLS: ${what} failed: ${reasonOf(error, link.client?.peerAlert)}`);
    }
    link.conn.state = 'CLOSE';
    this.#closeSocket(link);
    this.#post({ link, kind: 'close' });
  }

  /** mbedtls_net_free. */
  #closeSocket(link: SecureLink): void {
    if (link.closed) return;
    link.closed = true;
    link.pcb.handlers = {};
    link.pcb.close();
  }

  #post(signal: Signal): void {
    this.#signals.push(signal);
    if (!this.#task.armed) this.#task.arm(0, false);
  }

  /** mbedtls_thread. A link that is gone already says nothing more. */
  #runTask(): void {
    const signal = this.#signals.shift();
    if (this.#signals.length > 0) this.#task.arm(0, false);
    const at = signal === undefined ? -1 : this.#links.indexOf(signal.link);
    if (signal === undefined || at < 0) return;
    const { link, kind } = signal;
    this.#links.splice(at, 1);
    this.#env.espconn.secureLinks--;
    this.#held.delete(link.conn);
    if (!link.conn.allocated) return;
    link.conn.state = 'CLOSE';
    if (link.status !== undefined) link.conn.handlers.failed?.(link.status);
    else if (kind === 'error') link.conn.handlers.failed?.(link.error);
    else link.conn.handlers.disconnected?.();
  }
}
