/** The firmware's TLS client and the world's server, mouth to mouth: without a network and without time. */
import { concat, Rng, toLatin1 } from '../../runtime/core/index.ts';
import {
  type Certificate,
  parseCertificate,
  TlsClient,
  type TlsClientConfig,
  type TlsSecret,
  TlsServer,
  type TlsServerConfig,
} from '../../runtime/tls/index.ts';
import { authorityCertificate, identityFor } from '../../runtime/world/tls-identity.ts';

export const ANY: TlsClientConfig = { trusted: undefined, own: undefined };
export const strict = (): TlsClientConfig => ({ trusted: [authorityCertificate()], own: undefined });

export const certificateOf = (der: Uint8Array): Certificate => {
  const parsed = parseCertificate(der);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

export class TlsPair {
  readonly client: TlsClient;
  readonly server: TlsServer;
  /** Records on their way. */
  toServer: Uint8Array[] = [];
  toClient: Uint8Array[] = [];
  /** Everything that was ever sent. */
  readonly sent: { readonly from: 'client' | 'server'; readonly bytes: Uint8Array }[] = [];
  readonly told: string[] = [];
  /** Of the client. */
  readonly secrets: TlsSecret[] = [];
  /** What the last step of the client answered. */
  result: unknown;

  constructor(server: TlsServerConfig = identityFor(['tls.test']), client: TlsClientConfig = ANY, seed = 1) {
    const rng = new Rng(seed);
    this.client = new TlsClient(
      {
        rng: rng.fork('client'),
        secret: (secret) => this.secrets.push(secret),
        transmit: (bytes) => {
          this.toServer.push(bytes);
          this.sent.push({ from: 'client', bytes });
        },
      },
      client,
    );
    this.server = new TlsServer(
      {
        rng: rng.fork('server'),
        transmit: (bytes) => {
          this.toClient.push(bytes);
          this.sent.push({ from: 'server', bytes });
        },
      },
      server,
      {
        onOpen: () => this.told.push('open'),
        onData: (bytes) => this.told.push(`data ${toLatin1(bytes)}`),
        onEnd: () => this.told.push('end'),
        onFail: (reason) => this.told.push(`fail ${reason}`),
      },
    );
  }

  /** The handshake, as far as it goes. */
  shakeHands(): unknown {
    for (let turn = 0; turn < 6; turn++) {
      this.result = this.client.handshake();
      this.deliver();
      if (this.result !== 'want') break;
    }
    return this.result;
  }

  /** What is under way arrives. */
  deliver(): void {
    for (const bytes of this.toServer.splice(0)) this.server.receive(bytes);
    for (const bytes of this.toClient.splice(0)) this.client.feed(bytes);
  }

  /** Everything the client can read. */
  read(): Uint8Array {
    let all: Uint8Array = new Uint8Array(0);
    for (;;) {
      const part = this.client.read(1460);
      this.result = part;
      if (typeof part !== 'object') return all;
      all = concat(all, part);
    }
  }
}
