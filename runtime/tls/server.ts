/**
 * A TLS 1.2 server for the computers of the virtual network: a machine that is fed bytes and tells what they mean. It
 * speaks the suites of the firmware and takes clients of any kind that know TLS 1.2. Same randomness, same bytes.
 * Not here: resumption, renegotiation, ALPN, TLS 1.3 (the firmware's client has none of them).
 */
import { concat, EMPTY, equalBytes, type Rng, u8 } from '../core/index.ts';
import {
  emitTlsCertificateRequest,
  emitTlsCertificates,
  emitTlsMessage,
  emitTlsServerHello,
  emitTlsServerKeyExchange,
  emitTlsServerParams,
  parseTlsCertificates,
  parseTlsClientHello,
  parseTlsClientKey,
  parseTlsMessage,
  parseTlsSigned,
  TLS_1_2,
  TLS_ALERT,
  TLS_EMPTY_RENEGOTIATION_INFO_SCSV,
  TLS_EXTENSION,
  TLS_FATAL,
  TLS_MESSAGE,
  TLS_RECORD,
  TLS_WARNING,
  type TlsClientHello,
  type TlsExtension,
  tlsAnnouncedLength,
  tlsExtension,
  tlsMessageLength,
  tlsServerName,
} from '../wire/index.ts';
import { verifyChain } from './chain.ts';
import { type HashName, hashOfNumber, numberOfHash } from './hash.ts';
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
import { chooseHash, chooseSuite, finishAgreement, makeServerKey, type ServerKey } from './server-keys.ts';
import type { Suite } from './suites.ts';
import { type Certificate, parseCertificate } from './x509.ts';

export interface TlsServerConfig {
  /** In DER, the own one first. */
  readonly chain: readonly Uint8Array[];
  readonly key: PrivateKey;
  /** Suites by number; undefined = all of them. */
  readonly suites?: readonly number[];
  /** Clients must show a certificate that leads to one of these. */
  readonly clientsFrom?: readonly Certificate[];
  /** The signature over the server's parameters is wrong. */
  readonly wrongProof?: boolean;
}

/** Told by a server. `onFail` or `onEnd` comes last. */
export interface TlsServerEvents {
  /** The handshake is over; data may go both ways. */
  onOpen?(): void;
  onData?(bytes: Uint8Array): void;
  /** The client will send nothing more. */
  onEnd?(): void;
  /** It is over; the client has been told, or has told us, by this alert. */
  onFail?(reason: string): void;
}

export interface TlsServerEnv {
  readonly rng: Rng;
  /** Records for TCP. */
  transmit(records: Uint8Array): void;
  secret?(secret: TlsSecret): void;
}

type State = 'hello' | 'certificate' | 'key' | 'proof' | 'change' | 'finished' | 'open' | 'over';

/** RFC 5246 section 6.2.1, and what encryption may add. */
const MAX_PLAIN = 0x4000;
const MAX_EXPANSION = 2048;
/** A handshake message that is longer is nonsense. */
const MAX_MESSAGE = 0x10000;

export class TlsServer {
  readonly #env: TlsServerEnv;
  readonly #config: TlsServerConfig;
  readonly #events: TlsServerEvents;
  readonly #records: TlsRecords;
  readonly #transcript = new Transcript();
  #outbox: Uint8Array[] = [];
  #state: State = 'hello';
  /** Handshake messages that are not whole yet. */
  #messages: Uint8Array = EMPTY;
  #suite: Suite | undefined;
  #randoms: Randoms = { client: EMPTY, server: EMPTY };
  #serverKey: ServerKey | undefined;
  #extendedMaster = false;
  #encryptThenMac = false;
  #fragment = MAX_PLAIN;
  #client: readonly Certificate[] = [];
  #master: Uint8Array = EMPTY;
  #keys: { readonly client: Protection; readonly server: Protection } | undefined;
  /** The host that the client asked for. */
  serverName: string | undefined;

  constructor(env: TlsServerEnv, config: TlsServerConfig, events: TlsServerEvents) {
    this.#env = env;
    this.#config = config;
    this.#events = events;
    this.#records = new TlsRecords((record) => this.#outbox.push(record));
  }

  get suite(): Suite | undefined {
    return this.#suite;
  }

  /** The certificates a client has shown, its own first. */
  get clientCertificates(): readonly Certificate[] {
    return this.#client;
  }

  receive(bytes: Uint8Array): void {
    this.#records.push(bytes);
    while (this.#state !== 'over') {
      const head = this.#records.head();
      if (head === undefined) break;
      if (head.version >> 8 !== 3 || head.length > MAX_PLAIN + MAX_EXPANSION) {
        this.#fail(TLS_ALERT.RECORD_OVERFLOW, 'no TLS record');
        break;
      }
      if (!this.#records.has(head)) break;
      const content = this.#records.take(head);
      if (content === undefined) this.#fail(TLS_ALERT.BAD_RECORD_MAC, 'bad record MAC');
      else this.#onRecord(head.type, content);
    }
    this.#flush();
  }

  /** After `onOpen`; any amount. */
  write(bytes: Uint8Array): void {
    if (this.#state !== 'open') return;
    for (let at = 0; at < bytes.length; at += this.#fragment)
      this.#records.send(TLS_RECORD.DATA, bytes.subarray(at, at + this.#fragment));
    this.#flush();
  }

  /** Says that nothing more will come. */
  close(): void {
    if (this.#state !== 'open') return;
    this.#records.alert(TLS_ALERT.CLOSE_NOTIFY, TLS_WARNING);
    this.#flush();
  }

  #flush(): void {
    if (this.#outbox.length === 0) return;
    const records = concat(...this.#outbox);
    this.#outbox = [];
    this.#env.transmit(records);
  }

  #onRecord(type: number, content: Uint8Array): void {
    if (type === TLS_RECORD.ALERT) {
      this.#onAlert(content);
    } else if (type === TLS_RECORD.HANDSHAKE && this.#state !== 'change' && this.#state !== 'open') {
      this.#messages = concat(this.#messages, content);
      this.#readMessages();
    } else if (type === TLS_RECORD.HANDSHAKE && this.#state === 'open') {
      this.#records.alert(TLS_ALERT.NO_RENEGOTIATION, TLS_WARNING);
    } else if (type === TLS_RECORD.CHANGE_CIPHER_SPEC && this.#state === 'change' && this.#messages.length === 0) {
      this.#records.reading = this.#keys?.client;
      this.#state = 'finished';
    } else if (type === TLS_RECORD.DATA && this.#state === 'open') {
      if (content.length > 0) this.#events.onData?.(content);
    } else {
      this.#fail(TLS_ALERT.UNEXPECTED_MESSAGE, 'unexpected record');
    }
  }

  #onAlert(content: Uint8Array): void {
    if (content.length !== 2) {
      this.#fail(TLS_ALERT.DECODE_ERROR, 'broken alert');
    } else if (u8(content, 0) === TLS_FATAL) {
      this.#state = 'over';
      const name = Object.entries(TLS_ALERT).find(([, value]) => value === u8(content, 1))?.[0];
      this.#events.onFail?.(`alert ${name?.toLowerCase() ?? u8(content, 1)}`);
    } else if (u8(content, 1) === TLS_ALERT.CLOSE_NOTIFY) {
      this.#records.alert(TLS_ALERT.CLOSE_NOTIFY, TLS_WARNING);
      this.#state = 'over';
      this.#events.onEnd?.();
    }
  }

  #readMessages(): void {
    while (this.#state !== 'over') {
      if ((tlsAnnouncedLength(this.#messages) ?? 0) > MAX_MESSAGE) {
        this.#fail(TLS_ALERT.DECODE_ERROR, 'handshake message is too long');
        return;
      }
      const message = parseTlsMessage(this.#messages);
      if (!message.ok) return;
      const length = tlsMessageLength(message.value);
      const whole = this.#messages.subarray(0, length);
      this.#messages = this.#messages.subarray(length);
      this.#onMessage(message.value.type, message.value.body, whole);
    }
  }

  #onMessage(type: number, body: Uint8Array, whole: Uint8Array): void {
    if (this.#state === 'hello' && type === TLS_MESSAGE.CLIENT_HELLO) {
      this.#transcript.add(whole);
      this.#onHello(body);
    } else if (this.#state === 'certificate' && type === TLS_MESSAGE.CERTIFICATE) {
      this.#transcript.add(whole);
      this.#onCertificate(body);
    } else if (this.#state === 'key' && type === TLS_MESSAGE.CLIENT_KEY_EXCHANGE) {
      this.#transcript.add(whole);
      this.#onKey(body);
    } else if (this.#state === 'proof' && type === TLS_MESSAGE.CERTIFICATE_VERIFY) {
      this.#onProof(body);
      this.#transcript.add(whole);
    } else if (this.#state === 'finished' && type === TLS_MESSAGE.FINISHED) {
      this.#onFinished(body, whole);
    } else {
      this.#fail(TLS_ALERT.UNEXPECTED_MESSAGE, `unexpected message ${type}`);
    }
  }

  #onHello(body: Uint8Array): void {
    const parsed = parseTlsClientHello(body);
    if (!parsed.ok) {
      this.#fail(TLS_ALERT.DECODE_ERROR, 'malformed ClientHello');
      return;
    }
    const hello = parsed.value;
    this.serverName = tlsServerName(hello);
    if (hello.version < TLS_1_2) {
      this.#fail(TLS_ALERT.PROTOCOL_VERSION, 'TLS 1.2 is too new for the client');
      return;
    }
    const suite = chooseSuite(hello, this.#config.key, this.#config.suites);
    const hash = chooseHash(hello, this.#config.key);
    const serverKey = suite === undefined ? undefined : makeServerKey(suite, hello, this.#env.rng);
    if (suite === undefined || hash === undefined || serverKey === undefined) {
      this.#fail(TLS_ALERT.HANDSHAKE_FAILURE, 'no suite in common');
      return;
    }
    this.#suite = suite;
    this.#serverKey = serverKey;
    this.#randoms = { client: hello.random, server: this.#env.rng.bytes(32) };
    this.#answer(suite, serverKey, hash, this.#agreeOn(hello, suite));
  }

  /** The extensions of the answer: only what the client has offered. */
  #agreeOn(hello: TlsClientHello, suite: Suite): TlsExtension[] {
    const offers = (type: number): boolean => tlsExtension(hello, type) !== undefined;
    const extensions: TlsExtension[] = [];
    if (offers(TLS_EXTENSION.RENEGOTIATION_INFO) || hello.suites.includes(TLS_EMPTY_RENEGOTIATION_INFO_SCSV))
      extensions.push({ type: TLS_EXTENSION.RENEGOTIATION_INFO, data: Uint8Array.of(0) });
    const fragment = tlsExtension(hello, TLS_EXTENSION.MAX_FRAGMENT_LENGTH);
    if (fragment?.length === 1 && u8(fragment, 0) >= 1 && u8(fragment, 0) <= 4) {
      this.#fragment = 256 << u8(fragment, 0);
      extensions.push({ type: TLS_EXTENSION.MAX_FRAGMENT_LENGTH, data: fragment });
    }
    if (offers(TLS_EXTENSION.POINT_FORMATS) && suite.exchange !== 'DHE-RSA')
      extensions.push({ type: TLS_EXTENSION.POINT_FORMATS, data: Uint8Array.of(1, 0) });
    this.#encryptThenMac = suite.mode === 'CBC' && offers(TLS_EXTENSION.ENCRYPT_THEN_MAC);
    if (this.#encryptThenMac) extensions.push({ type: TLS_EXTENSION.ENCRYPT_THEN_MAC, data: EMPTY });
    this.#extendedMaster = offers(TLS_EXTENSION.EXTENDED_MASTER_SECRET);
    if (this.#extendedMaster) extensions.push({ type: TLS_EXTENSION.EXTENDED_MASTER_SECRET, data: EMPTY });
    return extensions;
  }

  #answer(suite: Suite, { params }: ServerKey, hash: HashName, extensions: TlsExtension[]): void {
    const { chain, key, clientsFrom } = this.#config;
    this.#say(
      TLS_MESSAGE.SERVER_HELLO,
      emitTlsServerHello({
        version: TLS_1_2,
        random: this.#randoms.server,
        sessionId: EMPTY,
        suite: suite.id,
        compression: 0,
        extensions,
      }),
    );
    this.#say(TLS_MESSAGE.CERTIFICATE, emitTlsCertificates(chain));
    // A lie is signed properly: the signature of other parameters.
    const signed = signedParams(this.#randoms, this.#config.wrongProof ? EMPTY : emitTlsServerParams(params));
    const signature = sign(key, hash, signed) ?? EMPTY;
    const algorithm = (numberOfHash(hash) << 8) | SIGNATURE_NUMBER[key.kind];
    this.#say(TLS_MESSAGE.SERVER_KEY_EXCHANGE, emitTlsServerKeyExchange({ params, algorithm, signature }));
    if (clientsFrom !== undefined) {
      const authorities = clientsFrom.map(({ subject }) => subject);
      const algorithms = [0x0403, 0x0401, 0x0503, 0x0501];
      const types = Uint8Array.of(SIGNATURE_NUMBER.rsa, CLIENT_ECDSA);
      this.#say(TLS_MESSAGE.CERTIFICATE_REQUEST, emitTlsCertificateRequest({ types, algorithms, authorities }));
    }
    this.#say(TLS_MESSAGE.SERVER_HELLO_DONE, EMPTY);
    this.#state = clientsFrom === undefined ? 'key' : 'certificate';
  }

  #onCertificate(body: Uint8Array): void {
    const parsed = parseTlsCertificates(body);
    const chain = parsed.ok ? parsed.value.map(parseCertificate) : [];
    this.#client = chain.flatMap((certificate) => (certificate.ok ? [certificate.value] : []));
    const trusted = verifyChain(this.#client, this.#config.clientsFrom ?? []) === 0;
    if (!parsed.ok || this.#client.length === 0)
      this.#fail(TLS_ALERT.HANDSHAKE_FAILURE, 'the client has no certificate');
    else if (!trusted) this.#fail(TLS_ALERT.UNKNOWN_CA, "the client's certificate is not trusted");
    else this.#state = 'key';
  }

  #onKey(body: Uint8Array): void {
    const serverKey = this.#serverKey as ServerKey;
    const suite = this.#suite as Suite;
    const answer = parseTlsClientKey(body, serverKey.kind);
    const premaster = answer.ok ? finishAgreement(serverKey, answer.value) : undefined;
    if (premaster === undefined) {
      this.#fail(TLS_ALERT.ILLEGAL_PARAMETER, 'bad ClientKeyExchange');
      return;
    }
    const sessionHash = this.#extendedMaster ? this.#transcript.hash(suite) : undefined;
    this.#master = masterSecret(suite, premaster, this.#randoms, sessionHash);
    this.#env.secret?.({ clientRandom: this.#randoms.client, master: this.#master });
    const keys = keyBlock(suite, this.#master, this.#randoms);
    this.#keys = protections(suite, keys, this.#encryptThenMac, this.#env.rng);
    this.#state = this.#client.length > 0 ? 'proof' : 'change';
  }

  #onProof(body: Uint8Array): void {
    const parsed = parseTlsSigned(body);
    const hash = parsed.ok ? hashOfNumber(parsed.value.algorithm >> 8) : undefined;
    const key = this.#client[0]?.key;
    const good =
      parsed.ok &&
      hash !== undefined &&
      key !== undefined &&
      verify(key, hash, this.#transcript.bytes, parsed.value.signature);
    if (good) this.#state = 'change';
    else this.#fail(TLS_ALERT.DECRYPT_ERROR, "the client's proof is wrong");
  }

  #onFinished(body: Uint8Array, whole: Uint8Array): void {
    const suite = this.#suite as Suite;
    if (!equalBytes(body, verifyData(suite, this.#master, 'client', this.#transcript))) {
      this.#fail(TLS_ALERT.DECRYPT_ERROR, 'wrong Finished');
      return;
    }
    this.#transcript.add(whole);
    this.#records.send(TLS_RECORD.CHANGE_CIPHER_SPEC, Uint8Array.of(1));
    this.#records.writing = this.#keys?.server;
    this.#say(TLS_MESSAGE.FINISHED, verifyData(suite, this.#master, 'server', this.#transcript));
    this.#state = 'open';
    this.#flush();
    this.#events.onOpen?.();
  }

  #say(type: number, body: Uint8Array): void {
    const message = emitTlsMessage({ type, body });
    this.#transcript.add(message);
    for (let at = 0; at < message.length; at += this.#fragment)
      this.#records.send(TLS_RECORD.HANDSHAKE, message.subarray(at, at + this.#fragment));
  }

  #fail(alert: number, reason: string): void {
    this.#records.alert(alert);
    this.#state = 'over';
    this.#flush();
    this.#events.onFail?.(reason);
  }
}

/** ClientCertificateType ecdsa_sign (RFC 8422 section 5.5). */
const CLIENT_ECDSA = 64;
