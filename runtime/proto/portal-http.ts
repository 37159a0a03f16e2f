/**
 * The web server of the setup portal (app/modules/enduser_setup.c): one request per connection. It lets the client close
 * first and breaks a connection that still stands 7.5 s after its answer.
 */
import { concat, EMPTY, fromLatin1, toLatin1 } from '../core/index.ts';
import { ERR, type LwipErr, type Stack, type TcpPcb } from '../stack/index.ts';
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
  #waiting: TcpPcb[] = [];

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

  get #running(): boolean {
    return this.#listener !== undefined;
  }

  #accept(client: TcpPcb): LwipErr {
    if (!this.#running) {
      client.abort();
      return ERR.ABRT;
    }
    client.noDelay = true;
    let request: Uint8Array = EMPTY;
    client.handlers = {
      recv: (pcb, data) => {
        if (!this.#running) {
          pcb.abort();
          return ERR.ABRT;
        }
        if (data === undefined) {
          this.#waiting = this.#waiting.filter((other) => other !== pcb);
          this.#closeLater(pcb);
          return ERR.OK;
        }
        request = concat(request, data);
        pcb.recved(data.length);
        if (this.#waiting.includes(pcb)) this.#desk.failed(UNABLE_TO_SEND);
        else if (this.#receive(pcb, toLatin1(request))) request = EMPTY;
        return pcb.freed ? ERR.ABRT : ERR.OK;
      },
    };
    return ERR.OK;
  }

  /** True once the request was complete. */
  #receive(pcb: TcpPcb, text: string): boolean {
    const request = wholeRequest(text);
    if (request === undefined) return false;
    if (request === 'broken') this.#desk.failed(UNABLE_TO_SEND);
    else this.#serve(pcb, request);
    return true;
  }

  #serve(pcb: TcpPcb, request: string): void {
    if (request.startsWith('GET ')) this.#get(pcb, request, request.slice(4));
    else if (request.startsWith('OPTIONS ')) this.#answer(pcb, optionsAnswer(request.slice(8)));
    else if (request.startsWith('POST ') && this.#desk.takesForms) this.#post(pcb, request);
    else this.#answer(pcb, NOT_ALLOWED);
  }

  #get(pcb: TcpPcb, request: string, target: string): void {
    const desk = this.#desk;
    const starts = (path: string): boolean => target.startsWith(path);
    if (starts('/ ') || starts('/?')) this.#sendPage(pcb);
    else if (starts('/aplist')) this.#list(pcb);
    else if (starts('/status.json')) this.#answer(pcb, desk.statusJson());
    else if (starts('/status')) this.#answer(pcb, desk.status());
    else if (starts('/update?')) this.#answer(pcb, desk.takeCredentials(request) ? TO_PORTAL : BAD_REQUEST);
    // What else phones ask for to find out whether there is a portal.
    else this.#answer(pcb, TO_PORTAL);
  }

  #post(pcb: TcpPcb, request: string): void {
    if (!request.startsWith('POST /setwifi ')) {
      this.#answer(pcb, NOT_FOUND);
      return;
    }
    const body = request.slice(request.indexOf('\r\n\r\n') + 4);
    if (!this.#desk.takeCredentials(body)) {
      this.#answer(pcb, BAD_REQUEST);
      return;
    }
    this.#desk.saveForm(body);
    this.#answer(pcb, TRYING);
  }

  /** GET /aplist: answered when the scan is over. */
  #list(pcb: TcpPcb): void {
    if (this.#desk.connecting()) {
      this.#answer(pcb, NO_CONTENT);
      return;
    }
    this.#waiting.push(pcb);
    if (this.#waiting.length > 1) return;
    if (this.#desk.scan((networks) => this.#tellNetworks(networks))) return;
    this.#waiting = [];
    this.#answer(pcb, INTERNAL_ERROR);
  }

  #tellNetworks(networks: readonly PortalNetwork[]): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    // As in the original, the last who asked is served first.
    for (const pcb of waiting.reverse()) {
      if (pcb.freed) continue;
      if (pcb.write(fromLatin1(networksAnswer(networks))) !== ERR.OK) {
        pcb.abort();
        continue;
      }
      const { recv } = pcb.handlers;
      pcb.handlers = { ...(recv === undefined ? {} : { recv }), sent: () => this.#closeLater(pcb) };
      // The original leaves this to TCP's slow timer.
      pcb.output();
    }
  }

  /** enduser_setup_http_serve_html: as much as the send buffer takes, then on with every acknowledgement. */
  #sendPage(pcb: TcpPcb): void {
    this.#payload ??= pageAnswer(this.#desk.page());
    let at = Math.min(pcb.sndBuf, this.#payload.length);
    pcb.handlers = {
      sent: () => {
        const payload = this.#payload;
        if (payload === undefined) {
          // Another client had all of it, and the memory was given back.
          pcb.abort();
          return ERR.ABRT;
        }
        const end = Math.min(payload.length, at + pcb.sndBuf);
        if (end > at && pcb.write(payload.subarray(at, end)) !== ERR.OK) {
          pcb.abort();
          return ERR.ABRT;
        }
        at = end;
        if (at < payload.length) return ERR.OK;
        this.#closeLater(pcb);
        this.#payload = undefined;
        return ERR.OK;
      },
    };
    if (pcb.write(this.#payload.subarray(0, at)) !== ERR.OK) this.#desk.failed(WRITE_FAILED);
  }

  #answer(pcb: TcpPcb, text: string): void {
    if (pcb.write(fromLatin1(text)) !== ERR.OK) this.#desk.failed(WRITE_FAILED);
    this.#closeLater(pcb);
  }

  #closeLater(pcb: TcpPcb): void {
    pcb.pollInterval = ABORT_TICKS;
    pcb.pollCount = 0;
    pcb.handlers = {
      recv: (_, data) => {
        if (data !== undefined) {
          pcb.recved(data.length);
          return ERR.OK;
        }
        pcb.handlers = {};
        pcb.close();
        return ERR.OK;
      },
      poll: () => {
        pcb.abort();
        return ERR.ABRT;
      },
    };
  }
}
