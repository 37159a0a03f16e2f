/**
 * The firmware's CoAP client (app/modules/coap.c, app/coap; RFC 7252): requests with the token `node`. Answers end the
 * repetition and go nowhere else. The answer after which nothing waits closes the client's port.
 */
import { fromLatin1, toLatin1 } from '../core/index.ts';
import { ipaddrAton } from '../stack/index.ts';
import { type CoapType, emitCoap, IPV4_BROADCAST, parseCoap } from '../wire/index.ts';
import { CoapQueue } from './coap-queue.ts';
import { COAP_RULES, MAX_COAP_MESSAGE } from './coap-rules.ts';
import { type CoapUri, coapUriOptions } from './coap-uri.ts';
import type { ProtoEnv } from './env.ts';
import type { EspconnUdp, EspconnUdpLayer } from './espconn-udp.ts';

const TOKEN = 'node';
/** MAX_REQUEST_SIZE. */
const MAX_REQUEST = 576;

/** What the clients of one machine share. */
export class CoapClients {
  readonly #env: ProtoEnv;
  readonly #layer: EspconnUdpLayer;
  readonly #queue: CoapQueue;
  #nextId: number;

  constructor(env: ProtoEnv, layer: EspconnUdpLayer) {
    this.#env = env;
    this.#layer = layer;
    const rng = env.rng.fork('coap');
    this.#queue = new CoapQueue({ ...env, rng });
    this.#nextId = rng.u32() & 0xffff;
  }

  client(): CoapClient {
    return new CoapClient(this, this.#layer.socket(), this.#queue);
  }

  /** @internal */
  takeId(): number {
    const id = this.#nextId;
    this.#nextId = (id + 1) & 0xffff;
    return id;
  }

  /** @internal */
  takePort(): number {
    return this.#env.espconn.port();
  }
}

export class CoapClient {
  readonly #shared: CoapClients;
  readonly #socket: EspconnUdp;
  readonly #queue: CoapQueue;

  constructor(shared: CoapClients, socket: EspconnUdp, queue: CoapQueue) {
    this.#shared = shared;
    this.#socket = socket;
    this.#queue = queue;
    socket.received = (data) => this.#onDatagram(data);
  }

  /** `code` is the method. A host that is no address literal is asked at 255.255.255.255; what is too long is not sent. */
  request(type: CoapType & ('CON' | 'NON'), code: number, uri: CoapUri, payload: Uint8Array): void {
    const socket = this.#socket;
    socket.remotePort = uri.port;
    socket.localPort = this.#shared.takePort();
    if (uri.host !== '') socket.remoteAddr = ipaddrAton(uri.host) ?? IPV4_BROADCAST;
    const id = this.#shared.takeId();
    const message = emitCoap({ type, code, id, token: fromLatin1(TOKEN), options: coapUriOptions(uri), payload });
    if (message.length > MAX_REQUEST) return;
    socket.create();
    if (type === 'CON') this.#queue.send(socket, id, message);
    else socket.send(message);
  }

  /** The client is collected; a request that waits for its answer is a fault when its time comes. */
  free(): void {
    this.delete();
    this.#socket.freed = true;
  }

  /** Closes the port. */
  delete(): void {
    if (this.#socket.remotePort !== 0 || this.#socket.localPort !== 0) this.#socket.delete();
  }

  #onDatagram(data: Uint8Array): void {
    if (data.length > MAX_COAP_MESSAGE) return;
    const parsed = parseCoap(data, COAP_RULES);
    if (parsed.ok && toLatin1(parsed.value.token) === TOKEN && parsed.value.type !== 'RST')
      this.#queue.answered(this.#socket, parsed.value.id);
    if (this.#queue.isEmpty) this.delete();
  }
}
