/** A service of the world behind TLS: takes connections, shakes hands, and hands the stream on. */
import type { Clock, Rng } from '../core/index.ts';
import type { TlsServerConfig } from '../tls/index.ts';
import { emitTlsRecord, TLS_1_2, TLS_FATAL, TLS_RECORD } from '../wire/index.ts';
import { LateStream, refusal, type Service, type ServiceFaults } from './service.ts';
import type { Stream } from './stream.ts';
import { TlsStream } from './tls-stream.ts';

/** What may be changed about the next handshakes. */
export interface TlsServiceFaults extends ServiceFaults {
  /** A number is an alert in place of every ServerHello: 70 is what a server says that speaks only TLS 1.3. */
  refuse?: boolean | number | undefined;
  /** So many pieces of a client after the first, in the middle of the handshake or later, the connection breaks. */
  dropAfter?: number | undefined;
  /** The server's proof that it has its key is wrong. */
  wrong?: boolean | undefined;
}

export class TlsService implements Service {
  readonly faults: TlsServiceFaults = {};
  /** The server's certificates and key, and what else the handshake is to be; for the next connections. */
  config: TlsServerConfig | undefined;
  readonly #clock: Clock;
  readonly #rng: Rng;
  readonly #makeConfig: () => TlsServerConfig;
  readonly #inner: { accept(stream: Stream): void };

  /** `makeConfig` is called for the first connection, unless `config` has been set. */
  constructor(clock: Clock, rng: Rng, makeConfig: () => TlsServerConfig, inner: { accept(stream: Stream): void }) {
    this.#clock = clock;
    this.#rng = rng;
    this.#makeConfig = makeConfig;
    this.#inner = inner;
  }

  accept(stream: Stream): void {
    this.config ??= this.#makeConfig();
    const late = new LateStream(this.#clock, stream, this.faults);
    const alert = refusal(this.faults);
    if (alert !== undefined) {
      refuse(late, alert);
      return;
    }
    const { wrong = false, dropAfter } = this.faults;
    const tls = new TlsStream(late, this.#rng, { ...this.config, wrongProof: wrong });
    if (dropAfter !== undefined) tls.breakAfter = dropAfter;
    this.#inner.accept(tls);
  }
}

/** Answers whatever comes first with an alert. */
function refuse(stream: Stream, alert: number): void {
  stream.handler = {
    onData: () => {
      stream.write(
        emitTlsRecord({ type: TLS_RECORD.ALERT, version: TLS_1_2, payload: Uint8Array.of(TLS_FATAL, alert) }),
      );
      stream.end();
    },
  };
}
