/**
 * The firmware's TLS client: mbed TLS 2.16 in its configuration (user_mbedtls.h), as a machine that is fed bytes and asked
 * to go on. TLS 1.2 alone, no server name, records of 4 KiB, each handshake message in one record; errors by mbed TLS's
 * numbers with its alerts. Not Node's TLS, because that is neither synchronous nor seeded; not node-forge's, which ends at
 * TLS 1.1. Primitives by the noble libraries. Not here: resumption, renegotiation.
 */
import { EMPTY, equalBytes, type Rng } from '../core/index.ts';
import {
  emitTlsCertificates,
  emitTlsClientKey,
  emitTlsMessage,
  emitTlsServerParams,
  emitTlsSigned,
  parseTlsCertificateRequest,
  parseTlsServerHello,
  parseTlsServerKeyExchange,
  parseTlsSessionTicket,
  TLS_ALERT,
  TLS_MESSAGE,
  TLS_RECORD,
  TLS_WARNING,
  type TlsServerParams,
} from '../wire/index.ts';
import { readServerCertificates } from './client-certificates.ts';
import { clientHello, judgeServerHello } from './client-hello.ts';
import { ClientInbox, type ClientMessage } from './client-inbox.ts';
import { MBEDTLS_ERR, type MbedtlsErr } from './errors.ts';
import { hashOfNumber, numberOfHash } from './hash.ts';
import { acceptable, agree } from './key-exchange.ts';
import {
  keyBlock,
  masterSecret,
  protections,
  type Randoms,
  signedParams,
  type TlsSecret,
  Transcript,
  verifyData,
} from './key-schedule.ts';
import { type PrivateKey, SIGNATURE_NUMBER, sign, verify } from './keys.ts';
import type { Protection } from './protection.ts';
import { TlsRecords } from './records.ts';
import type { Suite } from './suites.ts';
import type { Certificate } from './x509.ts';

/** Something to wait for, or what went wrong. */
export type Want = 'want' | MbedtlsErr;

export interface TlsClientConfig {
  /** Certificates a server's must lead to; undefined = nothing is verified. */
  readonly trusted: readonly Certificate[] | undefined;
  /** What is shown to a server that asks: certificates in DER, the own one first, and its key. */
  readonly own: { readonly chain: readonly Uint8Array[]; readonly key: PrivateKey } | undefined;
}

export interface TlsClientEnv {
  readonly rng: Rng;
  /** A record for TCP. */
  transmit(record: Uint8Array): void;
  /** The secret of a session, for whoever keeps a key log. */
  secret?(secret: TlsSecret): void;
}

type State = 'start' | 'hello' | 'certificate' | 'key' | 'request' | 'done' | 'ticket' | 'change' | 'finished' | 'over';

type Step = 'ok' | Want;

export class TlsClient {
  readonly #env: TlsClientEnv;
  readonly #config: TlsClientConfig;
  readonly #records: TlsRecords;
  readonly #inbox: ClientInbox;
  readonly #transcript = new Transcript();
  #state: State = 'start';
  #suite: Suite | undefined;
  #randoms: Randoms = { client: EMPTY, server: EMPTY };
  #extendedMaster = false;
  #encryptThenMac = false;
  #ticket = false;
  #peer: readonly Certificate[] = [];
  #params: TlsServerParams | undefined;
  #asked = false;
  #master: Uint8Array = EMPTY;
  #readKeys: Protection | undefined;
  /** What the server's Finished has to be. */
  #expected: Uint8Array = EMPTY;
  /** Decrypted, but not read yet. */
  #unread: Uint8Array = EMPTY;

  constructor(env: TlsClientEnv, config: TlsClientConfig) {
    this.#env = env;
    this.#config = config;
    this.#records = new TlsRecords((record) => env.transmit(record));
    this.#inbox = new ClientInbox(this.#records, this.#transcript);
  }

  /** Bytes from TCP. Nothing happens until the next call of another method. */
  feed(bytes: Uint8Array): void {
    this.#records.push(bytes);
  }

  get started(): boolean {
    return this.#state !== 'start';
  }

  /** Length of the record that was sent last, without its header (ssl->out_msglen). */
  get sentLength(): number {
    return this.#records.sentLength;
  }

  get suite(): Suite | undefined {
    return this.#suite;
  }

  /** The last alert of the server (RFC 5246 section 7.2). */
  get peerAlert(): number | undefined {
    return this.#inbox.alert;
  }

  /** Whether `read` has something that needs no more bytes. */
  get hasUnread(): boolean {
    return this.#unread.length > 0;
  }

  /** mbedtls_ssl_handshake: goes on as far as the bytes reach. */
  handshake(): 'done' | Want {
    while (this.#state !== 'over') {
      const step = this.#step();
      if (step !== 'ok') return step;
    }
    return 'done';
  }

  /** mbedtls_ssl_read, after the handshake: at most so many bytes of one record. */
  read(most: number): Uint8Array | Want {
    while (this.#unread.length === 0) {
      const message = this.#inbox.next(false);
      if (typeof message !== 'object') return message;
      if (message.kind === 'message') {
        if (message.type !== TLS_MESSAGE.HELLO_REQUEST || message.body.length > 0)
          return MBEDTLS_ERR.SSL_UNEXPECTED_MESSAGE;
        this.#records.alert(TLS_ALERT.NO_RENEGOTIATION, TLS_WARNING);
      } else if (message.kind === 'alert') {
        return 'want';
      } else if (message.kind !== 'data') {
        return MBEDTLS_ERR.SSL_UNEXPECTED_MESSAGE;
      } else {
        this.#unread = message.body;
      }
    }
    const bytes = this.#unread.subarray(0, most);
    this.#unread = this.#unread.subarray(bytes.length);
    return bytes;
  }

  /** One record, after the handshake; at most 4096 bytes. */
  write(bytes: Uint8Array): void {
    this.#records.send(TLS_RECORD.DATA, bytes);
  }

  closeNotify(): void {
    this.#records.alert(TLS_ALERT.CLOSE_NOTIFY, TLS_WARNING);
  }

  #step(): Step {
    if (this.#state === 'start') return this.#start();
    const message = this.#inbox.next(true);
    if (typeof message !== 'object') return message;
    switch (this.#state) {
      case 'hello':
        return this.#onHello(message);
      case 'certificate':
        return this.#onCertificate(message);
      case 'key':
        return this.#onKey(message);
      case 'request':
        return this.#onRequest(message);
      case 'done':
        return this.#onDone(message);
      case 'ticket':
        return this.#onTicket(message);
      case 'change':
        return this.#onChange(message);
      default:
        return this.#onFinished(message);
    }
  }

  #start(): Step {
    const random = this.#env.rng.bytes(32);
    this.#randoms = { client: random, server: EMPTY };
    this.#state = 'hello';
    this.#say(TLS_MESSAGE.CLIENT_HELLO, clientHello(random));
    return 'ok';
  }

  #onHello(message: ClientMessage): Step {
    if (message.kind !== 'message') return this.#unexpected();
    const hello = parseTlsServerHello(message.body);
    if (message.type !== TLS_MESSAGE.SERVER_HELLO) return this.#fail(TLS_ALERT.DECODE_ERROR, 'SSL_BAD_HS_SERVER_HELLO');
    const verdict = judgeServerHello(hello, message.body);
    if ('error' in verdict) return this.#fail(verdict.alert, verdict.error);
    this.#suite = verdict.suite;
    this.#randoms = { client: this.#randoms.client, server: verdict.random };
    this.#extendedMaster = verdict.extendedMaster;
    this.#encryptThenMac = verdict.encryptThenMac;
    this.#ticket = verdict.ticket;
    this.#state = 'certificate';
    return 'ok';
  }

  #onCertificate(message: ClientMessage): Step {
    if (message.kind !== 'message') return this.#unexpected();
    const body = message.type === TLS_MESSAGE.CERTIFICATE ? message.body : EMPTY;
    const verdict = readServerCertificates(body, this.#config.trusted);
    if ('error' in verdict) return this.#fail(verdict.alert, verdict.error);
    this.#peer = verdict.chain;
    this.#state = 'key';
    return 'ok';
  }

  #onKey(message: ClientMessage): Step {
    if (message.kind !== 'message' || message.type !== TLS_MESSAGE.SERVER_KEY_EXCHANGE) return this.#unexpected();
    const suite = this.#suite as Suite;
    const parsed = parseTlsServerKeyExchange(message.body, suite.exchange === 'DHE-RSA' ? 'dhe' : 'ecdhe');
    if (!parsed.ok) return this.#fail(TLS_ALERT.DECODE_ERROR, 'SSL_BAD_HS_SERVER_KEY_EXCHANGE');
    const { params, algorithm, signature } = parsed.value;
    const hash = hashOfNumber(algorithm >> 8);
    const kind = suite.exchange === 'ECDHE-ECDSA' ? 'ec' : 'rsa';
    // SHA-1 is not among the signatures that were offered.
    const offered = hash !== undefined && hash !== 'sha1' && (algorithm & 0xff) === SIGNATURE_NUMBER[kind];
    if (!acceptable(params) || !offered)
      return this.#fail(TLS_ALERT.ILLEGAL_PARAMETER, 'SSL_BAD_HS_SERVER_KEY_EXCHANGE');
    const key = this.#peer[0]?.key;
    if (key?.kind !== kind) return this.#fail(TLS_ALERT.HANDSHAKE_FAILURE, 'SSL_PK_TYPE_MISMATCH');
    if (!verify(key, hash, signedParams(this.#randoms, emitTlsServerParams(params)), signature))
      return this.#fail(TLS_ALERT.DECRYPT_ERROR, kind === 'ec' ? 'ECP_VERIFY_FAILED' : 'RSA_VERIFY_FAILED');
    this.#params = params;
    this.#state = 'request';
    return 'ok';
  }

  #onRequest(message: ClientMessage): Step {
    if (message.kind !== 'message') return this.#unexpected();
    this.#state = 'done';
    this.#asked = message.type === TLS_MESSAGE.CERTIFICATE_REQUEST;
    if (!this.#asked) {
      this.#inbox.keep(message);
      return 'ok';
    }
    if (parseTlsCertificateRequest(message.body).ok) return 'ok';
    return this.#fail(TLS_ALERT.DECODE_ERROR, 'SSL_BAD_HS_CERTIFICATE_REQUEST');
  }

  /** The last word of the server's first turn; ours follows, up to Finished. */
  #onDone(message: ClientMessage): Step {
    if (message.kind !== 'message') return MBEDTLS_ERR.SSL_UNEXPECTED_MESSAGE;
    if (message.type !== TLS_MESSAGE.SERVER_HELLO_DONE || message.body.length > 0)
      return this.#fail(TLS_ALERT.DECODE_ERROR, 'SSL_BAD_HS_SERVER_HELLO_DONE');
    const params = this.#params as TlsServerParams;
    const suite = this.#suite as Suite;
    const agreement = agree(params, this.#env.rng);
    if (agreement === undefined) return MBEDTLS_ERR.SSL_BAD_HS_SERVER_KEY_EXCHANGE;
    const { own } = this.#config;
    if (this.#asked) this.#say(TLS_MESSAGE.CERTIFICATE, emitTlsCertificates(own?.chain ?? []));
    this.#say(TLS_MESSAGE.CLIENT_KEY_EXCHANGE, emitTlsClientKey(agreement.key, params.kind));
    const sessionHash = this.#extendedMaster ? this.#transcript.hash(suite) : undefined;
    this.#master = masterSecret(suite, agreement.premaster, this.#randoms, sessionHash);
    this.#env.secret?.({ clientRandom: this.#randoms.client, master: this.#master });
    if (this.#asked && own !== undefined) this.#prove(suite, own.key);
    const keys = keyBlock(suite, this.#master, this.#randoms);
    const { client, server } = protections(suite, keys, this.#encryptThenMac, this.#env.rng);
    this.#readKeys = server;
    this.#records.send(TLS_RECORD.CHANGE_CIPHER_SPEC, Uint8Array.of(1));
    this.#records.writing = client;
    this.#say(TLS_MESSAGE.FINISHED, verifyData(suite, this.#master, 'client', this.#transcript));
    this.#state = this.#ticket ? 'ticket' : 'change';
    return 'ok';
  }

  /** CertificateVerify, with the hash of the suite. */
  #prove(suite: Suite, key: PrivateKey): void {
    const algorithm = (numberOfHash(suite.prf) << 8) | SIGNATURE_NUMBER[key.kind];
    const signature = sign(key, suite.prf, this.#transcript.bytes) ?? EMPTY;
    this.#say(TLS_MESSAGE.CERTIFICATE_VERIFY, emitTlsSigned({ algorithm, signature }));
  }

  #onTicket(message: ClientMessage): Step {
    if (message.kind !== 'message') return this.#unexpected();
    if (message.type !== TLS_MESSAGE.NEW_SESSION_TICKET || !parseTlsSessionTicket(message.body).ok)
      return this.#fail(TLS_ALERT.DECODE_ERROR, 'SSL_BAD_HS_NEW_SESSION_TICKET');
    this.#state = 'change';
    return 'ok';
  }

  #onChange(message: ClientMessage): Step {
    if (message.kind !== 'change') return this.#unexpected();
    this.#records.reading = this.#readKeys;
    // What the server's Finished must say is known before it is read.
    this.#expected = verifyData(this.#suite as Suite, this.#master, 'server', this.#transcript);
    this.#state = 'finished';
    return 'ok';
  }

  #onFinished(message: ClientMessage): Step {
    if (message.kind !== 'message') return this.#unexpected();
    if (message.type !== TLS_MESSAGE.FINISHED || !equalBytes(message.body, this.#expected))
      return this.#fail(TLS_ALERT.DECODE_ERROR, 'SSL_BAD_HS_FINISHED');
    this.#state = 'over';
    return 'ok';
  }

  #say(type: number, body: Uint8Array): void {
    const message = emitTlsMessage({ type, body });
    this.#transcript.add(message);
    this.#records.send(TLS_RECORD.HANDSHAKE, message);
  }

  #unexpected(): MbedtlsErr {
    return this.#fail(TLS_ALERT.UNEXPECTED_MESSAGE, 'SSL_UNEXPECTED_MESSAGE');
  }

  #fail(alert: number, error: keyof typeof MBEDTLS_ERR): MbedtlsErr {
    this.#records.alert(alert);
    return MBEDTLS_ERR[error];
  }
}
