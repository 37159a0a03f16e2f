/**
 * The web server of the setup portal (app/modules/enduser_setup.c): one request per connection. It lets the client close
 * first and breaks a connection that still stands 7.5 s after its answer.
 */
import { concat, EMPTY, fromLatin1, toLatin1 } from '../core/index.ts';
import { ERR, type LwipErr, type Stack, type TcpHandlers, type TcpPcb } from '../stack/index.ts';
import { IPV4_ANY } from '../wire/index.ts';
import {
  BAD_REQUEST,
  INTERNAL_ERROR,
  NO_CONTENT,
  NOT_ALLOWED,
  NOT_FOUND,
  networksAnswer,
  optionsAnswer,
  type PortalNetwork,
  pageAnswer,
  TO_PORTAL,
  TRYING,
} from './portal-answers.ts';
import { wholeRequest } from './portal-request.ts';

const HTTP_PORT = 80;
/** deferred_close: 15 polls. */
const ABORT_TICKS = 15;
/** Lines of the original where a sentence is told from. */
const UNABLE_TO_SEND = '1625: \thttp_recvcb failed. Unable to send HTML.';
const WRITE_FAILED = '903: \thttp_serve_header failed on tcp_write';

/** What stands behind the server. */
export interface PortalDesk {
  page(): Uint8Array;
  status(): string;
  statusJson(): string;
  /** The text holds the fields; false when there are no credentials in it. */
  takeCredentials(text: string): boolean;
  saveForm(body: string): void;
  /** Between the form and the outcome; no scan then. */
  connecting(): boolean;
  /** Only the firmware of 2019 and later. */
  readonly takesForms: boolean;
  /** False when refused. */
  scan(done: (networks: readonly PortalNetwork[]) => void): boolean;
  /** ENDUSER_SETUP_ERR_UNKOWN_ERROR, not fatal. */
  failed(message: string): void;
}

export class PortalHttp {
  readonly #desk: PortalDesk;
  #listener: TcpPcb | undefined;
  /** The page as it is sent; loaded anew once a client has all of it. */
  #payload: Uint8Array | undefined;
  /** Who waits for the scan. */
  #waiting: PortalClient[] = [];

  constructor(desk: PortalDesk) {
    this.#desk = desk;
  }

  /** False when port 80 is taken. */
  start(stack: Stack): boolean {
    const pcb = stack.tcp.newPcb();
    if (pcb.bind(IPV4_ANY, HTTP_PORT) !== ERR.OK) return false;
    if (pcb.listen() !== ERR.OK) {
      pcb.abort();
      return false;
    }
    pcb.handlers = { accepted: (client) => this.#accept(client) };
    this.#listener = pcb;
    this.#payload = pageAnswer(this.#desk.page());
    return true;
  }

  /** Connections that are open are broken as soon as they say something. */
  stop(): void {
    this.#listener?.close();
    this.#listener = undefined;
    this.#payload = undefined;
    this.#waiting = [];
  }

  /** @internal */
  get running(): boolean {
    return this.#listener !== undefined;
  }

  /** @internal What is left of the page; undefined when another client had all of it and the memory was given back. */
  get payload(): Uint8Array | undefined {
    return this.#payload;
  }

  /** @internal */
  forgetPayload(): void {
    this.#payload = undefined;
  }

  /** @internal The client has gone away. */
  forget(client: PortalClient): void {
    this.#waiting = this.#waiting.filter((other) => other !== client);
  }

  /** @internal Data of a client. */
  receive(client: PortalClient, request: string | 'broken' | undefined): void {
    if (request === 'broken' || this.#waiting.includes(client)) this.#desk.failed(UNABLE_TO_SEND);
    else if (request !== undefined) this.#serve(client, request);
  }

  #accept(pcb: TcpPcb): LwipErr {
    if (!this.running) {
      pcb.abort();
      return ERR.ABRT;
    }
    pcb.noDelay = true;
    pcb.handlers = new PortalClient(this, pcb);
    return ERR.OK;
  }

  #serve(client: PortalClient, request: string): void {
    if (request.startsWith('GET ')) this.#get(client, request, request.slice(4));
    else if (request.startsWith('OPTIONS ')) this.#answer(client, optionsAnswer(request.slice(8)));
    else if (request.startsWith('POST ') && this.#desk.takesForms) this.#post(client, request);
    else this.#answer(client, NOT_ALLOWED);
  }

  #get(client: PortalClient, request: string, target: string): void {
    const desk = this.#desk;
    const starts = (path: string): boolean => target.startsWith(path);
    if (starts('/ ') || starts('/?')) this.#sendPage(client);
    else if (starts('/aplist')) this.#list(client);
    else if (starts('/status.json')) this.#answer(client, desk.statusJson());
    else if (starts('/status')) this.#answer(client, desk.status());
    else if (starts('/update?')) this.#answer(client, desk.takeCredentials(request) ? TO_PORTAL : BAD_REQUEST);
    // What else phones ask for to find out whether there is a portal.
    else this.#answer(client, TO_PORTAL);
  }

  #post(client: PortalClient, request: string): void {
    if (!request.startsWith('POST /setwifi ')) {
      this.#answer(client, NOT_FOUND);
      return;
    }
    const body = request.slice(request.indexOf('\r\n\r\n') + 4);
    if (!this.#desk.takeCredentials(body)) {
      this.#answer(client, BAD_REQUEST);
      return;
    }
    this.#desk.saveForm(body);
    this.#answer(client, TRYING);
  }

  /** GET /aplist: answered when the scan is over. */
  #list(client: PortalClient): void {
    if (this.#desk.connecting()) {
      this.#answer(client, NO_CONTENT);
      return;
    }
    this.#waiting.push(client);
    if (this.#waiting.length > 1) return;
    if (this.#desk.scan((networks) => this.#tellNetworks(networks))) return;
    this.#waiting = [];
    this.#answer(client, INTERNAL_ERROR);
  }

  #tellNetworks(networks: readonly PortalNetwork[]): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    // As in the original, the last who asked is served first.
    for (const client of waiting.reverse()) client.tellNetworks(networksAnswer(networks));
  }

  #sendPage(client: PortalClient): void {
    this.#payload ??= pageAnswer(this.#desk.page());
    if (!client.streamPage(this.#payload)) this.#desk.failed(WRITE_FAILED);
  }

  #answer(client: PortalClient, text: string): void {
    if (!client.answer(text)) this.#desk.failed(WRITE_FAILED);
  }
}

/** One connection; what its callbacks do depends on how far it is, as the original changes them. */
class PortalClient implements TcpHandlers {
  readonly #server: PortalHttp;
  readonly #pcb: TcpPcb;
  #stage: 'asking' | 'listing' | 'page' | 'closing' = 'asking';
  #request: Uint8Array = EMPTY;
  /** Bytes of the page that were handed to TCP. */
  #at = 0;

  constructor(server: PortalHttp, pcb: TcpPcb) {
    this.#server = server;
    this.#pcb = pcb;
  }

  recv(pcb: TcpPcb, data: Uint8Array | undefined): LwipErr {
    if (this.#stage === 'page' || this.#stage === 'closing') {
      if (data !== undefined) pcb.recved(data.length);
      else {
        pcb.handlers = {};
        pcb.close();
      }
      return ERR.OK;
    }
    if (!this.#server.running) return this.#abort();
    if (data === undefined) {
      this.#server.forget(this);
      this.#closeLater();
      return ERR.OK;
    }
    this.#request = concat(this.#request, data);
    pcb.recved(data.length);
    const request = wholeRequest(toLatin1(this.#request));
    if (request !== undefined) this.#request = EMPTY;
    this.#server.receive(this, request);
    return pcb.freed ? ERR.ABRT : ERR.OK;
  }

  sent(pcb: TcpPcb): LwipErr {
    if (this.#stage === 'listing') this.#closeLater();
    if (this.#stage !== 'page') return ERR.OK;
    const { payload } = this.#server;
    if (payload === undefined) return this.#abort();
    const end = Math.min(payload.length, this.#at + pcb.sndBuf);
    if (end > this.#at && pcb.write(payload.subarray(this.#at, end)) !== ERR.OK) return this.#abort();
    this.#at = end;
    if (end < payload.length) return ERR.OK;
    this.#closeLater();
    this.#server.forgetPayload();
    return ERR.OK;
  }

  poll(): LwipErr {
    return this.#stage === 'closing' ? this.#abort() : ERR.OK;
  }

  /** enduser_setup_http_serve_header. False when TCP does not take it. */
  answer(text: string): boolean {
    const taken = this.#pcb.write(fromLatin1(text)) === ERR.OK;
    this.#closeLater();
    return taken;
  }

  /** enduser_setup_http_serve_html: as much as the send buffer takes, then on with every acknowledgement. */
  streamPage(payload: Uint8Array): boolean {
    this.#stage = 'page';
    this.#at = Math.min(this.#pcb.sndBuf, payload.length);
    return this.#pcb.write(payload.subarray(0, this.#at)) === ERR.OK;
  }

  tellNetworks(text: string): void {
    if (this.#pcb.freed) return;
    if (this.#pcb.write(fromLatin1(text)) !== ERR.OK) {
      this.#pcb.abort();
      return;
    }
    this.#stage = 'listing';
    // The original leaves this to TCP's slow timer.
    this.#pcb.output();
  }

  #abort(): LwipErr {
    this.#pcb.abort();
    return ERR.ABRT;
  }

  /** deferred_close. */
  #closeLater(): void {
    this.#stage = 'closing';
    this.#pcb.pollInterval = ABORT_TICKS;
    this.#pcb.pollCount = 0;
  }
}
