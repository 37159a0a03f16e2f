/**
 * A CoAP server for the virtual network (RFC 7252): /hello, /time (seconds of the world), /echo, and under /store
 * whatever clients put there. Answers travel with the acknowledgement. Not here: observe, block-wise transfer, DTLS.
 */
import { type Clock, EMPTY, fromLatin1, toLatin1 } from '../core/index.ts';
import { COAP_CODE, COAP_OPTION, COAP_PORT, type Coap, emitCoap, type Ipv4Address, parseCoap } from '../wire/index.ts';
import type { Host } from './host.ts';
import { garbled, refusal, type Service, type ServiceFaults, ServicePort } from './service.ts';

/** A refusal is a code of CoAP (163 is 5.03); a wrong answer has another token. */
export interface CoapFaults extends ServiceFaults {
  /** So many of the next datagrams are not heard. */
  drop?: number | undefined;
}

interface Answer {
  readonly code: number;
  readonly payload?: Uint8Array;
  readonly contentFormat?: number;
}

const LINK_FORMAT = 40;
const LINKS = ['/hello', '/time', '/echo', '/store'].map((path) => `<${path}>`).join(',');
/** Answers kept for requests that come again (section 4.2). */
const REMEMBERED = 32;

export class CoapStore implements Service {
  readonly faults: CoapFaults = {};
  /** What lies under /store, by the rest of the path. */
  readonly stored = new Map<string, Uint8Array>();
  readonly #clock: Clock;
  readonly #socket: ServicePort;
  readonly #answered = new Map<string, Uint8Array>();
  #nextId = 0;

  /** Takes UDP port 5683 of `host`. */
  constructor(clock: Clock, host: Host) {
    this.#clock = clock;
    this.#socket = new ServicePort(clock, host, COAP_PORT, this.faults, (bytes, addr, port) =>
      this.#onDatagram(bytes, addr, port),
    );
  }

  #onDatagram(bytes: Uint8Array, addr: Ipv4Address, port: number): void {
    const { drop = 0 } = this.faults;
    if (drop > 0) {
      this.faults.drop = drop - 1;
      return;
    }
    const message = parseCoap(bytes);
    if (!message.ok) return;
    const { type, id } = message.value;
    if (type !== 'CON' && type !== 'NON') return;
    const key = `${addr}:${port}:${id}`;
    const answer = this.#answered.get(key) ?? this.#respond(message.value);
    this.#remember(key, answer);
    this.#socket.send(answer, addr, port);
  }

  #remember(key: string, answer: Uint8Array): void {
    this.#answered.set(key, answer);
    const [oldest] = this.#answered.keys();
    if (this.#answered.size > REMEMBERED && oldest !== undefined) this.#answered.delete(oldest);
  }

  #respond(request: Coap): Uint8Array {
    const { type, code, id } = request;
    const token = this.faults.wrong ? garbled(request.token) : request.token;
    const bare = { token, options: [], payload: EMPTY };
    // Section 4.3: how a client asks whether anybody is there.
    if (code === COAP_CODE.EMPTY) return emitCoap({ ...bare, type: 'RST', code, id, token: EMPTY });
    const { code: result, payload = EMPTY, contentFormat } = this.#answer(request);
    const value = contentFormat === undefined ? EMPTY : Uint8Array.of(contentFormat);
    const options = contentFormat === undefined ? [] : [{ number: COAP_OPTION.CONTENT_FORMAT, value }];
    if (type === 'CON') return emitCoap({ type: 'ACK', code: result, id, token, options, payload });
    this.#nextId = (this.#nextId + 1) & 0xffff;
    return emitCoap({ type: 'NON', code: result, id: this.#nextId, token, options, payload });
  }

  #answer(request: Coap): Answer {
    const code = refusal(this.faults);
    return code === undefined ? this.#handle(request) : { code };
  }

  #handle({ code, options, payload }: Coap): Answer {
    const path = options.filter((o) => o.number === COAP_OPTION.URI_PATH).map((o) => toLatin1(o.value));
    const reads = code === COAP_CODE.GET;
    switch (path[0]) {
      case '.well-known':
        return reads ? { ...text(LINKS), contentFormat: LINK_FORMAT } : NOT_ALLOWED;
      case 'hello':
        return reads ? text('hello') : NOT_ALLOWED;
      case 'time':
        return reads ? text(`${Math.floor(this.#clock.now() / 1_000_000)}`) : NOT_ALLOWED;
      case 'echo':
        return code === COAP_CODE.POST || code === COAP_CODE.PUT ? { code: COAP_CODE.CHANGED, payload } : NOT_ALLOWED;
      case 'store':
        return this.#store(code, path.slice(1).join('/'), payload);
      default:
        return NOT_FOUND;
    }
  }

  #store(code: number, name: string, payload: Uint8Array): Answer {
    const known = this.stored.get(name);
    switch (code) {
      case COAP_CODE.GET:
        return known === undefined ? NOT_FOUND : { code: COAP_CODE.CONTENT, payload: known };
      case COAP_CODE.PUT:
      case COAP_CODE.POST:
        this.stored.set(name, payload);
        return { code: known === undefined ? COAP_CODE.CREATED : COAP_CODE.CHANGED };
      case COAP_CODE.DELETE:
        this.stored.delete(name);
        return { code: COAP_CODE.DELETED };
      default:
        return NOT_ALLOWED;
    }
  }
}

const NOT_FOUND: Answer = { code: COAP_CODE.NOT_FOUND };
const NOT_ALLOWED: Answer = { code: COAP_CODE.METHOD_NOT_ALLOWED };

const text = (value: string): Answer => ({ code: COAP_CODE.CONTENT, payload: fromLatin1(value), contentFormat: 0 });
