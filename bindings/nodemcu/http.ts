/** `http`: requests to HTTP servers. Docs: docs/modules/http.md · Firmware: modules/http.c, http/httpclient.c. */
import type { Device } from '../../runtime/device/index.ts';
import { HttpClient, type HttpOwner, readHeaders } from '../../runtime/proto/index.ts';
import { type LuaCall, type LuaHost, type LuaRef, NIL } from '../../runtime/vm/index.ts';
import { defineModule, type LuaEntry, raw } from './lua.ts';
import { protoEnvOf } from './proto-env.ts';

const ERROR = -1; // httpclient.h HTTP_STATUS_GENERIC_ERROR

/** The one callback of all requests: whichever ends first takes it. */
class Http implements HttpOwner {
  readonly #device: Device;
  #lua: LuaHost | undefined;
  #callback: LuaRef | undefined;
  #client: HttpClient | undefined;

  constructor(device: Device) {
    this.#device = device;
  }

  /** The arguments behind the method: url, headers and so on, at their positions. */
  request(call: LuaCall, method: string, at: { url: number; headers: number; body?: number; callback: number }): void {
    const url = call.checkText(at.url);
    const headers = optionalText(call, at.headers);
    const body = at.body === undefined ? undefined : optionalText(call, at.body);
    if (call.type(at.callback) === 'function') {
      this.#callback?.release();
      this.#callback = call.ref(at.callback);
    }
    this.#lua = call.lua;
    this.#client ??= new HttpClient(protoEnvOf(this.#device), this);
    this.#client.request(url, { method, headers, body });
  }

  /** http_callback. */
  finished(status: number, body: Uint8Array, full: Uint8Array): void {
    const callback = this.#callback;
    this.#callback = undefined;
    if (callback === undefined) return;
    this.#lua?.pcallx(callback, status === ERROR ? [status, NIL, NIL] : [status, body, readHeaders(full)]);
    callback.release();
  }

  /** Past node.output, as all native code. */
  report(line: string): void {
    this.#device.uart.writeText(`HTTP client: ${line}\n`);
  }
}

const optionalText = (call: LuaCall, n: number): string | undefined => (call.isString(n) ? call.toText(n) : undefined);

export const http = defineModule({ name: 'http' }, (device) => {
  const module = new Http(device);
  /** Lua: (url, headers, body, function(code, data, headers)) */
  const withBody = (method: string): LuaEntry =>
    raw((call) => module.request(call, method, { url: 1, headers: 2, body: 3, callback: 4 }));
  return {
    constants: { OK: 0, ERROR },
    functions: {
      /** Lua: (url, method, headers, body, function) */
      request: raw((call) => {
        call.checkText(1);
        module.request(call, call.checkText(2), { url: 1, headers: 3, body: 4, callback: 5 });
      }),
      post: withBody('POST'),
      put: withBody('PUT'),
      delete: withBody('DELETE'),
      /** Lua: (url, headers, function) */
      get: raw((call) => module.request(call, 'GET', { url: 1, headers: 2, callback: 3 })),
    },
  };
});
