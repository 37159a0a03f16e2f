/**
 * The firmware's CoAP server (app/coap/endpoints.c, coap_server.c; RFC 7252): five fixed paths under /v1 and
 * /.well-known. Every message is taken for a request and answered by an acknowledgement with a content format of two
 * bytes, 0xffff for none. Not here, as there: observe, block-wise transfer, resets.
 */
import { EMPTY, fromLatin1, toLatin1 } from '../core/index.ts';
import { COAP_CODE, COAP_OPTION, type Coap, emitCoap, parseCoap } from '../wire/index.ts';
import { COAP_RULES, MAX_COAP_MESSAGE, MAX_COAP_PAYLOAD } from './coap-rules.ts';
import type { EspconnUdp, EspconnUdpLayer } from './espconn-udp.ts';

/** Values of the content format option (RFC 7252 section 12.3). */
export const COAP_FORMAT = { NONE: -1, TEXT_PLAIN: 0, LINKFORMAT: 40 } as const;

/** The program behind the server. */
export interface CoapProgram {
  /** The value of a global variable as text; undefined when it has none. */
  variable(name: string): string | undefined;
  /** Calls a global function; undefined when there is none. */
  call(name: string, payload: Uint8Array): Uint8Array | undefined;
  /** Runs a chunk of code. */
  run(code: Uint8Array): void;
  /** The original never leaves a loop here. */
  hang(): never;
  readonly chipId: number;
}

interface Entry {
  readonly name: string;
  contentFormat: number;
}

interface Answer {
  readonly code: number;
  readonly format: number;
  readonly payload: Uint8Array;
}

interface Endpoint {
  readonly method: number;
  readonly path: readonly [string, string];
  /** What discovery says about it; without it the path is not listed. */
  readonly attribute?: string;
  /** Has names below it. */
  readonly entries?: readonly Entry[];
  /** `name` is the path segment below the endpoint. */
  handle(name: string | undefined, payload: Uint8Array): Answer;
}

/** LUA_MAXINPUT less the terminator. */
const MAX_CODE = 255;

const answer = (code: number, format: number, payload: Uint8Array = EMPTY): Answer => ({ code, format, payload });
const NOT_FOUND = answer(COAP_CODE.NOT_FOUND, COAP_FORMAT.NONE);
const EMPTY_CONTENT = answer(COAP_CODE.CONTENT, COAP_FORMAT.TEXT_PLAIN);

/** What all servers of one machine offer. */
export class CoapResources {
  readonly #program: CoapProgram;
  readonly #variables: Entry[] = [];
  readonly #functions: Entry[] = [];
  /** Looked through in this order. */
  readonly #endpoints: readonly Endpoint[];

  constructor(program: CoapProgram) {
    this.#program = program;
    const { GET, POST } = COAP_CODE;
    this.#endpoints = [
      { method: GET, path: ['.well-known', 'core'], attribute: 'ct=40', handle: () => this.#discovery() },
      {
        method: GET,
        path: ['v1', 'v'],
        attribute: 'ct=0',
        entries: this.#variables,
        handle: (name) => this.#variable(name),
      },
      {
        method: POST,
        path: ['v1', 'f'],
        entries: this.#functions,
        handle: (name, payload) => this.#function(name, payload),
      },
      { method: POST, path: ['v1', 'c'], handle: (_, payload) => this.#command(payload) },
      { method: GET, path: ['v1', 'id'], attribute: 'ct=0', handle: () => this.#chipId() },
    ];
  }

  /** GET /v1/v/name answers with the global of that name. */
  addVariable(name: string, contentFormat: number): void {
    register(this.#variables, name, contentFormat);
  }

  /** POST /v1/f/name calls the global of that name. */
  addFunction(name: string, contentFormat: number): void {
    register(this.#functions, name, contentFormat);
  }

  /** The answer to a datagram; undefined when there is none. */
  respond(datagram: Uint8Array): Uint8Array | undefined {
    if (datagram.length > MAX_COAP_MESSAGE) return undefined;
    const request = parseCoap(datagram, COAP_RULES);
    if (!request.ok) return undefined;
    const { code, format, payload } = this.#handle(request.value);
    const { id, token } = request.value;
    const value = Uint8Array.of((format >> 8) & 0xff, format & 0xff);
    const options = [{ number: COAP_OPTION.CONTENT_FORMAT, value }];
    const response = emitCoap({ type: 'ACK', code, id, token, options, payload });
    return response.length > MAX_COAP_MESSAGE + 1 ? undefined : response;
  }

  #handle(request: Coap): Answer {
    const path = pathOf(request);
    const name = path[2];
    const endpoint = this.#endpoints.find(
      (e) =>
        e.method === request.code &&
        (path.length === 2 || (path.length === 3 && e.entries !== undefined)) &&
        e.path.every((segment, i) => segment === path[i]),
    );
    return endpoint?.handle(name, request.payload) ?? NOT_FOUND;
  }

  #discovery(): Answer {
    const links = this.#endpoints.flatMap(({ path, attribute, entries }) => {
      if (attribute === undefined) return [];
      const base = `/${path.join('/')}`;
      const paths = entries === undefined ? [base] : entries.map(({ name }) => `${base}/${name}`);
      return paths.map((p) => `<${p}>;${attribute}`);
    });
    const text = links.join(',').slice(0, MAX_COAP_PAYLOAD - 1);
    return answer(COAP_CODE.CONTENT, COAP_FORMAT.LINKFORMAT, fromLatin1(text));
  }

  #variable(name: string | undefined): Answer {
    const entry = this.#variables.find((e) => e.name === name);
    if (entry === undefined) return EMPTY_CONTENT;
    if (entry.name === '') return this.#program.hang();
    const value = this.#program.variable(entry.name);
    if (value === undefined) return NOT_FOUND;
    return answer(COAP_CODE.CONTENT, entry.contentFormat, fromLatin1(value));
  }

  #function(name: string | undefined, payload: Uint8Array): Answer {
    const entry = this.#functions.find((e) => e.name === name);
    if (entry === undefined) return NOT_FOUND;
    if (entry.name === '') return this.#program.hang();
    const result = this.#program.call(entry.name, payload);
    return result === undefined ? NOT_FOUND : answer(COAP_CODE.CONTENT, COAP_FORMAT.TEXT_PLAIN, result);
  }

  #command(payload: Uint8Array): Answer {
    if (payload.length === 0) return answer(COAP_CODE.BAD_REQUEST, COAP_FORMAT.TEXT_PLAIN);
    if (payload.length <= MAX_CODE) this.#program.run(payload);
    return EMPTY_CONTENT;
  }

  /** The number as it lies in memory. */
  #chipId(): Answer {
    const { chipId } = this.#program;
    const bytes = [0, 8, 16, 24].map((shift) => (chipId >>> shift) & 0xff);
    return answer(COAP_CODE.CONTENT, COAP_FORMAT.TEXT_PLAIN, Uint8Array.from(bytes));
  }
}

/** A UDP port with the resources behind it. */
export class CoapServer {
  readonly #socket: EspconnUdp;
  readonly #resources: CoapResources;

  constructor(layer: EspconnUdpLayer, resources: CoapResources) {
    this.#resources = resources;
    this.#socket = layer.socket();
    this.#socket.received = (data) => this.#onDatagram(data);
  }

  /** An open server stays on its port; a port that another server has is refused in silence. */
  listen(port: number): void {
    this.#socket.localPort = port;
    this.#socket.create();
  }

  close(): void {
    if (this.#socket.remotePort !== 0 || this.#socket.localPort !== 0) this.#socket.delete();
  }

  #onDatagram(data: Uint8Array): void {
    const response = this.#resources.respond(data) ?? EMPTY;
    if (this.#socket.turnToSender()) this.#socket.send(response);
  }
}

/** The first run of Uri-Path options. Numbers have eight bits in the firmware. */
function pathOf({ options }: Coap): string[] {
  const isPath = (option: { readonly number: number } | undefined): boolean =>
    option !== undefined && (option.number & 0xff) === COAP_OPTION.URI_PATH;
  const start = options.findIndex(isPath);
  if (start < 0) return [];
  const run = options.slice(start);
  const end = run.findIndex((option) => !isPath(option));
  return run.slice(0, end < 0 ? run.length : end).map((option) => toLatin1(option.value));
}

function register(list: Entry[], name: string, contentFormat: number): void {
  const known = list.find((entry) => entry.name === name);
  if (known === undefined) list.push({ name, contentFormat });
  else known.contentFormat = contentFormat;
}
