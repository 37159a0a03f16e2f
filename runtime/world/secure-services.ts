/** The services of .test behind TLS: those that have a plain port as well, and servers with certificates of every kind. */
import { HTTPS_PORT, MQTTS_PORT } from '../wire/index.ts';
import { ECHO_PORT } from './echo-test.ts';
import type { Host } from './host.ts';
import { HttpServer } from './http-server.ts';
import { httpTest } from './http-test.ts';
import { type Service, type ServiceFaults, serveTcp } from './service.ts';
import type { Stream } from './stream.ts';
import { type CertificateKind, identityFor } from './tls-identity.ts';
import { TlsService } from './tls-service.ts';
import type { World } from './world.ts';

/** A plain service that is there with TLS, too: `http.test:443` beside `http.test`. */
const TWINS: readonly (readonly [name: string, port: number])[] = [
  ['http.test', HTTPS_PORT],
  ['mqtt.test', MQTTS_PORT],
  ['ws.test', HTTPS_PORT],
];

/** Servers of https. The device names no host in its handshake, so each has an address of its own. */
const SERVERS: readonly (readonly [name: string, place: number, kind: CertificateKind])[] = [
  ['tls.test', 24, 'good'],
  ['rsa.tls.test', 25, 'rsa'],
  ['expired.tls.test', 26, 'expired'],
  ['wrong-name.tls.test', 27, 'wrong-name'],
  ['self-signed.tls.test', 28, 'self-signed'],
  ['unknown-ca.tls.test', 29, 'unknown-ca'],
];

/** To be called when the plain services are there. tls.test has an echo on port 7, too. */
export function addSecureServices(world: World): void {
  for (const [name, port] of TWINS) {
    const host = world.hosts.find((known) => known.name === name);
    const plain = world.services.get(name);
    if (host !== undefined && plain !== undefined && 'accept' in plain)
      world.services.set(`${name}:${port}`, serveSecure(world, host, port, plain as Acceptor));
  }
  for (const [name, place, kind] of SERVERS) {
    const host = world.addHost(name, world.place(place));
    const server = new HttpServer(world.clock, httpTest);
    world.services.set(name, serveSecure(world, host, HTTPS_PORT, server, kind));
    if (kind === 'good') serveSecure(world, host, ECHO_PORT, new SecureEcho());
  }
}

type Acceptor = Service & { accept(stream: Stream): void };

/** Says back what it is told, for programs that speak first and about nothing in particular. */
class SecureEcho implements Service {
  readonly faults: ServiceFaults = {};

  accept(stream: Stream): void {
    stream.handler = { onData: (bytes) => stream.write(bytes) };
  }
}

/** `service` at a port of `host`, behind TLS with a certificate for the host's name. */
export function serveSecure(
  world: World,
  host: Host,
  port: number,
  service: Acceptor,
  kind: CertificateKind = 'good',
): TlsService {
  const rng = world.rng.fork(`tls/${host.name}:${port}`);
  const tls = new TlsService(world.clock, rng, () => identityFor([host.name], kind), service);
  serveTcp(host, port, tls);
  return tls;
}
